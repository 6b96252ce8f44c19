import Foundation

/// A process that outlives drydock by a moment and ends the QEMUs that drydock could not end itself.
///
/// libvirt's embedded driver has no AUTODESTROY, so a guest would survive a `kill -9` of drydock, and so would a QEMU
/// that libvirt only asks about its abilities. The warden has a session of its own and one end of a socket; only
/// drydock has the other end. When that closes, drydock has ended.
package struct Warden: Sendable {
    private let process: pid_t
    /// Drydock's end of the socket; the kernel closes it however drydock dies.
    private let lifeline: Int32

    /// How long after drydock's end a QEMU may still start.
    private static let watchSeconds = 2.0
    /// glibc's POSIX_SPAWN_SETSID, which Swift does not import.
    private static let ownSession: Int16 = 0x80

    /// - Parameter executable: a program whose sub-command `warden` calls `Warden.run(root:)` with its argument.
    package static func start(executable: URL, root: URL) throws(MachineError) -> Warden {
        func refuse(_ code: Int32) -> MachineError {
            .cannotStartWarden(executable: executable.path, said: String(cString: strerror(code)))
        }
        var ends: [Int32] = [-1, -1]
        // Not pipe(2): a program that another thread starts before fcntl(2) would keep the lifeline open.
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
        guard socketpair(AF_UNIX, kind, 0, &ends) == 0 else { throw refuse(errno) }
        var actions = posix_spawn_file_actions_t()
        var attributes = posix_spawnattr_t()
        posix_spawn_file_actions_init(&actions)
        posix_spawnattr_init(&attributes)
        defer {
            posix_spawn_file_actions_destroy(&actions)
            posix_spawnattr_destroy(&attributes)
        }
        posix_spawn_file_actions_adddup2(&actions, ends[0], 0)
        posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, 1, 2)
        posix_spawnattr_setflags(&attributes, ownSession)

        var process: pid_t = 0
        let arguments = cStrings([executable.path, "warden", root.path])
        let environment = cStrings(ProcessInfo.processInfo.environment.map { "\($0.key)=\($0.value)" })
        defer { for string in arguments + environment { free(string) } }
        let code = posix_spawn(&process, executable.path, &actions, &attributes, arguments, environment)
        close(ends[0])
        guard code == 0 else {
            close(ends[1])
            throw refuse(code)
        }
        return Warden(process: process, lifeline: ends[1])
    }

    /// Ends the warden when all guests have ended in good order.
    package func dismiss() {
        kill(process, SIGKILL)
        waitpid(process, nil, 0)
        close(lifeline)
    }

    /// The warden's main function: waits for standard input to close, then ends the QEMUs and removes the directory.
    /// - Parameter root: the directory of libvirt's embedded driver.
    package static func run(root: URL) {
        for number in [SIGHUP, SIGINT, SIGTERM, SIGPIPE] { signal(number, SIG_IGN) }
        closeInherited()
        waitForTheEnd()
        let end = Date.now.addingTimeInterval(watchSeconds)
        repeat {
            endEmulators(of: root)
            Thread.sleep(forTimeInterval: 0.05)
        } while Date.now < end
        EmbedRoot(folder: root).remove()
    }

    /// Kills every QEMU that libvirt started in that directory.
    static func endEmulators(of root: URL) {
        for process in ProcessTable.all() where isEmulator(ProcessTable.arguments(of: process), of: root) {
            kill(process, SIGKILL)
        }
    }

    /// Whether a command line is that of a QEMU whose sockets are in the directory.
    package static func isEmulator(_ arguments: [String], of root: URL) -> Bool {
        guard let program = arguments.first?.split(separator: "/").last, program.hasPrefix(Reaper.program) else {
            return false
        }
        let inside = root.path.hasSuffix("/") ? root.path : "\(root.path)/"
        return arguments.dropFirst().contains { $0.contains(inside) }
    }

    /// A C vector of strings with its final null; the caller frees the strings.
    private static func cStrings(_ strings: [String]) -> [UnsafeMutablePointer<CChar>?] {
        var vector: [UnsafeMutablePointer<CChar>?] = []
        for string in strings { vector.append(strdup(string)) }
        return vector + [nil]
    }

    /// Closes inherited files, because a reader of drydock's output, such as a pager, must not wait for the warden too.
    private static func closeInherited() {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []
        for descriptor in names.compactMap({ Int32($0) }) where descriptor > 2 { close(descriptor) }
    }

    private static func waitForTheEnd() {
        var byte: UInt8 = 0
        while true {
            let count = read(0, &byte, 1)
            if count == 0 || (count < 0 && errno != EINTR) { return }
        }
    }
}

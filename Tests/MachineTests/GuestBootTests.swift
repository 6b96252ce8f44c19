import CProcess
import Evidence
import Foundation
import HostTools
import Synchronization
import Testing

@testable import Machine

/// One process can hold the embedded driver once, so these run one after the other.
@Suite(.serialized, .tags(.boots), .timeLimit(.minutes(2))) struct GuestBootTests {
    @Test func aGuestThatDoesItsWorkPowersOff() async throws {
        let said = Said()
        let text = "drydock: init\ndrydock: begin 1/1 idle\ndrydock: end 1/1 idle exit 0\ndrydock: done\n"
        try await withGuestFolder(TinyGuest(prints: text, then: .powerOff)) { spec, hypervisor in
            let record = try await Boot.run(spec, limits: Self.limits(), on: hypervisor) { said.add($0) }
            #expect(record.ending == .poweredOff)
            #expect(record.secondsToInit != nil)
            #expect(record.accelerator == "tcg")
            #expect(try String(contentsOf: spec.console, encoding: .utf8).contains("drydock: done"))
            #expect(said.all.first == "booting")
            #expect(said.all.last == "powering off")
        }
    }

    @Test func aGuestOfTheSameNameCanBeRunAgain() async throws {
        let text = "drydock: init\ndrydock: done\n"
        try await withGuestFolder(TinyGuest(prints: text, then: .powerOff)) { spec, hypervisor in
            for _ in 1...2 {
                let record = try await Boot.run(spec, limits: Self.limits(), on: hypervisor)
                #expect(record.ending == .poweredOff)
                #expect(record.secondsToInit != nil)
            }
        }
    }

    @Test func aResetEndsTheGuest() async throws {
        try await withGuestFolder(TinyGuest(prints: "drydock: init\n", then: .reset)) { spec, hypervisor in
            let record = try await Boot.run(spec, limits: Self.limits(), on: hypervisor)
            #expect(record.ending == .poweredOff)
        }
    }

    @Test func aKernelThatNeverReachesInit() async throws {
        try await withGuestFolder(TinyGuest(prints: "hello\n", then: .hang)) { spec, hypervisor in
            let record = try await Boot.run(spec, limits: Self.limits(boot: 2), on: hypervisor)
            #expect(record.ending == .neverReachedInit(limitSeconds: 2))
            #expect(record.secondsToInit == nil)
            #expect(Host.guests(of: hypervisor.prefix).isEmpty)
        }
    }

    @Test func aWorkloadThatLoopsForEver() async throws {
        let text = "drydock: init\ndrydock: begin 1/2 endless\n"
        try await withGuestFolder(TinyGuest(prints: text, then: .hang)) { spec, hypervisor in
            let record = try await Boot.run(spec, limits: Self.limits(run: 1), on: hypervisor)
            #expect(record.ending == .destroyedAtDeadline(limitSeconds: 1))
            #expect(Host.guests(of: hypervisor.prefix).isEmpty)
        }
    }

    /// A guest's processors wait for each other, so two of them are never to take turns on one of a busy host's.
    @Test func theProcessorsOfAGuestAreKeptApart() async throws {
        let seen = Mutex<[(name: String, niceness: Int32, processors: [Int32])]>([])
        try await withGuestFolder(TinyGuest(prints: "drydock: init\n", then: .hang)) { spec, hypervisor in
            let spec = Self.spec("apart", spec.kernel, spec.console, cpus: 2)
            _ = try await Boot.run(spec, limits: Self.limits(run: 1), on: hypervisor) { progress in
                guard progress == "init", let process = Host.guests(of: hypervisor.prefix).first else { return }
                let threads = ProcessTable.threads(of: process).map { thread in
                    (
                        thread.name, cprocess_niceness(thread.identifier),
                        SharedProcessors.allowed(to: thread.identifier)
                    )
                }
                seen.withLock { $0 = threads }
            }
        }
        let threads = seen.withLock { $0 }
        let processors = threads.filter { $0.name.hasPrefix("CPU ") }.map { Set($0.processors) }
        #expect(processors.count == 2)
        #expect(
            SharedProcessors.allowed().count < 2 || processors.first?.isDisjoint(with: processors.last ?? []) == true)
        #expect(geteuid() != 0 || Set(threads.map(\.niceness)) == [GuestThreads.niceness])
    }

    @Test(arguments: [
        ([0, 1], 2, [[0], [1]]), ([0, 1, 2, 3, 6], 2, [[0, 2, 6], [1, 3]]), ([4], 2, [[4], [4]]),
        ([0, 1], 3, [[0], [1], [0]]), ([2, 3], 1, [[2, 3]]),
    ]) func theHostsProcessorsAreShared(_ numbers: [Int32], _ threads: Int, _ shares: [[Int32]]) {
        #expect(GuestThreads.shares(of: numbers, for: threads) == shares)
    }

    /// Where the two could run at once, the host would choose which of them a timer finds first.
    @Test(arguments: [true, false]) func theThreadsOfARepeatableGuestShareAProcessor(_ mayGoFirst: Bool) async throws {
        let seen = Mutex<[Placement]>([])
        try await withGuestFolder(TinyGuest(prints: "drydock: init\n", then: .hang)) { spec, hypervisor in
            let spec = Self.spec("repeatable", spec.kernel, spec.console, nanosecondsPerInstruction: 2)
            let record = try await Boot.run(spec, limits: Self.limits(run: 1), on: hypervisor) { progress in
                guard progress == "init", let process = Host.guests(of: hypervisor.prefix).first else { return }
                // The other way, which nobody would take here who has the right to the first.
                if !mayGoFirst {
                    try? ThreadOrder.establish(forDomain: hypervisor.prefix + spec.name, mayGoFirst: false)
                }
                seen.withLock { $0 = ProcessTable.threads(of: process).map { Placement($0, of: process) } }
            }
            #expect(record.ending == .destroyedAtDeadline(limitSeconds: 1))
        }
        let threads = seen.withLock { $0 }
        #expect(threads.count > 1)
        #expect(Set(threads.map(\.processors)).count == 1)
        #expect(threads.first?.processors.count == 1)
        let first = threads.filter(\.goesFirst).map(\.isMainLoop)
        let last = threads.filter(\.givesWay).map(\.name)
        #expect(
            mayGoFirst && Placement.mayGoFirst ? first == [true] && last.isEmpty : last == [ThreadOrder.guestThread])
    }

    @Test func aPanicEndsTheGuestAfterItsReport() async throws {
        let text = "drydock: init\nKernel panic - not syncing: Attempted to kill init!\nlast words\n"
        try await withGuestFolder(TinyGuest(prints: text, then: .hang)) { spec, hypervisor in
            let record = try await Boot.run(spec, limits: Self.limits(), on: hypervisor)
            #expect(record.ending == .destroyedAfterFatalConsole)
            #expect(record.seconds < 10)
            #expect(try String(contentsOf: spec.console, encoding: .utf8).contains("last words"))
        }
    }

    @Test func aKilledQEMUIsALostMachine() async throws {
        try await withGuestFolder(TinyGuest(prints: "drydock: init\n", then: .hang)) { spec, hypervisor in
            let record = try await Boot.run(spec, limits: Self.limits(), on: hypervisor) { progress in
                guard progress == "init" else { return }
                for process in Host.guests(of: hypervisor.prefix) { kill(process, SIGKILL) }
            }
            #expect(record.ending == .lost(reason: "QEMU ended by itself"))
        }
    }

    /// QEMU then leaves in good order, which looks as if the guest had switched itself off.
    @Test func soIsOneThatWasAskedToEnd() async throws {
        try await withGuestFolder(TinyGuest(prints: "drydock: init\n", then: .hang)) { spec, hypervisor in
            let record = try await Boot.run(spec, limits: Self.limits(), on: hypervisor) { progress in
                guard progress == "init" else { return }
                for process in Host.guests(of: hypervisor.prefix) { kill(process, SIGTERM) }
            }
            guard case .lost(let reason) = record.ending else {
                Issue.record("\(record.ending)")
                return
            }
            #expect(reason.hasPrefix("somebody else destroyed the guest"))
            #expect(reason.contains("terminating on signal 15"))
        }
    }

    @Test func aQEMUThatSomebodyStoppedIsGivenUp() async throws {
        try await withGuestFolder(TinyGuest(prints: "drydock: init\n", then: .hang)) { spec, hypervisor in
            let limits = BootLimits(bootSeconds: 30, runSeconds: 30, pausedSeconds: 1)
            let record = try await Boot.run(spec, limits: limits, on: hypervisor) { progress in
                guard progress == "init" else { return }
                for process in Host.guests(of: hypervisor.prefix) { kill(process, SIGSTOP) }
            }
            guard case .hostInterference(.paused) = record.ending else {
                Issue.record("\(record.ending)")
                return
            }
            #expect(Host.guests(of: hypervisor.prefix).isEmpty)
        }
    }

    @Test func theTimeForWhichItWasStoppedIsKeptAndIsNoneOfTheGuests() async throws {
        try await withGuestFolder(TinyGuest(prints: "drydock: init\n", then: .hang)) { spec, hypervisor in
            let record = try await Boot.run(spec, limits: Self.limits(run: 3), on: hypervisor) { progress in
                guard progress == "init" else { return }
                let guests = Host.guests(of: hypervisor.prefix)
                for process in guests { kill(process, SIGSTOP) }
                // Longer than the guest may run.
                DispatchQueue.global().asyncAfter(deadline: .now() + 5) {
                    for process in guests { kill(process, SIGCONT) }
                }
            }
            #expect(record.ending == .destroyedAtDeadline(limitSeconds: 3))
            let windows = try Self.scheduling(of: spec).windows
            let paused = windows.reduce(0) { $0 + $1.paused }
            #expect(paused > 0)
            #expect(windows.reduce(0) { $0 + $1.seconds } - paused >= 3)
        }
    }

    /// On one processor of the host beside a loop that wants all of it.
    @Test func howLongItsProcessorWaitedIsKept() async throws {
        let processor = "\(SharedProcessors.allowed().last ?? 0)"
        let loop = Process()
        loop.executableURL = URL(filePath: "/usr/bin/taskset")
        loop.arguments = ["-c", processor, "sh", "-c", "while :; do :; done"]
        // Whoever waits for the tests' output must not wait for it.
        (loop.standardOutput, loop.standardError) = (FileHandle.nullDevice, FileHandle.nullDevice)
        try loop.run()
        defer { kill(loop.processIdentifier, SIGKILL) }
        try await withGuestFolder(TinyGuest(prints: "drydock: init\n", then: .loop)) { spec, hypervisor in
            _ = try await Boot.run(spec, limits: Self.limits(run: 4), on: hypervisor) { progress in
                guard progress == "init", let process = Host.guests(of: hypervisor.prefix).first else { return }
                let pin = Process()
                pin.executableURL = URL(filePath: "/bin/sh")
                // And with no more weight than the loop.
                let script = """
                    taskset -acp "$0" "$1"
                    echo 0 >"/proc/$1/autogroup"
                    for thread in /proc/"$1"/task/*; do renice -n 0 -p "${thread##*/}"; done
                    """
                pin.arguments = ["-c", script, processor, "\(process)"]
                (pin.standardOutput, pin.standardError) = (FileHandle.nullDevice, FileHandle.nullDevice)
                try? pin.run()
            }
            let windows = try Self.scheduling(of: spec).windows
            #expect(windows.allSatisfy { $0.ran.count <= 1 })
            #expect(windows.reduce(0) { $0 + ($1.ran.first ?? 0) } > 0)
            #expect(windows.reduce(0) { $0 + ($1.waited.first ?? 0) } > 0.5)
            #expect(windows.last?.lines == 1)
        }
    }

    /// Neither the console nor a disk says then all there was to say.
    @Test(.enabled(if: geteuid() == 0, "only root can mount a file system here"))
    func aFullFileSystemIsTheHostsTrouble() async throws {
        try await withGuestFolder(TinyGuest(prints: "drydock: init\n", then: .powerOff)) { spec, hypervisor in
            let small = spec.console.deletingLastPathComponent().appending(path: "small").path
            try await HostTool("sh").run(
                to: "mount a small file system",
                [
                    "-c",
                    "mkdir $0 && mount -t tmpfs -o size=256k none $0 && dd if=/dev/zero of=$0/all bs=1k count=250",
                    small,
                ])
            let ending: Ending
            do {
                let full = Self.spec(
                    "full", spec.kernel, URL(filePath: "\(small)/console.log"), scheduling: spec.scheduling)
                ending = try await Boot.run(full, limits: Self.limits(), on: hypervisor).ending
            } catch {
                try await HostTool("umount").run(to: "unmount it", ["--lazy", small])
                throw error
            }
            try await HostTool("umount").run(to: "unmount it", ["--lazy", small])
            #expect(ending == .hostInterference(.noSpace(path: small)))
        }
    }

    private static func scheduling(of spec: MachineSpec) throws -> SchedulingRecord {
        try JSONDecoder().decode(SchedulingRecord.self, from: Data(contentsOf: try #require(spec.scheduling)))
    }

    @Test func cancellationDestroysTheGuest() async throws {
        try await withGuestFolder(TinyGuest(prints: "drydock: init\n", then: .hang)) { spec, hypervisor in
            let reached = Said()
            let boot = Task {
                try await Boot.run(spec, limits: Self.limits(), on: hypervisor) { reached.add($0) }
            }
            for _ in 0..<1000 where reached.all.last != "init" { try await Task.sleep(for: .milliseconds(10)) }
            #expect(Host.guests(of: hypervisor.prefix).count == 1)
            boot.cancel()
            await #expect(throws: CancellationError.self) { try await boot.value }
            #expect(Host.guests(of: hypervisor.prefix).isEmpty)
        }
    }

    @Test func twoGuestsRunAtOnce() async throws {
        let text = "drydock: init\ndrydock: done\n"
        try await withGuestFolder(TinyGuest(prints: text, then: .powerOff)) { spec, hypervisor in
            async let first = Boot.run(spec, limits: Self.limits(), on: hypervisor)
            async let second = Boot.run(
                Self.spec("other", spec.kernel, spec.console.appendingPathExtension("2")), limits: Self.limits(),
                on: hypervisor)
            let endings = try await [first.ending, second.ending]
            #expect(endings == [.poweredOff, .poweredOff])
        }
    }

    @Test func whatQEMURefusesIsAnError() async throws {
        try await withGuestFolder(TinyGuest(prints: "", then: .hang)) { spec, hypervisor in
            try Data("not a kernel".utf8).write(to: spec.kernel)
            let error = await #expect(throws: MachineError.self) {
                try await Boot.run(spec, limits: Self.limits(), on: hypervisor)
            }
            guard case .cannotStartGuest("tiny", let said)? = error else {
                Issue.record("\(error as Any)")
                return
            }
            #expect(said.contains("qemu"), "\(said)")
            #expect(Host.guests(of: hypervisor.prefix).isEmpty)
        }
    }

    private static func limits(boot: Int = 30, run: Int = 30) -> BootLimits {
        BootLimits(bootSeconds: boot, runSeconds: run, panicGraceSeconds: 0.5)
    }

    private static func spec(
        _ name: String, _ kernel: URL, _ console: URL, scheduling: URL? = nil, cpus: Int = 1,
        nanosecondsPerInstruction: Int? = nil
    ) -> MachineSpec {
        MachineSpec(
            name: name, cpus: cpus, memory: 32, type: "pc", cpu: "qemu64", kernel: kernel, initrd: nil, commandLine: [],
            results: nil, console: console, scheduling: scheduling ?? console.appendingPathExtension("json"),
            accelerator: .tcg, nanosecondsPerInstruction: nanosecondsPerInstruction,
            emulator: Host.emulator)
    }

    /// One for all: a process can open the embedded driver some twenty times, and then no more.
    private static let hypervisor = Task {
        try await Hypervisor.open(uri: nil, cache: Host.cache, warden: Host.guestHolder)
    }

    private func withGuestFolder(
        _ guest: TinyGuest, _ body: (MachineSpec, Hypervisor) async throws -> Void
    ) async throws {
        try await withFolder { folder in
            let kernel = try await guest.build(in: folder)
            let hypervisor = try await Self.hypervisor.value
            try await body(Self.spec("tiny", kernel, folder.appending(path: "console.log")), hypervisor)
            #expect(Host.guests(of: hypervisor.prefix).isEmpty)
        }
    }
}

/// Where and when the host lets a thread run.
private struct Placement {
    let name: String
    let isMainLoop: Bool
    let processors: [Int32]
    let goesFirst: Bool
    let givesWay: Bool

    /// Whether this process may make realtime threads; tried on one that ends with the question.
    static var mayGoFirst: Bool {
        let answer = Mutex(false)
        let asked = DispatchSemaphore(value: 0)
        Thread {
            answer.withLock { $0 = ThreadOrder.mayGoFirst && cprocess_go_first(0) == 0 }
            asked.signal()
        }.start()
        asked.wait()
        return answer.withLock { $0 }
    }

    init(_ thread: (identifier: pid_t, name: String), of process: pid_t) {
        name = thread.name
        isMainLoop = thread.identifier == process
        var numbers = [Int32](repeating: -1, count: 1024)
        let count = Int(cprocess_processors(thread.identifier, &numbers, Int32(numbers.count)))
        processors = Array(numbers.prefix(max(0, count)))
        goesFirst = cprocess_goes_first(thread.identifier) == 1
        givesWay = cprocess_gives_way(thread.identifier) == 1
    }
}

private final class Said: Sendable {
    private let list = Mutex<[String]>([])
    var all: [String] { list.withLock { $0 } }
    func add(_ text: String) { list.withLock { $0.append(text) } }
}

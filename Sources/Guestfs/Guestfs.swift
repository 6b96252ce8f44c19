import CGuestfs
import Foundation

/// One libguestfs handle: configured, launched once, used, shut down.
///
/// The library keeps its last error per thread, so a handle never leaves the thread of its `converse`.
package struct Guestfs: ~Copyable {
    let handle: OpaquePointer
    package let watch: ApplianceWatch

    /// A handle for the backend that runs QEMU directly; nothing runs yet.
    package static func create(watch: ApplianceWatch = ApplianceWatch()) throws(GuestfsError) -> Guestfs {
        guard let handle = guestfs_create() else {
            throw GuestfsError(
                act: "create a libguestfs handle", message: "the library refused",
                nextStep: "check the LIBGUESTFS_* variables of the environment")
        }
        let guestfs = Guestfs(handle: handle, watch: watch)
        try guestfs.check(guestfs_set_backend(handle, "direct"), "use libguestfs's backend", "direct")
        // Ctrl-C on a terminal goes to a whole process group, but only the watch may end the appliance.
        try guestfs.check(guestfs_set_pgroup(handle, 1), "give the appliance", "a process group")
        try guestfs.check(guestfs_set_recovery_proc(handle, 1), "keep watch over the appliance by", "a process")
        try guestfs.check(guestfs_set_network(handle, 0), "switch off the appliance's", "network")
        try guestfs.check(guestfs_set_smp(handle, 1), "set the appliance's number of CPUs to", "1")
        return guestfs
    }

    private init(handle: OpaquePointer, watch: ApplianceWatch) {
        self.handle = handle
        self.watch = watch
        guestfs_set_error_handler(handle, nil, nil)
        // If these have a callback, they no longer go to standard error.
        let events = GUESTFS_EVENT_APPLIANCE | GUESTFS_EVENT_LIBRARY | GUESTFS_EVENT_WARNING
        guestfs_set_event_callback(handle, Self.heard, UInt64(events), 0, Unmanaged.passUnretained(watch).toOpaque())
    }

    deinit {
        watch.willEnd()
        guestfs_close(handle)
    }

    /// Runs on the launching thread, which may ask for the process while all others must wait.
    private static let heard: guestfs_event_callback = { handle, opaque, event, _, _, text, length, _, _ in
        guard let handle, let opaque else { return }
        let watch = Unmanaged<ApplianceWatch>.fromOpaque(opaque).takeUnretainedValue()
        watch.printed(UnsafeRawBufferPointer(start: text, count: length))
        if event == UInt64(GUESTFS_EVENT_APPLIANCE), watch.process == nil {
            let process = guestfs_get_pid(handle)
            if process > 0 { watch.started(process) }
        }
    }

    /// The version of the library, as "1.48.6".
    package func version() throws(GuestfsError) -> String {
        guard let version = guestfs_version(handle) else { throw failure("ask libguestfs for", "its version") }
        defer { guestfs_free_version(version) }
        return "\(version.pointee.major).\(version.pointee.minor).\(version.pointee.release)"
    }

    // MARK: Before the launch

    /// The directories in which libguestfs looks for the parts of an appliance, separated by colons.
    package var searchPath: String { guestfs_get_path(handle).map { String(cString: $0) } ?? "" }

    package func setSearchPath(_ path: String) throws(GuestfsError) {
        try check(guestfs_set_path(handle, path), "set libguestfs's search path to", path)
    }

    /// The directory that keeps the built appliance.
    package func setCacheFolder(_ folder: URL) throws(GuestfsError) {
        try check(guestfs_set_cachedir(handle, folder.path), "keep the appliance in", folder.path)
    }

    /// - Parameter mebibytes: at least 256, the library's own limit.
    package func setMemory(mebibytes: Int) throws(GuestfsError) {
        try check(guestfs_set_memsize(handle, Int32(mebibytes)), "set the appliance's memory to", "\(mebibytes) MiB")
    }

    /// Adds words to the appliance's kernel command line.
    package func setCommandLine(appending words: String) throws(GuestfsError) {
        try check(guestfs_set_append(handle, words), "append to the appliance's command line", words)
    }

    /// Adds an argument to the appliance's QEMU.
    package func setEmulator(_ option: String, _ value: String) throws(GuestfsError) {
        try check(guestfs_config(handle, option, value), "give the appliance's QEMU", "\(option) \(value)")
    }

    /// Makes the appliance use TCG, also if KVM opens but cannot run a guest.
    package func forceTCG() throws(GuestfsError) {
        let result = withCStrings(["force_tcg"]) { guestfs_set_backend_settings(handle, $0) }
        try check(result, "set libguestfs's backend setting", "force_tcg")
    }

    /// Adds a raw disk; one that is read-only is never written to, whatever the appliance does.
    package func addDrive(_ image: URL, readOnly: Bool) throws(GuestfsError) {
        let result = "raw".withCString { format in
            var options = guestfs_add_drive_opts_argv()
            options.bitmask = 1 << UInt64(GUESTFS_ADD_DRIVE_OPTS_READONLY) | 1 << UInt64(GUESTFS_ADD_DRIVE_OPTS_FORMAT)
            options.readonly = readOnly ? 1 : 0
            options.format = format
            return guestfs_add_drive_opts_argv(handle, image.path, &options)
        }
        try check(result, "give the appliance the disk", image.path)
    }

    // MARK: The launch, and the end

    /// Builds the appliance if its cache directory has none, and boots it.
    /// - Parameter limit: seconds after which the appliance is killed; the library's own limit is 20 minutes.
    package func launch(within limit: TimeInterval) throws(GuestfsError) {
        let deadline = DispatchWorkItem { [watch] in watch.kill(because: "no answer within \(Int(limit)) s") }
        DispatchQueue.global().asyncAfter(deadline: .now() + limit, execute: deadline)
        let result = guestfs_launch(handle)
        let code = guestfs_last_errno(handle)
        let message = lastMessage
        deadline.cancel()
        guard result == -1 else {
            let process = guestfs_get_pid(handle)
            if process > 0 { watch.started(process) }
            return
        }
        // After the first line, the library's message only has advice about its environment variables.
        let fact = watch.reason ?? message.split(separator: "\n").first.map(String.init) ?? "guestfs_launch failed"
        throw GuestfsError(
            act: "launch the libguestfs appliance", code: code,
            message: ([fact] + watch.lastLines().map { "  \($0)" }).joined(separator: "\n"),
            nextStep: "`make setup` installs what it is built from (a readable kernel in /boot and its modules, "
                + "supermin, QEMU); if KVM opens but runs nothing, set LIBGUESTFS_BACKEND_SETTINGS=force_tcg")
    }

    /// Writes everything back and ends the appliance; an error here is the only sign of a failed write.
    package func shutDown() throws(GuestfsError) {
        watch.willEnd()
        try check(guestfs_shutdown(handle), "shut down", "the libguestfs appliance")
    }

    /// Whether the appliance can answer; false after it died.
    package var isReady: Bool { guestfs_is_ready(handle) == 1 }

    // MARK: Errors

    func check(_ result: Int32, _ act: String, _ value: String) throws(GuestfsError) {
        if result == -1 { throw failure(act, value) }
    }

    /// The error of the last call on this thread.
    func failure(_ act: String, _ value: String) -> GuestfsError {
        GuestfsError(act: act, value: value, code: guestfs_last_errno(handle), message: lastMessage)
    }

    private var lastMessage: String {
        guestfs_last_error(handle).map { String(cString: $0) } ?? "no reason given"
    }
}

/// A libguestfs call failed.
package struct GuestfsError: Error, Equatable, CustomStringConvertible {
    /// What was being done, as an infinitive: "mount read-only".
    package let act: String
    /// The drive, file or setting at fault; may be empty.
    package let value: String
    /// The `errno` of the call; 0 if libguestfs has none.
    package let code: Int32
    /// The library's own words.
    package let message: String
    /// What the user can do about it.
    package let nextStep: String?

    package init(act: String, value: String = "", code: Int32 = 0, message: String, nextStep: String? = nil) {
        self.act = act
        self.value = value
        self.code = code
        self.message = message
        self.nextStep = nextStep
    }

    package var description: String {
        let step = nextStep.map { (message.contains("\n") ? "\n" : "; ") + $0 } ?? ""
        return "cannot \(act)" + (value.isEmpty ? "" : " \(value)") + ": \(message)" + step
    }
}

/// Lends `strings` as a C list: pointers, ended by a null pointer.
func withCStrings<Result>(
    _ strings: [String], _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Result
) -> Result {
    var pointers: [UnsafeMutablePointer<CChar>?] = strings.map { strdup($0) } + [nil]
    defer { for pointer in pointers { free(pointer) } }
    return pointers.withUnsafeMutableBufferPointer { body($0.baseAddress!) }
}

/// Takes ownership of a list that C has allocated.
func takeStrings(_ list: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> [String] {
    var strings: [String] = []
    var next = list
    while let string = next.pointee {
        strings.append(String(cString: string))
        free(string)
        next += 1
    }
    free(list)
    return strings
}

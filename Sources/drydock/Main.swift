import ArgumentParser
import CProcess
import Foundation

@main
enum Main {
    /// Parses and runs a command, and turns its result into drydock's exit status.
    static func main() async {
        openStandardDescriptors()
        quietLibvirt()
        // Before anything listens to signals, because the warden closes every descriptor and ignores signals.
        if CommandLine.arguments.dropFirst().first == KeepWarden.configuration.commandName {
            KeepWarden.main(Array(CommandLine.arguments.dropFirst(2)))
            Foundation.exit(0)
        }
        makeSureOfThreads()
        // If drydock writes beyond the limit of a file's size, the write then fails, and the error says why.
        signal(SIGXFSZ, SIG_IGN)
        let task = Task {
            var command = try Drydock.parseAsRoot()
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        }
        let interruption = Interruption { task.cancel() }
        let result = await task.result
        if let signal = interruption.signal {
            printToStandardError("drydock: interrupted; the results so far are kept")
            Foundation.exit(128 + signal)
        }
        if case .failure(let error) = result { exit(on: error) }
        exit(.passed)
    }

    /// Ends drydock; with 69 if the output could not be written.
    private static func exit(_ status: ExitStatus) -> Never {
        if cprocess_flush_output() != 0 {
            printToStandardError(
                "drydock: cannot print to standard output: \(String(cString: strerror(errno))); "
                    + "the results are in the run directory: `drydock report` prints them again")
            Foundation.exit(ExitStatus.couldNotJudge.rawValue)
        }
        Foundation.exit(status.rawValue)
    }

    /// Checks at the start that threads can be made: everything that runs in parallel needs them, and without them
    /// nothing ever ends.
    private static func makeSureOfThreads() {
        let wanted = 2 * ProcessInfo.processInfo.activeProcessorCount + 16
        var threads: [pthread_t] = []
        var error: Int32 = 0
        while threads.count < wanted, error == 0 {
            var thread = pthread_t()
            // They all exist at once, because each waits.
            error = pthread_create(
                &thread, nil,
                { _ in
                    pause()
                    return nil
                }, nil)
            if error == 0 { threads.append(thread) }
        }
        for thread in threads {
            pthread_cancel(thread)
            pthread_join(thread, nil)
        }
        guard error != 0 else { return }
        printToStandardError(
            "drydock: cannot run \(wanted) threads, only \(threads.count): \(String(cString: strerror(error))); raise the "
                + "limits of processes (ulimit -u) and of memory (ulimit -v), or those of the container")
        Foundation.exit(ExitStatus.couldNotJudge.rawValue)
    }

    /// Opens /dev/null for each of standard input, output and error that the caller has closed; otherwise the next
    /// opened file gets its number, and output goes into that file.
    private static func openStandardDescriptors() {
        for descriptor in 0...2 where fcntl(Int32(descriptor), F_GETFD) < 0 {
            // The lowest free number.
            _ = open("/dev/null", O_RDWR)
        }
    }

    /// Discards libvirt's log, which goes to standard error by default; drydock gets libvirt's errors anyway.
    ///
    /// libguestfs initialises libvirt while it is loaded, so it is too late to set the variable here for this process.
    private static func quietLibvirt() {
        guard getenv("LIBVIRT_LOG_OUTPUTS") == nil else { return }
        setenv("LIBVIRT_LOG_OUTPUTS", "4:file:/dev/null", 1)
        var arguments = CommandLine.arguments.map { strdup($0) } + [nil]
        execv("/proc/self/exe", &arguments)
    }

    /// ArgumentParser's own messages keep their form; drydock's get one line, or a tool's lines, on standard error.
    private static func exit(on error: any Error) -> Never {
        if let status = error as? ExitStatus { exit(status) }
        let parserCode = Drydock.exitCode(for: error)
        if parserCode == .success { Drydock.exit(withError: error) }
        if parserCode == .validationFailure {
            printToStandardError(Drydock.fullMessage(for: error))
            Foundation.exit(ExitStatus.usage.rawValue)
        }
        printToStandardError("drydock: \(error)")
        Foundation.exit(ExitStatus(for: error).rawValue)
    }
}

/// Writes as much as possible: if nobody reads, that is no reason to stop, or to die as `FileHandle` does.
func writeToStandardError(_ text: String) {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
        let count = rest.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
        if count < 0, errno == EINTR { continue }
        guard count > 0 else { return }
        rest = rest.dropFirst(count)
    }
}

func printToStandardError(_ text: String) {
    writeToStandardError("\(text)\n")
}

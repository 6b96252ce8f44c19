import ArgumentParser
import CProcess
import Foundation

@main
enum Main {
    /// Parses, runs and turns whatever comes of it into drydock's exit status.
    static func main() async {
        openStandardDescriptors()
        makeSureOfThreads()
        quietLibvirt()
        // Before anything listens to signals: the warden closes every descriptor and hears none.
        if CommandLine.arguments.dropFirst().first == KeepWarden.configuration.commandName {
            KeepWarden.main(Array(CommandLine.arguments.dropFirst(2)))
            Foundation.exit(0)
        }
        // A write of ours past the limit of a file's size fails then, and is told as what it is.
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
            printToStandardError("drydock: interrupted; what was found out so far is kept")
            Foundation.exit(128 + signal)
        }
        if case .failure(let error) = result { exit(on: error) }
        exit(.passed)
    }

    /// Ends drydock; with 69 if what was printed did not get to where it was to go.
    private static func exit(_ status: ExitStatus) -> Never {
        if cprocess_flush_output() != 0 {
            printToStandardError(
                "drydock: cannot print to standard output: \(String(cString: strerror(errno))); "
                    + "what was found out is in the run directory: `drydock report` prints it again")
            Foundation.exit(ExitStatus.couldNotJudge.rawValue)
        }
        Foundation.exit(status.rawValue)
    }

    /// Whatever runs at once does so in threads, and without them nothing ever ends: better to say so at the start.
    private static func makeSureOfThreads() {
        let wanted = 2 * ProcessInfo.processInfo.activeProcessorCount + 16
        var threads: [pthread_t] = []
        var error: Int32 = 0
        while threads.count < wanted, error == 0 {
            var thread = pthread_t()
            // They are all there at once, for each waits.
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

    /// Gives each of standard input, output and error that the caller has closed a place: else the next file that is opened
    /// gets its number, and what is printed goes into that file.
    private static func openStandardDescriptors() {
        for descriptor in 0...2 where fcntl(Int32(descriptor), F_GETFD) < 0 {
            // The lowest number that is free.
            _ = open("/dev/null", O_RDWR)
        }
    }

    /// Sends libvirt's log, which goes to standard error by default, nowhere; what it reports as errors reaches us anyway.
    ///
    /// libguestfs initialises libvirt while it is loaded, so setting the variable from here is too late for this image.
    private static func quietLibvirt() {
        guard getenv("LIBVIRT_LOG_OUTPUTS") == nil else { return }
        setenv("LIBVIRT_LOG_OUTPUTS", "4:file:/dev/null", 1)
        var arguments = CommandLine.arguments.map { strdup($0) } + [nil]
        execv("/proc/self/exe", &arguments)
    }

    /// ArgumentParser's own messages keep their form; ours get one line, or the lines a tool printed, on stderr.
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

/// Writes as much as goes: that nobody hears is no reason to stop, least of all to die of it as `FileHandle` does.
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

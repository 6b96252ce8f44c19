import ArgumentParser
import Foundation

@main
enum Main {
    /// Parses, runs and turns whatever comes of it into drydock's exit status.
    static func main() async {
        openStandardDescriptors()
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
        if let status = error as? ExitStatus { Foundation.exit(status.rawValue) }
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

func printToStandardError(_ text: String) {
    FileHandle.standardError.write(Data("\(text)\n".utf8))
}

import ArgumentParser
import Files
import Foundation
import Judgement
import Report

/// The name of a format in which a test is shown.
struct FormatName: ExpressibleByArgument {
    static let terminal = FormatName(format: TerminalFormat.self)
    static let json = FormatName(format: JSONFormat.self)
    static let allValueStrings = ReportFormats.all.map { $0.name }

    let format: any ReportFormat.Type

    init?(argument: String) {
        guard let format = ReportFormats.named(argument) else { return nil }
        self.format = format
    }

    private init(format: any ReportFormat.Type) { self.format = format }

    var defaultValueDescription: String { format.name }
}

extension JudgedTest {
    /// Prints it on standard output; in colour only on a terminal without NO_COLOR.
    func present(as name: FormatName) throws {
        print(try name.format.text(of: self, on: .standardOutput), terminator: "")
    }

    /// Keeps the verdict, prints it, and ends the command with its exit status.
    func finish(as name: FormatName) throws -> Never {
        // The reader of the output may close it, and a user who may not write to the run may still read the verdict.
        let kept = Result { try keep() }
        try present(as: name)
        try kept.get()
        throw ExitStatus(for: conclusion.answer)
    }
}

extension Page {
    fileprivate static var standardOutput: Page {
        guard isatty(STDOUT_FILENO) == 1 else { return Page() }
        let wantsColour = ProcessInfo.processInfo.environment["NO_COLOR"] == nil
        return Page(style: wantsColour ? .ansi : .plain, columns: terminalWidth(STDOUT_FILENO))
    }
}

/// The columns of the terminal of `descriptor`; 80 if it does not say.
func terminalWidth(_ descriptor: Int32) -> Int {
    var size = winsize()
    return ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0 ? Int(size.ws_col) : 80
}

/// Prints `value` as JSON with sorted keys on standard output; times are in ISO 8601, as in the files of a run.
func printJSON(_ value: some Encodable) throws { print(try JSON.text(value)) }

import ArgumentParser
import Evidence
import Foundation
import Judgement
import Report

/// The forms in which a verdict is printed.
enum ReportFormat: String, CaseIterable, ExpressibleByArgument {
    case terminal
    case json
    case ktap
}

/// Prints a verdict on standard output; in colour only on a terminal that was not asked to do without.
func present(_ verdict: Verdict, of run: RunDirectory, as format: ReportFormat) throws {
    switch format {
    case .json: print(try JSONReport.text(verdict), terminator: "")
    case .ktap: print(KTAPOutput.text(verdict), terminator: "")
    case .terminal:
        let (style, columns) = terminalStyle()
        let consoles = verdict.guests.map { ($0.guest, run.console(of: $0.guest).path) }
        let report = TerminalReport(
            verdict, style: style, width: columns ?? 100,
            consoles: Dictionary(uniqueKeysWithValues: consoles),
            kernel: try verdict.guests.last.flatMap { try run.build(of: $0.guest) })
        print(report.text, terminator: "")
        print("run: \(run.url.path)")
    }
}

/// Prints what became of mutants on standard output.
func present(_ verdict: MutationVerdict, of test: MutationDirectory, as format: ReportFormat) throws {
    switch format {
    case .json: print(try JSONReport.text(verdict), terminator: "")
    case .ktap: throw ValidationError("There is no KTAP of a mutation test; take json.")
    case .terminal:
        let (style, columns) = terminalStyle()
        print(MutationReport(verdict, style: style, width: columns ?? 120, folder: test.url.path).text, terminator: "")
        print("run: \(test.url.path)")
    }
}

/// Prints what many runs of one plan show on standard output.
func present(_ verdict: RepetitionVerdict, of test: RepetitionDirectory, as format: ReportFormat) throws {
    switch format {
    case .json: print(try JSONReport.text(verdict), terminator: "")
    case .ktap: throw ValidationError("There is no KTAP of a repeated test; take json, or one of its runs.")
    case .terminal:
        let (style, columns) = terminalStyle()
        print(
            RepetitionReport(verdict, style: style, width: columns ?? 100, folder: test.url.path).text, terminator: "")
        print("run: \(test.url.path)")
    }
}

/// Prints what one plan shows under many seeds on standard output.
func present(_ verdict: SeedVerdict, of test: SeedDirectory, as format: ReportFormat) throws {
    switch format {
    case .json: print(try JSONReport.text(verdict), terminator: "")
    case .ktap: throw ValidationError("There is no KTAP of a test of many seeds; take json, or one of its runs.")
    case .terminal:
        let (style, columns) = terminalStyle()
        print(SeedReport(verdict, style: style, width: columns ?? 100, folder: test.url.path).text, terminator: "")
        print("run: \(test.url.path)")
    }
}

/// How standard output is written to: its columns are nil where it is no terminal.
private func terminalStyle() -> (Style, columns: Int?) {
    guard isatty(STDOUT_FILENO) == 1 else { return (.plain, nil) }
    let wantsColour = ProcessInfo.processInfo.environment["NO_COLOR"] == nil
    return (wantsColour ? .ansi : .plain, terminalWidth(STDOUT_FILENO))
}

/// The columns of the terminal behind `descriptor`; 80 where it does not say.
func terminalWidth(_ descriptor: Int32) -> Int {
    var size = winsize()
    return ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0 ? Int(size.ws_col) : 80
}

import ArgumentParser
import Console
import Evidence
import Files
import Foundation

/// `drydock console`.
struct ReadConsole: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "console", abstract: "Name every report of trouble in a kernel's console log.",
        discussion: """
            Reads any log of a kernel from 2.6.18 to 6.x, from a serial port, dmesg or a crash; no run is needed. The exit
            status is 0 whether or not there is a report.
            """)

    @Argument(help: "The log; - is standard input.")
    var log: String

    @Flag(help: "Print JSON.")
    var json = false

    func run() async throws {
        let data = log == "-" ? FileHandle.standardInput.readDataToEndOfFile() : try Files.read(URL(filePath: log))
        let lines = ConsoleLine.all(in: String(decoding: data, as: UTF8.self))
        var headlines: [FindingHeadline] = []
        var isQuiet = true
        KernelReport.forEach(in: lines, markers: []) { report in
            isQuiet = false
            let headline = report.headline
            if json {
                headlines.append(headline)
            } else {
                print("line \(headline.line): \(headline.words): \(headline.text)")
            }
        }
        if json { return try printJSON(headlines) }
        if isQuiet { print("no report of trouble in \(lines.count) lines") }
    }
}

import Evidence
import Files
import Foundation
import Judgement
import Report
import Testing

@Suite("Reports as they are shown")
struct GoldenTests {
    static let names = ReportSamples.all.keys.sorted()

    private func golden(_ name: String) throws -> String {
        let url = try #require(Bundle.module.resourceURL).appending(path: "Golden/\(name)")
        return String(decoding: try Data(contentsOf: url), as: UTF8.self)
    }

    private func verdict(_ name: String) throws -> Verdict { try #require(ReportSamples.all[name]) }

    private static let consoles: [GuestName: String] = [
        .base: "runs/7/base/console.log", .patched: "runs/7/patched/console.log",
        .asIs: "runs/7/as-is/console.log",
    ]

    @Test("on a terminal", arguments: names)
    func terminal(_ name: String) throws {
        #expect(try TerminalFormat.text(verdict(name).report(consoles: Self.consoles)) == golden("\(name).txt"))
    }

    @Test("as JSON", arguments: names)
    func json(_ name: String) throws {
        let text = try JSONFormat.text(verdict(name))
        #expect(try text == golden("\(name).json"))
        #expect(try JSONFormat.text(JSONDecoder().decode(Verdict.self, from: Data(text.utf8))) == text)
    }

    @Test("as KTAP", arguments: names)
    func ktap(_ name: String) throws {
        #expect(try KTAPFormat.text(verdict(name).report()) == golden("\(name).ktap"))
    }

    @Test("no line is wider than asked for, and colours take no width", arguments: names)
    func width(_ name: String) throws {
        for width in [20, 60, 80, 100, 200] {
            let plain = try TerminalFormat.text(verdict(name).report(), on: Page(columns: width))
            #expect(plain.split(separator: "\n").allSatisfy { $0.count <= min(max(width, 60), 100) }, "\(plain)")
            let coloured = try TerminalFormat.text(verdict(name).report(), on: Page(style: .ansi, columns: width))
            #expect(coloured.replacing(#/\u{1B}\[[0-9;]*m/#, with: "") == plain)
        }
    }

    @Test("plain text has no escape sequences", arguments: names)
    func plain(_ name: String) throws {
        #expect(try !TerminalFormat.text(verdict(name).report()).contains("\u{1B}"))
    }

    @Test("the head says which source, variant and compiler")
    func head() throws {
        func first(_ variant: String?, _ toolchain: PeriodToolchain?) throws -> String? {
            let kernel = BuildRecord(
                release: "2.6.18-128.el5", digest: Digest(of: Data()),
                source: SourceRecord(given: "/trees/128", digest: Digest(of: Data()), version: "2.6.18-128.el5"),
                variant: variant, toolchain: toolchain, compiler: "gcc 12", front: nil, toolchainPatches: [],
                patches: [], unknownSymbols: [], warnings: [], seconds: 1)
            let text = try TerminalFormat.text(verdict("pass").report(kernel: kernel))
            #expect(try text.hasSuffix("\n\n" + golden("pass.txt")))
            return text.split(separator: "\n").first.map(String.init)
        }
        #expect(try first(nil, nil) == "debian-6.1: Linux 2.6.18-128.el5 of /trees/128, by gcc 12")
        #expect(
            try first("debug", PeriodToolchain(prefix: nil, root: "/srv/etch"))
                == "debian-6.1: Linux 2.6.18-128.el5 of /trees/128, variant debug, by gcc 12 in /srv/etch")
    }

    @Test("names too long for a line are cut, figures never")
    func longNames() {
        let row = String(repeating: "n", count: 90)
        let plan = BootPlan(target: "t", guest: .base, workloads: [PlannedWorkload(name: row)])
        let boot = BootRecord(ending: .poweredOff, seconds: 1, secondsToInit: 1, accelerator: "tcg")
        let ktap = "KTAP version 1\n1..1\nok 1\n# figure \(row) 123456789 ns\n"
        let files = ["01-\(row).ktap": ktap, "01-\(row).status": "ended=exit\ncode=0\n"].mapValues { Data($0.utf8) }
        let guest = Judge.judge(BootEvidence(plan: plan, boot: boot, console: "", results: .read(files)))
        let report = Verdict(target: "t", guests: [guest]).report()
        let lines = TerminalFormat.text(report, on: Page(columns: 60)).split(separator: "\n")
        #expect(lines.contains { $0.count <= 60 && $0.contains("...") && $0.contains("123456789  ns") })
    }

    @Test("figures beyond the margin are marked, and those within are not")
    func margin() throws {
        let text = try TerminalFormat.text(verdict("regression").report())
        #expect(text.contains("x1.50 *"))
        #expect(text.contains("x1.02\n"))
    }
}

import Foundation
import Judgement
import Testing

@Suite("KTAP")
struct KTAPReportTests {
    private func read(_ text: String) -> KTAPReport { KTAPReport(Data(text.utf8)) }

    @Test("a whole report")
    func whole() {
        let report = read(
            """
            KTAP version 1
            # seed 42
            1..3
            # 2048 pages mapped
            ok 1 the file is mapped
            not ok 2 the tail is gone # TODO
            # figure faults 1024 pages
            # figure hold 1.5e3 ns
            ok 3 reads past the end give SIGBUS # SKIP one CPU only

            """)
        #expect(report.problems.isEmpty)
        #expect(report.planned == 3)
        #expect(report.passed == 1)
        #expect(report.failed.map(\.number) == [2])
        #expect(report.skips == ["one CPU only"])
        #expect(report.seed == 42)
        #expect(
            report.figures == [
                Figure(name: "faults", value: 1024, unit: "pages"), Figure(name: "hold", value: 1500, unit: "ns"),
            ])
        #expect(report.checks[2].text == "reads past the end give SIGBUS")
    }

    @Test("noise between the lines, carriage returns and bytes that are not text")
    func noise() {
        var bytes = Data("mmap: debug\r\nKTAP version 1\r\nhello\r\n1..2\r\n".utf8)
        bytes +=
            Data([0xFF, 0xFE, 0x00, 0x0A]) + Data("ok 1 - a\r\n    ok 1 a nested line\r\nokay 7\r\nok 2\r\n".utf8)
        let report = KTAPReport(bytes)
        #expect(report.problems.isEmpty)
        #expect(report.passed == 2)
        #expect(report.failed.isEmpty)
    }

    @Test("the whole workload skipped")
    func skipAll() {
        let report = read("KTAP version 1\n1..0 # SKIP no probe module\n")
        #expect(report.skipReason == "no probe module")
        #expect(report.problems.isEmpty)
    }

    @Test(
        "reports that are not whole",
        arguments: [
            ("", "no KTAP at all"),
            ("hello\nok\nnot ok\n", "no KTAP at all"),
            ("KTAP version 1\nok 1 a\n", "no plan line"),
            ("1..1\nok 1 a\n", "no `KTAP version 1`"),
            ("KTAP version 2\n1..1\nok 1 a\n", "version 2"),
            ("KTAP version 1\n1..2\nok 1 a\n", "2 checks were planned and 1 reported"),
            ("KTAP version 1\n1..1\nok 1 a\nok 2 b\n", "1 checks were planned and 2 reported"),
            ("KTAP version 1\n1..2\nok 2 a\nok 1 b\n", "not 1 to 2 in order"),
            ("KTAP version 1\n1..2\nok 1 a\nok 1 a\n", "not 1 to 2 in order"),
            ("KTAP version 1\n1..1\n1..1\nok 1 a\n", "more than one plan"),
            ("KTAP version 1\nok 1 a\n1..1\n", "comes after results"),
            ("KTAP version 1\n1..0\n", "holds no check"),
            ("KTAP version 1\n1..0 # SKIP no\nok 1 a\n", "0 checks were planned and 1 reported"),
            ("KTAP version 1\n1..1\nok 1 a\n# drydock: output cut at 1048576 bytes\n", "cut at its size limit"),
            ("KTAP version 1\n1..1\nok +1 a\n", "1 checks were planned and 0 reported"),
            ("KTAP version 1\n1..99999999999999999999\nok 1 a\n", "no plan line"),
            ("KTAP version 1\n1..1\n    1..2\n    ok 1 x\n    not ok 2 y\nok 1 sub\n", "says `not ok`"),
            ("KTAP version 1\n1..1\nok 1 a\n[    1.2] not ok 3\n", "says `not ok`"),
            ("KTAP version 1\n1..1\nok 1 a\nnot ok - text\n", "says `not ok`"),
            ("KTAP version 1\n1..1\nok 1 a\nnot  ok 2\n", "says `not ok`"),
            ("KTAP version 1\n1..1\nok 1 a\nprogress not ok 2\n", "says `not ok`"),
            ("KTAP version 1\n1..1\nok 1 a\n# not ok 2 nested\n", "says `not ok`"),
            ("KTAP version 1\n1..1\nok 1 a\nnot ok2 b\n", "says `not ok`"),
            ("KTAP version 1\n1..1\nok 1 a\nfooooonot ok 2 b\n", "says `not ok`"),
            ("KTAP version 1\n1..1\nok 1 a\n# Totals: pass:1 fail:0 xfail:0 skip:0 error:1\n", "1 passed and 1 failed"),
            ("KTAP version 1\n1..1\nok 1 a\n# Totals: pass:1 fail:1 xfail:0\n", "1 passed and 1 failed"),
            ("KTAP version 1\n1..1\nok 1 a\n# suite: pass:2 fail:0 skip:0 total:2\n", "2 passed and 0 failed"),
            ("KTAP version 1\n1..1\nok 1 a\nNOT OK 2 b\n", "says `not ok`"),
            ("KTAP version 1\n1..1\n  1..99999999999999999999\nok 1 a\n", "a nested test planned"),
            ("KTAP version 1\n1..1\nok 1 a # TIMEOUT\n", "check 1 says `ok` and `# TIMEOUT`"),
            ("KTAP version 1\n1..1\nok 1 a # error no memory\n", "check 1 says `ok` and `# ERROR`"),
            ("KTAP version 1\n1..1\n    1..2\n    ok 1 x\nok 1 a\n", "planned 2 checks and reported 1"),
            ("KTAP version 1\n1..1\n# 1..3\n# ok 1 x\nok 1 a\n", "planned 3 checks and reported 1"),
            ("KTAP version 1\n1..1\nok 1 a\n  1..1\n", "planned 1 checks and reported 0"),
            (
                "KTAP version 1\n1..1\n    1..1\n        1..2\n        ok 1 y\n    ok 1 x\nok 1 a\n",
                "planned 2 checks and reported 1"
            ),
        ])
    func problem(text: String, expected: String) {
        #expect(read(text).problems.contains { $0.contains(expected) }, "\(read(text).problems)")
    }

    @Test("a figure without a number, and a SKIP that is not a directive, are text")
    func text() {
        let report = read(
            "KTAP version 1\n1..2\n# figure a nan ns\n# figure b inf ns\n# figure c\nok 1 SKIP a\nok 2 # skip: b\n")
        #expect(report.figures.isEmpty)
        #expect(report.passed == 1)
        #expect(report.skips == ["b"])
    }

    @Test(
        "what begins with SKIP is the directive, as the TAP specification says",
        arguments: ["#SKIPPED", "# skipped", "# Skip:"])
    func skipped(directive: String) {
        #expect(read("KTAP version 1\n1..1\nok 1 a \(directive) no swap\n").skips == ["no swap"])
    }

    @Test("nested tests that report what they planned, and other lines that are indented")
    func nested() {
        let report = read(
            """
            KTAP version 1
            1..2
                KTAP version 1
                # Subtest: maps
                1..2
                    1..1
                    ok 1 deep
                ok 1 x # SKIP no swap
                ok 2 y
                1..0 # SKIP no probe
              2 pages, 1..4
            ok 1 a
              ok 1 an indented line without a plan
            ok 2 b

            """)
        #expect(report.problems.isEmpty, "\(report.problems)")
        #expect(report.passed == 2)
    }

    @Test("a nested test bails out")
    func nestedBailOut() {
        #expect(read("KTAP version 1\n1..1\n  Bail out! no memory\nok 1 a\n").bailOut == "no memory")
    }

    @Test("a check that timed out is not ok")
    func timeout() {
        let report = read("KTAP version 1\n1..1\nnot ok 1 a # TIMEOUT 45 s\n")
        #expect(report.problems.isEmpty)
        #expect(report.failed.map(\.text) == ["a # TIMEOUT 45 s"])
    }

    @Test("totals that agree, and a carriage return before a result")
    func totals() {
        let report = read("KTAP version 1\n1..2\nok 1 a\n\rnot ok 2 b\n# Totals: pass:1 fail:1 skip:0\n")
        #expect(report.problems.isEmpty)
        #expect(report.failed.map(\.number) == [2])
    }

    @Test("a bail-out keeps its reason")
    func bailOut() {
        #expect(
            read("KTAP version 1\nBail out! mmap: Cannot allocate memory\n").bailOut == "mmap: Cannot allocate memory")
        #expect(read("Bail out!\n").bailOut == "")
    }
}

import Console
import Evidence
import Testing

/// What stands before a kernel's message in a log, whoever wrote it there.
@Suite struct MessagePrefixTests {
    static let prefixes = [
        "", "<4>", "<14>", "[    1.234567] ", "[    1.0] ", "<4>[    1.234567] ", "[    1.234567][   T84] ", "[ T123] ",
        "[    1.234567] [C1] ", "[    1.234567@0] ", "[  +0.000012] ", "[Mon Nov 30 12:00:00 2026] ", "[Nov30 12:00] ",
        "Nov 30 12:00:00 host kernel: ", "Nov  3 12:00:00 host kernel: [    1.234567] ",
        "<6>Nov 30 12:00:00 host kernel: [    1.234567] ",
        "2026-11-30T12:00:00.123456+00:00 host kernel: [    1.234567] ",
        "Nov 30 12:00:00 host kern.warn kernel: [1.0] ",
        "Mon Nov 30 12:00:00 2026 kern.warn kernel: [    1.234567] ", "2026-11-30 12:00:00 [    1.234567] ",
        "2026-11-30T12:00:00Z [    1.234567] ", "[2026-11-30 12:00:00.123] [    1.234567] ", "[12:00:00] ",
        "kern  :alert : [    1.234567] ", "4,1138,1234567,-;", "4,1138,1234567,-,caller=T84;",
    ]

    @Test(arguments: prefixes)
    func theMessageBeginsBehindIt(_ prefix: String) {
        let line = ConsoleLine(number: 1, text: "\(prefix)Call Trace: [1] 2"[...])
        #expect(line.message == "Call Trace: [1] 2")
    }

    /// A text that must begin a message, and a trace whose lines must begin with their marks.
    @Test(arguments: prefixes)
    func aReportBehindItIsFoundWithItsFunction(_ prefix: String) {
        let lines = [
            "invalid opcode: 0000 [1] SMP ", "Modules linked in: a", "Call Trace:",
            " [<ffffffff8020a1f3>] ? wrong+0x1/0x2",
            " [<ffffffff8020a1f3>] mm_take_all_locks+0x4a/0x210", "---[ end trace 1 ]---", "healthy",
        ]
        var reports: [KernelReport] = []
        let console = lines.map { prefix + $0 }.joined(separator: "\n")
        KernelReport.forEach(in: ConsoleLine.all(in: console), markers: []) { reports.append($0) }
        #expect(reports.map(\.headline.kind) == [.oops])
        #expect(reports.first?.headline.function == "mm_take_all_locks")
        #expect(reports.first?.headline.text == "invalid opcode: 0000 [1] SMP")
        #expect(reports.first?.excerpt.count == 6)
    }

    @Test(
        "what only looks like it belongs to the message",
        arguments: [
            "[1] kernel: a", "12 monkeys", "a kernel: b", "<IRQ> [<ffff>] a", "[<ffffffff8020a1f3>] a+0x1/0x2",
            "[ cut here ]",
            "10:20 [1] a", "4,1138: a; b", "kern: a", "[8086:7000] type 00", "<12345> a",
        ])
    func noPrefix(line: String) {
        #expect(ConsoleLine(number: 1, text: line[...]).message == line)
    }
}

import Guestfs
import Results
import Testing

@Suite struct ResultsSelectionTests {
    @Test(arguments: ["01-truncate.ktap", "init.status", "a", "A9._-", String(repeating: "a", count: 128)])
    func plainNamesAreAcceptable(name: String) {
        #expect(ResultsSelection.isAcceptable(name))
    }

    @Test(arguments: [
        "", ".", "..", ".hidden", "-option", "_a", "a/b", "../a", "a b", "a\nb", "a\u{0}", "é", "a\u{301}", "a:b",
        "a\\b",
        "\u{FF10}1", String(repeating: "a", count: 129), "drydock.notes",
    ])
    func otherNamesAreNot(name: String) {
        #expect(!ResultsSelection.isAcceptable(name))
    }

    @Test func oddNamesAreNotedWithoutTheirControlCharacters() {
        let (names, notes) = ResultsSelection.candidates(of: ["b", "lost+found", "a\u{1B}[2J", "a"])
        #expect(names == ["a", "b"])
        #expect(notes == [#"left out "a\u{1B}[2J": not the name of a result file"#])
    }

    @Test func aFloodOfOddNamesIsCounted() {
        let (names, notes) = ResultsSelection.candidates(of: (0..<1000).map { ".\($0)" })
        #expect(names.isEmpty)
        #expect(notes.count == ResultsSelection.notesLimit + 1)
        #expect(notes.last == "left out 950 more names like these")
    }

    @Test(arguments: [
        FileStatus.Kind.directory, .symbolicLink, .characterDevice, .blockDevice, .fifo, .socket, .unknown,
    ])
    func onlyRegularFilesAreTaken(kind: FileStatus.Kind) {
        let selection = ResultsSelection([("a", FileStatus(kind: kind, size: 1))], limits: ResultsLimits())
        #expect(selection.files.isEmpty)
        #expect(selection.notes == ["left out a: \(kind.rawValue), not a regular file"])
    }

    @Test func aFileWithoutStatusIsLeftOut() {
        let notes = ResultsSelection([("a", nil)], limits: ResultsLimits()).notes
        #expect(notes == ["left out a: its status cannot be read"])
    }

    @Test func aFileMayBeAsLargeAsItsLimitAndNoLarger() {
        var limits = ResultsLimits()
        limits.file = 10
        let selection = select([("a", 10), ("b", 11), ("c", 0), ("d", -1)], limits)
        #expect(selection.files == [.init(name: "a", size: 10), .init(name: "c", size: 0)])
        #expect(selection.notes.first == "left out b: 11 bytes, the limit is 10 a file")
        #expect(selection.notes.count == 2)
    }

    @Test func aDiskThatHoldsTooMuchLosesWholeFiles() {
        var limits = ResultsLimits()
        limits.disk = 25
        let selection = select([("a", 10), ("b", 10), ("c", 6), ("d", 5)], limits)
        #expect(selection.files.map(\.name) == ["a", "b", "d"])
        #expect(selection.notes == ["left out c: 6 bytes more than the 25 taken from one disk"])
    }

    @Test func tooManyFilesAreCounted() {
        var limits = ResultsLimits()
        limits.files = 2
        let selection = select((0..<100).map { ("\($0)", 1) }, limits)
        #expect(selection.files.map(\.name) == ["0", "1"])
        #expect(selection.notes.count == ResultsSelection.notesLimit + 1)
        #expect(selection.notes.first == "left out 2: the disk has more than the 2 files taken from one")
        #expect(selection.notes.last == "left out 48 more files")
    }

    @Test func sizesThatOverflowAreRefused() {
        #expect(select([("a", 1), ("b", .max)], ResultsLimits()).files.map(\.name) == ["a"])
    }

    private func select(_ files: [(String, Int64)], _ limits: ResultsLimits) -> ResultsSelection {
        ResultsSelection(files.map { ($0.0, FileStatus(kind: .regular, size: $0.1)) }, limits: limits)
    }
}

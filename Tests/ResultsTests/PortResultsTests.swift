import Evidence
import Foundation
import HostTools
import Results
import Testing

/// Archives made by GNU tar stand for those of images/init, which writes the same format.
@Suite struct PortResultsTests {
    private let folder: TemporaryFolder
    private var archive: URL { folder.url.appending(path: "results.tar") }

    init() throws { folder = try TemporaryFolder() }

    private func pack(_ files: KeyValuePairs<String, String>) async throws {
        for (name, text) in files { try Data(text.utf8).write(to: folder.url.appending(path: name)) }
        // Without the blocks of zeros at the end: init writes none.
        let result = try await HostTool("sh", environment: ["LC_ALL": "C"]).run(
            [
                "-c",
                #"out=$1; shift; for name; do tar --format=ustar -cf one.tar -- "$name" && size=$(stat -c %s "$name") && head -c $((512 + (size + 511) / 512 * 512)) one.tar; done > "$out"; rm one.tar"#,
                "pack", archive.path,
            ] + files.map(\.key), in: folder.url)
        #expect(result.status == .exited(0), "\(result.output)")
    }

    @Test func whatTheGuestWroteComesBackWhole() async throws {
        let long = String(repeating: "ok 1 cut\n", count: 500)
        try await pack(["01-cut.ktap": long, "01-cut.status": "ended=exit\n", "empty": ""])
        #expect(
            PortResults.read(archive)
                == .read([
                    "01-cut.ktap": Data(long.utf8), "01-cut.status": Data("ended=exit\n".utf8), "empty": Data(),
                ]))
    }

    @Test(arguments: [1, 511, 513, 700])
    func aFileThatIsCutOffIsLeftOutAndNoted(bytes: Int) async throws {
        try await pack(["a.ktap": "ok 1\n", "b.ktap": String(repeating: "x", count: 600)])
        let whole = try Data(contentsOf: archive)
        try whole.prefix(1024 + bytes).write(to: archive)
        guard case .read(let files) = PortResults.read(archive) else {
            Issue.record("unreadable")
            return
        }
        #expect(files["a.ktap"] == Data("ok 1\n".utf8))
        #expect(files["b.ktap"] == nil)
        let notes = String(decoding: files[ResultsReader.notesName] ?? Data(), as: UTF8.self)
        #expect(notes.hasPrefix("left out the data at byte 1024: "))
    }

    @Test func garbageIsNoResult() async throws {
        try Data(repeating: 7, count: 4096).write(to: archive)
        guard case .read(let files) = PortResults.read(archive) else {
            Issue.record("unreadable")
            return
        }
        #expect(Array(files.keys) == [ResultsReader.notesName])
        #expect(String(decoding: files[ResultsReader.notesName]!, as: UTF8.self).contains("no tar header"))
    }

    @Test func anOddNameAndAHugeFileAreLeftOut() async throws {
        try await pack(["-odd": "x", "big": String(repeating: "y", count: 3000), "good": "z"])
        var limits = ResultsLimits()
        limits.file = 2000
        guard case .read(let files) = PortResults.read(archive, limits: limits) else {
            Issue.record("unreadable")
            return
        }
        #expect(Set(files.keys) == ["good", ResultsReader.notesName])
    }

    @Test func anArchiveThatIsNotThereIsNamed() {
        guard case .unreadable(let reason) = PortResults.read(archive) else {
            Issue.record("read")
            return
        }
        #expect(reason.contains(archive.path))
    }
}

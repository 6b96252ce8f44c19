import Files
import Foundation
import Testing

@Suite final class FilesTests {
    private let folder = FileManager.default.temporaryDirectory.appending(path: "drydock-files-\(UUID().uuidString)")
    private var file: URL { folder.appending(path: "below/file") }

    deinit { try? FileManager.default.removeItem(at: folder) }

    @Test func aFileIsWrittenWithTheFoldersAboveIt() throws {
        try Files.write(Data("one".utf8), to: file)
        try Files.write(Data("two".utf8), to: file)
        #expect(try Files.read(file) == Data("two".utf8))
        #expect(Files.names(in: folder.appending(path: "below")) == ["file"])
    }

    @Test func anErrorNamesTheActTheFileAndTheSystemsReason() throws {
        let error = #expect(throws: FileError.self) { try Files.read(file) }
        #expect(error == FileError("read", file, number: ENOENT))
        #expect(error.map { "\($0)" } == "cannot read \(file.path): No such file or directory")
    }

    @Test func aLinkToNowhereIsRemoved() throws {
        try Files.createFolder(folder)
        let link = folder.appending(path: "link")
        try FileManager.default.createSymbolicLink(atPath: link.path, withDestinationPath: "nowhere")
        try Files.remove(link)
        try Files.remove(link)
        #expect(Files.names(in: folder).isEmpty)
    }

    @Test func whatStandsInAPlaceIsReplacedAndNotMovedOver() throws {
        let draft = folder.appending(path: "draft")
        try Files.write(Data("new".utf8), to: draft)
        try Files.write(Data("old".utf8), to: file)
        #expect(throws: FileError("write", file, number: EEXIST)) { try Files.move(draft, to: file) }
        try Files.replace(file, with: draft)
        #expect(try Files.read(file) == Data("new".utf8))
    }

    @Test func aFolderThatMustBeNewIsRefused() throws {
        try Files.createFolder(folder)
        #expect(throws: FileError("write", folder, number: EEXIST)) {
            try Files.createFolder(folder, andThoseAbove: false)
        }
    }

    @Test func valuesComeBackFromJSONAndOthersAreRefused() throws {
        let value = ["z": ["a/b"], "a": []]
        try Files.createFolder(file.deletingLastPathComponent())
        try JSON.write(value, to: file)
        let text = String(decoding: try Files.read(file), as: UTF8.self)
        #expect(text.hasPrefix("{\n  \"a\" : [") && text.hasSuffix("\"a/b\"\n  ]\n}\n"))
        #expect(try JSON.read(file) == value)
        let error = #expect(throws: FileError.self) { let _: [Int] = try JSON.read(file) }
        #expect(error?.act == "read")
    }

    @Test func aMemoIsGoodForItsSignatureOnly() throws {
        try Files.createFolder(folder)
        let memo = folder.appending(path: "memo")
        try DigestMemo(signature: "1", digest: Digest(of: Data())).keep(in: memo)
        #expect(DigestMemo.recall("1", in: memo) == Digest(of: Data()))
        #expect(DigestMemo.recall("2", in: memo) == nil)
    }

    @Test func oneHolderOfALockWaitsForTheOther() async throws {
        let lock = folder.appending(path: "lock")
        let (waiting, waits) = AsyncStream.makeStream(of: Void.self)
        #expect(FileLock.held == nil)
        try await FileLock.hold(lock) {
            #expect(FileLock.held != nil)
            let second = Task.detached { try await FileLock.hold(lock, onWait: { waits.yield() }) { FileLock.held } }
            for await _ in waiting { break }
            second.cancel()
            await #expect(throws: CancellationError.self) { try await second.value }
        }
        #expect(try await FileLock.hold(lock) { true })
    }

    /// The advice goes by the error's number, not by its words.
    @Test func whatToDoIsSaidOfAFullDiskAndOfARightThatIsMissing() {
        let file = URL(filePath: "/f")
        #expect(
            "\(FileError("write", file, number: ENOSPC))"
                == "cannot write /f: No space left on device; free some space there, then run again")
        #expect("\(FileError("write", file, number: EACCES))".contains("; give yourself the right to it"))
        #expect("\(FileError("read", file, number: ENOENT))" == "cannot read /f: No such file or directory")
        #expect("\(FileError("read", file, reason: "Permission denied"))" == "cannot read /f: Permission denied")
    }
}

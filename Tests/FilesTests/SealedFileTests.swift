import Files
import Foundation
import Testing

struct SealedFileTests {
    private let folder = FileManager.default.temporaryDirectory.appending(path: "drydock-seal-\(UUID().uuidString)")
    private var file: URL { folder.appending(path: "file") }

    init() throws { try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true) }

    private func put(_ text: String) throws {
        let draft = folder.appending(path: "draft")
        try Data(text.utf8).write(to: draft)
        try SealedFile.put(draft, at: file)
    }

    @Test func aFileIsWholeAsItWasPut() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        #expect(!SealedFile.isWhole(file))
        try put("one")
        #expect(SealedFile.isWhole(file))
        try put("another")
        #expect(SealedFile.isWhole(file))
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() == ["file", "file.sha256"])
        #expect(
            try String(contentsOf: SealedFile.seal(of: file), encoding: .utf8)
                == "ae448ac86c4e8e4dec645729708ef41873ae79c6dff84eff73360989487f08e5  file\n")
    }

    @Test(arguments: ["", "on", "onf", "one and more"])
    func aSpoiltFileIsNot(content: String) throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        try put("one")
        try Data(content.utf8).write(to: file)
        #expect(!SealedFile.isWhole(file))
    }

    @Test func aFileWithoutASealIsNot() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        try put("one")
        try FileManager.default.removeItem(at: SealedFile.seal(of: file))
        #expect(!SealedFile.isWhole(file))
    }

    @Test func aFileThatCannotBePutSaysWhatTheSystemSaid() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let draft = folder.appending(path: "draft")
        try Data("one".utf8).write(to: draft)
        try FileManager.default.createDirectory(at: file, withIntermediateDirectories: true)
        let error = #expect(throws: (any Error).self) { try SealedFile.put(draft, at: file) }
        #expect(error?.systemReason == "Is a directory")
    }

    /// Two data pieces around a hole; a byte that changes, goes or comes is seen wherever it is, and a hole is zeros.
    @Test func aSparseFileIsWholeWhateverItsHoles() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let draft = folder.appending(path: "draft")
        try Data("one".utf8).write(to: draft)
        let handle = try FileHandle(forUpdating: draft)
        try handle.seek(toOffset: 3 << 20)
        try handle.write(contentsOf: Data("two".utf8))
        try handle.truncate(atOffset: 8 << 20)
        try handle.close()
        try SealedFile.put(draft, at: file, isSparse: true)
        #expect(SealedFile.isWhole(file, isSparse: true))
        let whole = try Data(contentsOf: file)
        try whole.write(to: file)
        #expect(SealedFile.isWhole(file, isSparse: true))
        for index in [0, 1 << 20, 3 << 20, (8 << 20) - 1] {
            var spoilt = whole
            spoilt[index] ^= 1
            try spoilt.write(to: file)
            #expect(!SealedFile.isWhole(file, isSparse: true), "\(index)")
        }
        try whole.dropLast().write(to: file)
        #expect(!SealedFile.isWhole(file, isSparse: true))
    }
}

import Files
import Foundation
import HostTools
import KernelSources
import Targets
import TestSupport
import Testing

/// Tarballs in the cache, in folders of the user's, and to be downloaded; curl reads `file:` URLs as it does others.
struct TarballSourceTests {
    private let toy: ToyKernel
    private let progress = ProgressLines()

    init() throws { toy = try ToyKernel() }

    private var sources: URL { toy.cache.sources }

    private func obtain(_ tarball: TarballDescription) async throws -> KernelSource {
        try await .obtain(.tarball(tarball), cache: toy.cache, onProgress: progress.add)
    }

    private func obtain(given path: String) async throws -> KernelSource {
        try await .obtain(
            try await KernelSource.describe(path, ref: nil), cache: toy.cache, onProgress: progress.add)
    }

    private func refusal(_ body: () async throws -> KernelSource) async throws -> KernelSourceError {
        let error = await #expect(throws: KernelSourceError.self) { _ = try await body() }
        #expect(toy.leftovers.isEmpty)
        return try #require(error)
    }

    /// Packs directories of the toy's own directory into a tarball there.
    private func pack(_ file: String, _ names: [String] = ["toy"]) async throws -> URL {
        let tarball = toy.folder.appending(path: file)
        try FileManager.default.createDirectory(
            at: tarball.deletingLastPathComponent(), withIntermediateDirectories: true)
        try await HostTool("tar").run(
            to: "pack", ["--create", "--auto-compress", "--file", tarball.path, "-C", toy.folder.path] + names)
        return tarball
    }

    /// A tarball elsewhere, and the description of one that can be downloaded from there.
    private func remote() async throws -> (file: URL, description: TarballDescription) {
        let file = try await pack("far/toy.tar.gz")
        return (
            file,
            TarballDescription(
                file: "toy.tar.gz", url: file.absoluteString, sha256: try Digest(ofFile: file).hexadecimal)
        )
    }

    @Test(arguments: ["bz2", "xz", "gz"]) func aTarballIsToldByItsContent(compression: String) async throws {
        let tarball = try await pack("far/toy.tar.\(compression)")
        let nameless = toy.folder.appending(path: "far/source")
        try FileManager.default.moveItem(at: tarball, to: nameless)
        let source = try await obtain(given: nameless.path)
        #expect(source.version == "6.1.7-toy")
        #expect(!source.reused)
        #expect(source.digest == (try Digest(ofFile: nameless)))
        #expect(try await obtain(given: nameless.path).reused)
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: nameless.deletingLastPathComponent().path).count == 1)
    }

    @Test func aTreeWithoutATopFolderIsTaken() async throws {
        let tarball = toy.folder.appending(path: "flat.tar.gz")
        try await HostTool("tar").run(to: "pack", ["-czf", tarball.path, "-C", toy.tree.path, "."])
        #expect(try await obtain(given: tarball.path).version == "6.1.7-toy")
    }

    @Test func aTarballIsDownloadedVerifiedAndKept() async throws {
        let (file, description) = try await remote()
        let source = try await obtain(description)
        #expect(source.digest.hexadecimal == description.sha256)
        #expect(progress.lines.contains("downloading toy.tar.gz"))
        let kept = sources.appending(path: "toy.tar.gz")
        #expect(FileManager.default.contentsEqual(atPath: kept.path, andPath: file.path))
        #expect(!FileManager.default.fileExists(atPath: kept.appendingPathExtension("partial").path))
        // From now on neither the server nor the tarball is needed.
        try FileManager.default.removeItem(at: file)
        try FileManager.default.removeItem(at: kept)
        #expect(try await obtain(description).reused)
    }

    @Test func aDownloadGoesOnWhereItWasCutOff() async throws {
        let (file, description) = try await remote()
        let content = try Data(contentsOf: file)
        try FileManager.default.createDirectory(at: sources, withIntermediateDirectories: true)
        try content.prefix(500).write(to: sources.appending(path: "toy.tar.gz.partial"))
        // Only the end is right over there: nothing but a resumed download can come out right.
        try (Data(repeating: 0, count: 500) + content.dropFirst(500)).write(to: file)
        #expect(try await obtain(description).version == "6.1.7-toy")
        #expect(progress.lines.contains("downloading toy.tar.gz, starting at byte 500"))
    }

    @Test func aDownloadThatCannotGoOnStartsAgain() async throws {
        let (file, description) = try await remote()
        try toy.write(String(repeating: "x", count: 100_000), to: "cache/sources/toy.tar.gz.partial")
        #expect(try await obtain(description).version == "6.1.7-toy")
        #expect(
            FileManager.default.contentsEqual(atPath: sources.appending(path: "toy.tar.gz").path, andPath: file.path))
    }

    @Test func aDownloadThatWasWholeIsNotRepeated() async throws {
        let (file, description) = try await remote()
        try FileManager.default.createDirectory(at: sources, withIntermediateDirectories: true)
        try FileManager.default.moveItem(at: file, to: sources.appending(path: "toy.tar.gz.partial"))
        #expect(try await obtain(description).version == "6.1.7-toy")
    }

    @Test func aDownloadWithAWrongSumIsRemovedAndBothSumsNamed() async throws {
        let (file, description) = try await remote()
        try toy.write("another file", to: "far/toy.tar.gz")
        let wanted = try #require(description.sha256.flatMap { Digest(hexadecimal: $0) })
        #expect(
            try await refusal { try await obtain(description) }
                == .wrongChecksum(
                    file: file.absoluteString, wanted: wanted, found: try Digest(ofFile: file), removed: true))
        #expect(try FileManager.default.contentsOfDirectory(atPath: sources.path) == ["toy.tar.gz.lock"])
    }

    @Test func aDownloadThatFailsSaysWhereToPutTheFile() async throws {
        let (file, description) = try await remote()
        try FileManager.default.removeItem(at: file)
        let text = "\(try await refusal { try await obtain(description) })"
        #expect(text.hasPrefix("cannot download toy.tar.gz from \(file.absoluteString)"))
        #expect(text.contains(sources.path))
        #expect(text.contains("curl: (37)"))
    }

    @Test func aFilePutIntoTheCacheIsFoundAndChecked() async throws {
        let (file, description) = try await remote()
        try FileManager.default.createDirectory(at: sources, withIntermediateDirectories: true)
        let place = sources.appending(path: "toy.tar.gz")
        try FileManager.default.moveItem(at: file, to: place)
        try (try Data(contentsOf: place) + Data([0])).write(to: place)
        let error = try await refusal { try await obtain(description) }
        #expect(
            "\(error)".contains("cannot use \(place.path): its SHA-256 is \(try Digest(ofFile: place).hexadecimal)"))
        #expect("\(error)".contains("remove it and get it again"))
        #expect(FileManager.default.fileExists(atPath: place.path))

        try (try Data(contentsOf: place)).dropLast().write(to: place)
        let source = try await obtain(description)
        #expect(source.version == "6.1.7-toy")
        #expect(source.note == nil)
    }

    @Test func aFolderPutIntoTheCacheStandsForTheTarball() async throws {
        let (file, description) = try await remote()
        try FileManager.default.removeItem(at: file)
        try FileManager.default.createDirectory(at: sources, withIntermediateDirectories: true)
        try FileManager.default.moveItem(at: toy.tree, to: sources.appending(path: "toy"))
        let source = try await obtain(description)
        #expect(source.version == "6.1.7-toy")
        #expect(source.note == "toy/ is already unpacked: its SHA-256 cannot be checked")
    }

    @Test func aTarballThatNobodySaysWhereToGetIsNamed() async throws {
        let description = TarballDescription(file: "toy.tar.gz", url: nil, sha256: nil)
        #expect(
            try await refusal { try await obtain(description) }
                == .notInCache(file: "toy.tar.gz", sources: sources.path))
    }

    @Test(arguments: ["bz2", "xz", "gz"]) func aTruncatedTarballIsRefused(compression: String) async throws {
        let tarball = try await pack("toy.tar.\(compression)")
        let content = try Data(contentsOf: tarball)
        for kept in [content.count - 20, content.count / 2, 4, 0] {
            try content.prefix(kept).write(to: tarball)
            let text = "\(try await refusal { try await obtain(given: tarball.path) })"
            #expect(text.hasPrefix("cannot unpack \(tarball.path): "), "\(text)")
        }
    }

    @Test func anEmptyTarballIsRefused() async throws {
        let tarball = try await pack("empty.tar.gz", ["--files-from", "/dev/null"])
        #expect(
            try await refusal { try await obtain(given: tarball.path) } == .emptyArchive(archive: tarball.path))
    }

    @Test func aTarballWithSeveralFoldersIsRefused() async throws {
        let tarball = try await pack("two.tar.gz", ["kernel-patches", "toy"])
        #expect(
            try await refusal { try await obtain(given: tarball.path) }
                == .severalTrees(archive: tarball.path, names: ["kernel-patches", "toy"]))
    }

    @Test func aTarballOfSomethingElseIsRefused() async throws {
        let tarball = try await pack("other.tar.gz", ["kernel-patches"])
        #expect(
            try await refusal { try await obtain(given: tarball.path) }
                == .notAKernelTree(path: tarball.path, missing: "Makefile"))
    }

    @Test func twoDrydocksDownloadOnce() async throws {
        let (_, description) = try await remote()
        async let first = obtain(description)
        async let second = obtain(description)
        #expect(try await first.digest == (try await second.digest))
        #expect(progress.lines.filter { $0 == "downloading toy.tar.gz" }.count == 1)
        #expect(progress.lines.filter { $0 == "unpacking toy.tar.gz" }.count == 1)
    }
}

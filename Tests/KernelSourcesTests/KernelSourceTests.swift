import Files
import Foundation
import HostTools
import KernelSources
import Targets
import TestSupport
import Testing

struct KernelSourceTests {
    private let toy: ToyKernel
    private let package = "toy-source"

    init() throws { toy = try ToyKernel() }

    private var sources: URL { toy.cache.sources }

    private func obtainPackage(_ progress: ProgressLines = ProgressLines()) async throws -> KernelSource {
        try await .obtain(.debianPackage(package), cache: toy.cache, onProgress: progress.add)
    }

    /// The toy tree as Debian packs a kernel: one folder in a tarball.
    private func tarball(at file: URL) async throws {
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try await HostTool("tar").run(to: "pack", ["-cJf", file.path, "-C", toy.folder.path, "toy"])
    }

    private func debianPackage(version: String) async throws {
        let root = toy.folder.appending(path: "deb-\(version)")
        try await tarball(at: root.appending(path: "usr/src/\(package).tar.xz"))
        try toy.write(
            "Package: \(package)\nVersion: \(version)\nArchitecture: all\nMaintainer: x\nDescription: x\n",
            to: "deb-\(version)/DEBIAN/control")
        try FileManager.default.createDirectory(at: sources, withIntermediateDirectories: true)
        let file = sources.appending(path: "\(package)_\(version)_all.deb")
        try await HostTool("dpkg-deb").run(to: "pack", ["--root-owner-group", "--build", root.path, file.path])
    }

    @Test func folderIsCopiedWithoutItsRepository() async throws {
        try toy.write("x", to: "toy/.git/HEAD")
        let source = try await toy.source()
        #expect(source.version == "6.1.7-toy")
        #expect(
            FileManager.default.contentsEqual(
                atPath: source.tree.appending(path: "mm/mmap.c").path,
                andPath: toy.tree.appending(path: "mm/mmap.c").path))
        #expect(!FileManager.default.fileExists(atPath: source.tree.appending(path: ".git").path))
    }

    @Test func folderIsReadOnceUntilItChanges() async throws {
        let progress = ProgressLines()
        func obtain() async throws -> KernelSource {
            try await .obtain(.directory(toy.tree.path), cache: toy.cache, onProgress: progress.add)
        }
        let first = try await obtain()
        #expect(!progress.lines.isEmpty)
        let lines = progress.lines.count
        #expect(try await obtain().digest == first.digest)
        #expect(progress.lines.count == lines)

        try toy.write("other", to: "toy/CREDITS")
        let second = try await obtain()
        #expect(second.digest != first.digest)
        #expect(try String(contentsOf: first.tree.appending(path: "CREDITS"), encoding: .utf8) == "Somebody\n")
    }

    @Test func folderDigestIsOfItsContentNotItsTimes() async throws {
        let first = try await toy.source()
        try toy.write(try toy.text("toy/CREDITS"), to: "toy/CREDITS")
        #expect(try await toy.source().digest == first.digest)
    }

    @Test func filesOfTheFutureBecomeAsOldAsNow() async throws {
        try await HostTool("touch").run(to: "touch", ["-d", "tomorrow", toy.tree.appending(path: "CREDITS").path])
        let file = try await toy.source().tree.appending(path: "CREDITS")
        let modified = try FileManager.default.attributesOfItem(atPath: file.path)[.modificationDate] as? Date
        #expect(try #require(modified) <= Date.now)
    }

    @Test func whatABuildLeftInTheFolderIsNoSource() async throws {
        try toy.write("int main(void);\n", to: "toy/scripts/conf.c")
        let clean = try await toy.source()
        for name in [
            "mm/.mmap.o.cmd", "mm/mmap.o", "scripts/.conf.cmd", "scripts/conf", ".config", "include/config/smp.h",
        ] {
            try toy.write("generated\n", to: "toy/\(name)")
        }
        let built = try await toy.source()
        #expect(built.digest == clean.digest)
        // A parser's tables come with the tree under another name, and kbuild copies them over the old copy.
        try toy.write("tables\n", to: "toy/scripts/lex.c_shipped")
        let shipped = try await toy.source()
        try toy.write("tables\n", to: "toy/scripts/lex.c")
        #expect(try await toy.source().digest == shipped.digest)
        #expect(try toy.text("toy/scripts/conf") == "generated\n")
    }

    @Test(arguments: [
        ("2.6.18-8.el5", nil, "2.6.18-8.el5"), ("linux-2.6.18-128.1.10.el5.x86_64", "5", "2.6.18-128.1.10.el5"),
        ("kernel-2.6.18-128.el5.src.rpm", "5", "2.6.18-128.el5"), ("linux-2.6.18-92.el5.tar.bz2", "5", "2.6.18-92.el5"),
        ("my-tree", "5", "2.6.18-prep.el5"), ("2.6.18", nil, "2.6.18-prep.el5"),
        ("linux-2.6.9-89.EL", "5", "2.6.18-prep.el5"),
    ])
    func aReleaseStandsInTheNameWhereTheMakefileHasAPlaceholder(name: String, major: String?, version: String)
        async throws
    {
        try toy.placeholder(major: major, sublevel: "2.6.18")
        let tree = toy.folder.appending(path: name)
        try FileManager.default.moveItem(at: toy.tree, to: tree)
        #expect(try await KernelSource.obtain(.directory(tree.path), cache: toy.cache).version == version)
    }

    @Test func aReleaseInTheMakefileIsTakenFromThere() async throws {
        try toy.write(
            try toy.text("toy/Makefile").replacing("EXTRAVERSION = -toy", with: "EXTRAVERSION = -238.el5"),
            to: "toy/Makefile")
        let tree = toy.folder.appending(path: "6.1.7-128.el5")
        try FileManager.default.moveItem(at: toy.tree, to: tree)
        #expect(try await KernelSource.obtain(.directory(tree.path), cache: toy.cache).version == "6.1.7-238.el5")
    }

    @Test(arguments: [("Makefile", "Makefile"), ("Kbuild", "Kbuild"), ("arch/x86", "arch/x86")])
    func refusesWhatIsNoKernelTree(removed: String, missing: String) async throws {
        try FileManager.default.removeItem(at: toy.tree.appending(path: removed))
        await #expect(throws: KernelSourceError.notAKernelTree(path: toy.tree.path, missing: missing)) {
            try await toy.source()
        }
        #expect(toy.leftovers.isEmpty)
    }

    @Test func refusesAnotherProjectsMakefile() async throws {
        try toy.write("all:\n", to: "toy/Makefile")
        await #expect(
            throws: KernelSourceError.notAKernelTree(
                path: toy.tree.path, missing: "VERSION and PATCHLEVEL in its Makefile")
        ) { try await toy.source() }
    }

    @Test func namesAMissingFolder() async throws {
        try FileManager.default.removeItem(at: toy.tree)
        await #expect(throws: KernelSourceError.noSuchFolder(path: toy.tree.path)) { try await toy.source() }
    }

    @Test func packagePutInTheSourcesIsUnpackedOnce() async throws {
        try await debianPackage(version: "6.1.9-1")
        try await debianPackage(version: "6.1.10-1")
        let progress = ProgressLines()
        let source = try await obtainPackage(progress)
        #expect(source.version == "6.1.7-toy")
        #expect(progress.lines.contains("unpacking toy-source_6.1.10-1_all.deb"))
        #expect(toy.leftovers == [source.digest.short])

        let again = ProgressLines()
        #expect(try await obtainPackage(again).digest == source.digest)
        #expect(!again.lines.contains { $0.hasPrefix("unpacking") })
    }

    @Test func packagesTarballPutInTheSourcesIsFound() async throws {
        try await tarball(at: sources.appending(path: "\(package).tar.xz"))
        #expect(try await obtainPackage().version == "6.1.7-toy")
    }

    @Test func packageThatNobodyHasSaysWhatToDo() async throws {
        let error = await #expect(throws: KernelSourceError.self) { try await obtainPackage() }
        let message = error.map { "\($0)" } ?? ""
        #expect(message.hasPrefix("cannot download toy-source: run `apt-get update`, or put"))
        #expect(message.contains(sources.path))
        #expect(try FileManager.default.contentsOfDirectory(atPath: sources.path) == ["toy-source.lock"])
    }

    @Test func truncatedTarballLeavesNothingBehind() async throws {
        let file = sources.appending(path: "\(package).tar.xz")
        try await tarball(at: file)
        try (try Data(contentsOf: file)).dropLast(200).write(to: file)
        let error = await #expect(throws: KernelSourceError.self) { try await obtainPackage() }
        #expect(error.map { "\($0)" }?.hasPrefix("cannot unpack \(file.path): ") == true)
        #expect(toy.leftovers.isEmpty)
    }

    @Test func truncatedPackageLeavesNothingBehind() async throws {
        try await debianPackage(version: "1")
        let file = sources.appending(path: "\(package)_1_all.deb")
        try (try Data(contentsOf: file)).dropLast(200).write(to: file)
        let error = await #expect(throws: KernelSourceError.self) { try await obtainPackage() }
        #expect(error.map { "\($0)" }?.hasPrefix("cannot unpack \(file.path): ") == true)
        #expect(toy.leftovers.isEmpty)
    }

    @Test func cancelledUnpackingLeavesNothingBehind() async throws {
        try await tarball(at: sources.appending(path: "\(package).tar.xz"))
        let task = Task {
            try await KernelSource.obtain(.debianPackage(package), cache: toy.cache) { line in
                if line.hasPrefix("unpacking") { withUnsafeCurrentTask { $0?.cancel() } }
            }
        }
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(toy.leftovers.isEmpty)
        #expect(try await obtainPackage().version == "6.1.7-toy")
    }

    @Test func twoDrydocksUnpackOnce() async throws {
        try await tarball(at: sources.appending(path: "\(package).tar.xz"))
        let progress = ProgressLines()
        async let first = obtainPackage(progress)
        async let second = obtainPackage(progress)
        #expect(try await first.digest == (try await second.digest))
        #expect(progress.lines.filter { $0.hasPrefix("unpacking") }.count == 1)
    }
}

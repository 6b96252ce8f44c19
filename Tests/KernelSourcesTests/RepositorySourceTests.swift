import Files
import Foundation
import HostTools
import KernelSources
import Targets
import TestSupport
import Testing

/// Commits of git repositories, and how `--source` and `--ref` tell them from folders.
struct RepositorySourceTests {
    private let toy: ToyKernel

    init() throws { toy = try ToyKernel() }

    @discardableResult private func git(_ arguments: String...) async throws -> String {
        let identity = ["-c", "user.name=x", "-c", "user.email=x@y", "-c", "init.defaultBranch=trunk"]
        return try await HostTool("git").run(to: "git \(arguments)", identity + arguments, in: toy.tree).tail(1)
    }

    /// Two commits: `2.6.18-128.el5` returns 6 from step six, trunk 60.
    private func commit() async throws {
        try await git("init", "--quiet")
        try await git("add", ".")
        try await git("commit", "--quiet", "--message", "first")
        try await git("tag", "kernel-6.1.7-128.el5")
        try toy.write(try toy.text("toy/mm/mmap.c").replacing("return 6;", with: "return 60;"), to: "toy/mm/mmap.c")
        try await git("commit", "--quiet", "--all", "--message", "second")
    }

    private func obtain(_ path: String, _ ref: String?) async throws -> KernelSource {
        try await .obtain(try await KernelSource.describe(path, ref: ref), cache: toy.cache)
    }

    private func mmap(of source: KernelSource) throws -> String {
        try String(contentsOf: source.tree.appending(path: "mm/mmap.c"), encoding: .utf8)
    }

    @Test func aRefIsTakenAsItWasCommitted() async throws {
        try await commit()
        try toy.write("nobody committed this", to: "toy/mm/mmap.c")
        let old = try await obtain(toy.tree.path, "kernel-6.1.7-128.el5")
        let new = try await obtain(toy.tree.path, "trunk")
        #expect(try mmap(of: old).contains("return 6;"))
        #expect(try mmap(of: new).contains("return 60;"))
        #expect(old.digest != new.digest)
        #expect(toy.leftovers.sorted() == [old.digest.short, new.digest.short].sorted())
    }

    @Test func theSameTreeInAnotherCommitIsTheSameSource() async throws {
        try await commit()
        let first = try await obtain(toy.tree.path, "trunk")
        #expect(!first.reused)
        try await git("commit", "--quiet", "--allow-empty", "--message", "third")
        let second = try await obtain(toy.tree.path, try await git("rev-parse", "--short", "HEAD"))
        #expect(second.reused)
        #expect(second.digest == first.digest)
    }

    @Test func aBareRepositoryNeedsNoRef() async throws {
        try await commit()
        try await git("clone", "--quiet", "--bare", ".", "../bare.git")
        let bare = toy.folder.appending(path: "bare.git").path
        #expect(try mmap(of: try await obtain(bare, nil)).contains("return 60;"))
        #expect(try mmap(of: try await obtain(bare, "kernel-6.1.7-128.el5")).contains("return 6;"))
    }

    @Test func withoutARefAWorkTreeIsAFolder() async throws {
        try await commit()
        try toy.write("Nobody\n", to: "toy/CREDITS")
        #expect(try await KernelSource.describe(toy.tree.path, ref: nil) == .directory(toy.tree.path))
        let source = try await obtain(toy.tree.path, nil)
        #expect(try String(contentsOf: source.tree.appending(path: "CREDITS"), encoding: .utf8) == "Nobody\n")
    }

    @Test func aReleaseStandsInTheRefWhereTheMakefileHasAPlaceholder() async throws {
        try toy.placeholder()
        try await commit()
        #expect(try await obtain(toy.tree.path, "kernel-6.1.7-128.el5").version == "6.1.7-128.el5")
        #expect(try await obtain(toy.tree.path, "trunk").version == "6.1.7-prep")
    }

    @Test func anUnknownRefNamesTheNearest() async throws {
        try await commit()
        let error = await #expect(throws: KernelSourceError.self) { try await obtain(toy.tree.path, "6.1.7-129.el5") }
        #expect(
            error
                == .unknownRef(
                    ref: "6.1.7-129.el5", repository: toy.tree.path, near: ["kernel-6.1.7-128.el5", "trunk"]))
        #expect(toy.leftovers.isEmpty)
    }

    @Test func aRefThatLooksLikeAnOptionIsARef() async throws {
        try await commit()
        let error = await #expect(throws: KernelSourceError.self) { try await obtain(toy.tree.path, "--all") }
        #expect("\(try #require(error))".hasPrefix("cannot find --all in \(toy.tree.path)"))
    }

    @Test func aFolderThatIsNoRepositoryIsNamed() async throws {
        #expect(
            await #expect(throws: KernelSourceError.self) { try await obtain(toy.tree.path, "trunk") }
                == .notARepository(path: toy.tree.path))
        // Within a work tree, the repository is another folder's.
        try await commit()
        let inner = toy.tree.appending(path: "mm").path
        #expect(
            await #expect(throws: KernelSourceError.self) { try await obtain(inner, "trunk") }
                == .notARepository(path: inner)
        )
    }

    @Test func aRepositoryOfAnotherProjectIsRefused() async throws {
        try FileManager.default.removeItem(at: toy.tree.appending(path: "Makefile"))
        try await commit()
        #expect(
            await #expect(throws: KernelSourceError.self) { try await obtain(toy.tree.path, "trunk") }
                == .notAKernelTree(path: "\(toy.tree.path) at trunk", missing: "Makefile"))
        #expect(toy.leftovers.isEmpty)
    }

    @Test func whatIsNoSourceIsNamed() async throws {
        let file = toy.tree.appending(path: "CREDITS").path
        #expect(
            await #expect(throws: KernelSourceError.self) { try await obtain("/none/such", nil) }
                == .noSuchSource(path: "/none/such"))
        #expect(
            await #expect(throws: KernelSourceError.self) { try await obtain(file, nil) }
                == .unknownKindOfSource(path: file))
        #expect(
            await #expect(throws: KernelSourceError.self) { try await obtain(file, "trunk") }
                == .notARepository(path: file))
    }
}

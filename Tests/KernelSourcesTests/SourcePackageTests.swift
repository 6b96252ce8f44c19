import Files
import Foundation
import KernelSources
import TestSupport
import Testing

/// Source RPMs, built by the tests: what the spec applies, in which order and how, and what is refused.
struct SourcePackageTests {
    private let toy: ToyKernel

    init() throws { toy = try ToyKernel() }

    private func obtain(_ package: URL, _ progress: ProgressLines = ProgressLines()) async throws -> KernelSource {
        try await .obtain(
            try await KernelSource.describe(package.path, ref: nil), cache: toy.cache, onProgress: progress.add)
    }

    private func file(_ path: String, of source: KernelSource) throws -> String {
        try String(contentsOf: source.tree.appending(path: path), encoding: .utf8)
    }

    private func refusal(of package: URL) async throws -> KernelSourceError {
        let error = await #expect(throws: KernelSourceError.self) { try await obtain(package) }
        #expect(toy.leftovers.isEmpty)
        return try #require(error)
    }

    @Test func patchesAreAppliedAsTheSpecSays() async throws {
        let six = try await toy.patch("mm/mmap.c") { $0.replacing("return 6;", with: "return 60;") }
        let seven = six.replacing("return 60;", with: "return 61;").replacing("return 6;", with: "return 60;")
        let unwanted = try await toy.patch("CREDITS", "Somebody\n", "Nobody\n")
        let deep = try await toy.patch("init/main.c") { $0.replacing("rmap_count()", with: "3") }
        let package = try await ToyPackage(
            toy: toy,
            preamble: """
                %define with_unwanted 0
                %define with_deep 1
                Patch1: unwanted.patch
                Patch20: seven.patch
                Patch3: six.patch
                Patch4: deep.patch
                """,
            // Not by their numbers, nor in the preamble's order.
            prep: """
                %if %{with_unwanted}
                %patch1 -p1
                %endif
                %patch3 -p1
                %patch20 -p1
                %if %{with_deep} && 0%{?rhel} == 5
                %patch -P 4 -p3
                %endif
                %ifarch ppc64
                exit 1
                %endif
                # The host's own make knows no such target.
                make ARCH=x86_64 nonint_oldconfig > /dev/null
                touch .config
                """,
            files: [
                "unwanted.patch": unwanted, "six.patch": six, "seven.patch": seven,
                "deep.patch": deep.replacing("a/init/", with: "x/y/z/init/").replacing("b/init/", with: "x/y/z/init/"),
            ]
        ).build()
        let progress = ProgressLines()
        let source = try await obtain(package, progress)
        #expect(try file("mm/mmap.c", of: source).contains("return 61;"))
        #expect(try file("init/main.c", of: source).contains("return mmap_count() + 3;"))
        #expect(try file("CREDITS", of: source) == "Somebody\n")
        #expect(!FileManager.default.fileExists(atPath: source.tree.appending(path: ".config").path))
        #expect(source.version == "6.1.7-128.el5")
        #expect(
            progress.lines.filter { $0.hasPrefix("applying") }
                == ["applying six.patch", "applying seven.patch", "applying deep.patch"])
        #expect(toy.leftovers == [source.digest.short])
    }

    /// A change of rmap.c's fifth line; `wrong` of the lines around it on both sides are not what the tree has.
    private func rmapPatch(wrong: Int) throws -> String {
        var lines = try toy.text("toy/mm/rmap.c").split(separator: "\n", omittingEmptySubsequences: false)[1..<8].map {
            " \($0)"
        }
        for index in 0..<wrong {
            lines[index] = " of another tree"
            lines[6 - index] = " of another tree"
        }
        lines.replaceSubrange(3...3, with: ["-\tint never_used;", "+\tint still_unused;"])
        return "--- a/mm/rmap.c\n+++ b/mm/rmap.c\n@@ -2,7 +2,7 @@\n" + lines.joined(separator: "\n") + "\n"
    }

    /// Old rpm let GNU patch have its two lines of fuzz; today's allows none unless it is told to.
    @Test(arguments: [(2, ""), (3, "-F3"), (3, "-F 3")])
    func patchesHaveTheFuzzOfTheirTime(wrong: Int, option: String) async throws {
        let package = try await ToyPackage(
            toy: toy, preamble: "Patch1: fuzzy.patch", prep: "%patch1 -p1 \(option)",
            files: ["fuzzy.patch": try rmapPatch(wrong: wrong)]
        ).build()
        #expect(try file("mm/rmap.c", of: try await obtain(package)).contains("still_unused"))
    }

    @Test func tooMuchFuzzIsAReject() async throws {
        let package = try await ToyPackage(
            toy: toy, preamble: "Patch1: fuzzy.patch", prep: "%patch1 -p1",
            files: ["fuzzy.patch": try rmapPatch(wrong: 3)]
        ).build()
        let error = try await refusal(of: package)
        #expect("\(error)".contains("its patch fuzzy.patch does not apply"))
    }

    /// Later specs apply their patches by a function in bash.
    private static let applyPatch = """
        ApplyPatch()
        {
          local patch=$1
          shift
          [ "${patch:0:6}" = linux- ] || exit 1
          grep -q "^Patch[0-9]*: $patch" %{_specdir}/kernel.spec || exit 1
          patch -p1 -F1 -s ${1+"$@"} < $RPM_SOURCE_DIR/$patch
        }
        """

    /// Patches of steps six and seven, applied by that function.
    private func shellPackage(six: String, seven: String) async throws -> URL {
        try await ToyPackage(
            toy: toy, preamble: "Patch1: linux-six.patch\nPatch2: linux-seven.patch",
            prep: "\(Self.applyPatch)\nApplyPatch linux-six.patch\nApplyPatch linux-seven.patch",
            files: ["linux-six.patch": six, "linux-seven.patch": seven]
        ).build()
    }

    @Test func patchesOfAShellFunctionAreApplied() async throws {
        let seven = try await toy.patch("mm/mmap.c") { $0.replacing("return 7;", with: "return 70;") }
        let progress = ProgressLines()
        let source = try await obtain(
            try await shellPackage(six: try await toy.stepSix(returns: 60), seven: seven), progress)
        #expect(try file("mm/mmap.c", of: source).contains("return 60;"))
        #expect(try file("mm/mmap.c", of: source).contains("return 70;"))
        #expect(progress.lines.contains("applying linux-seven.patch"))
    }

    @Test func aPatchOfAShellFunctionThatFailsIsNamed() async throws {
        let package = try await shellPackage(
            six: try await toy.stepSix(returns: 60), seven: try await toy.stepSix(returns: 61))
        let error = try await refusal(of: package)
        #expect("\(error)".contains("its patch linux-seven.patch does not apply"))
        #expect("\(error)".contains("+\treturn 61;"))
    }

    @Test func aPatchThatFailsIsNamedWithItsRejectAndLeavesNothing() async throws {
        let package = try await ToyPackage(
            toy: toy, preamble: "Patch1: good.patch\nPatch2: bad.patch\nPatch3: later.patch",
            prep: "%patch1 -p1\n%patch2 -p1\n%patch3 -p1",
            files: [
                "good.patch": try await toy.stepSix(returns: 60), "bad.patch": try await toy.stepSix(returns: 66),
                "later.patch": try await toy.patch("CREDITS", "Somebody\n", "Nobody\n"),
            ]
        ).build()
        let error = try await refusal(of: package)
        guard case .specPatchFails(package.path, "bad.patch", let rejects) = error else {
            Issue.record("\(error)")
            return
        }
        #expect(rejects.contains("1 out of 1 hunk FAILED"))
        #expect(rejects.contains("+\treturn 66;"))
    }

    @Test func aPrepThatFailsOtherwiseDoesNotBlameAPatch() async throws {
        let package = try await ToyPackage(
            toy: toy, preamble: "Patch1: good.patch",
            prep: "%patch1 -p1\necho this host lacks a thing\nexit 3",
            files: ["good.patch": try await toy.stepSix(returns: 60)]
        ).build()
        guard case .cannotPrepare(package.path, let output) = try await refusal(of: package) else {
            Issue.record("another error")
            return
        }
        #expect(output.contains("this host lacks a thing"))
    }

    @Test func interruptedInItsPrepItLeavesNothing() async throws {
        let package = try await ToyPackage(
            toy: toy, preamble: "Patch1: good.patch", prep: "%patch1 -p1\nsleep 600",
            files: ["good.patch": try await toy.stepSix(returns: 60)]
        ).build()
        let progress = ProgressLines()
        let task = Task { try await obtain(package, progress) }
        for _ in 0..<3000 where !progress.lines.contains("applying good.patch") {
            try await Task.sleep(for: .milliseconds(20))
        }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(toy.leftovers.isEmpty)
    }

    @Test func aPackageIsPreparedOnce() async throws {
        let package = try await ToyPackage(toy: toy).build()
        let first = try await obtain(package)
        #expect(!first.reused)
        let progress = ProgressLines()
        let second = try await obtain(package, progress)
        #expect(second.reused)
        #expect(second.digest == first.digest)
        #expect(!progress.lines.contains { $0.hasPrefix("unpacking") })
    }

    @Test func aBinaryPackageIsRefusedAndItsSourceNamed() async throws {
        let package = try await ToyPackage(toy: toy).buildBinary()
        #expect(
            try await refusal(of: package)
                == .notASourcePackage(
                    path: package.path, name: "kernel-6.1.7-128.el5.noarch", source: "kernel-6.1.7-128.el5.src.rpm"))
    }

    @Test(arguments: [100, 2000, 6000]) func aDamagedPackageIsRefused(missing: Int) async throws {
        let package = try await ToyPackage(toy: toy).build()
        let content = try Data(contentsOf: package)
        // The last is cut off within its header.
        try content.dropLast(min(missing, content.count - 60)).write(to: package)
        #expect("\(try await refusal(of: package))".hasPrefix("cannot unpack \(package.path): "))
    }

    @Test func aFlippedByteIsFound() async throws {
        let package = try await ToyPackage(toy: toy).build()
        var content = try Data(contentsOf: package)
        content[content.count - 400] ^= 1
        try content.write(to: package)
        #expect("\(try await refusal(of: package))".contains("it is damaged"))
    }

    @Test func aPackageOfAnotherProjectIsRefused() async throws {
        try toy.write("all:\n", to: "toy/Makefile")
        let package = try await ToyPackage(toy: toy).build()
        let error = try await refusal(of: package)
        guard case .notAKernelTree(package.path, _) = error else {
            Issue.record("\(error)")
            return
        }
    }

    @Test func aPackageWhoseTarballIsTruncatedIsRefused() async throws {
        let package = try await ToyPackage(
            toy: toy, preamble: "Source2: cut.tar.gz", prep: "tar -xzf %{SOURCE2}",
            files: ["cut.tar.gz": "not a tarball"]
        ).build()
        #expect("\(try await refusal(of: package))".contains("rpmbuild failed in its %prep"))
    }
}

import Foundation
import HostTools
import Testing

/// What `--source`, `--ref` and a target's own source make of a command; a toy tree stands in for Linux.
@Suite struct SourceTests {
    let command: Command

    init() throws {
        command = try Command()
        try command.addToyTree()
        try command.addTarget("t", source: "given: a source RPM of the vendor's")
    }

    private func describe(_ source: String) throws {
        try command.write("source: { \(source) }\n", to: "kernel-patches/t/target.yaml")
    }

    private func path(_ name: String) -> String { command.folder.appending(path: name).path }

    private func shell(_ script: String) async throws {
        try await HostTool("bash").run(to: "prepare", ["-e", "-c", script], in: command.folder)
    }

    /// There are only locks and digests among the unpacked sources.
    private func nothingIsUnpacked() -> Bool {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: path("cache/pristine"))) ?? []
        return names.allSatisfy { $0.hasSuffix(".lock") || $0.hasSuffix(".digest") }
    }

    private func expectRefusal(_ arguments: [String], _ status: Int32, _ text: String) async throws {
        let result = try await command.run(arguments)
        #expect(result.status == .exited(status), "\(result.output)")
        #expect(result.output.contains(text), "\(result.output)")
        #expect(result.lines.filter { $0.hasPrefix("drydock: ") }.count <= 1)
        #expect(nothingIsUnpacked())
    }

    @Test func aTargetWithoutASourceOfItsOwnAsksForOne() async throws {
        for name in ["fetch", "series", "build", "run", "test"] {
            let result = try await command.run(name, "t")
            #expect(result.status == .exited(2))
            #expect(
                result.lines == [
                    "drydock: cannot tell which kernel to test: give --source with a source RPM of the vendor's"
                ])
        }
    }

    @Test func eachKindOfSourceIsFetchedOnce() async throws {
        try await shell(
            """
            tar -cjf toy.tar.bz2 toy
            cd toy; git init -q; git add .; git -c user.name=x -c user.email=x@y commit -q -m x; git tag v1
            git clone -q --bare . ../bare.git
            """)
        let kinds = [["toy"], ["toy.tar.bz2"], ["toy", "--ref", "v1"], ["bare.git"]]
        for kind in kinds {
            let arguments = ["fetch", "t", "--source", path(kind[0])] + kind.dropFirst()
            let first = try await command.run(arguments)
            #expect(first.status == .exited(0), "\(first.output)")
            #expect(first.lines[0].hasPrefix("source          Linux 6.1.7-toy, "))
            #expect(FileManager.default.fileExists(atPath: "\(first.lines[1])/mm/mmap.c"))
            let second = try await command.run(arguments)
            #expect(second.lines[0].hasSuffix("(nothing to do)"))
            #expect(second.lines[1] == first.lines[1])
        }
    }

    @Test func aSourcePackageIsFetchedAndABinaryOneRefused() async throws {
        try await shell(
            """
            mkdir -p rpm/SOURCES rpm/tmp
            tar -czf rpm/SOURCES/toy.tar.gz toy
            printf -- '--- a/CREDITS\\n+++ b/CREDITS\\n@@ -1 +1 @@\\n-Somebody\\n+Nobody\\n' >rpm/SOURCES/good.patch
            printf -- '--- a/CREDITS\\n+++ b/CREDITS\\n@@ -1 +1 @@\\n-Somebody\\n+Else\\n' >rpm/SOURCES/bad.patch
            spec() {
                printf '%s\\n' 'Name: kernel' 'Version: 6.1.7' "Release: $1" 'Summary: s' 'License: GPL' "$2" \\
                    'Source0: toy.tar.gz' 'Patch1: good.patch' 'Patch2: bad.patch' '%description' 'd' '%prep' \\
                    '%setup -q -n toy' '%patch1 -p1' "$3" '%build' '%files' >"rpm/$1.spec"
            }
            spec good '' ''
            spec bad '' '%patch2 -p1'
            spec binary 'BuildArch: noarch' ''
            build() { rpmbuild --define "_topdir $PWD/rpm" --define "_tmppath $PWD/rpm/tmp" "$@"; }
            build -bs rpm/good.spec; build -bs rpm/bad.spec; build -bb rpm/binary.spec
            cp rpm/*RPMS/kernel-6.1.7-good.src.rpm rpm/RPMS/noarch/*.rpm rpm/SRPMS/*bad* .
            head -c -200 kernel-6.1.7-good.src.rpm >cut.src.rpm
            """)
        func fetch(_ name: String) -> [String] { ["fetch", "t", "--source", path(name)] }
        try await expectRefusal(
            fetch("kernel-6.1.7-binary.noarch.rpm"), 2, "a binary package; give its source package")
        try await expectRefusal(fetch("cut.src.rpm"), 69, "cannot unpack \(path("cut.src.rpm"))")
        try await expectRefusal(fetch("kernel-6.1.7-bad.src.rpm"), 69, "its patch bad.patch does not apply")
        let fetched = try await command.run(fetch("kernel-6.1.7-good.src.rpm"))
        #expect(fetched.status == .exited(0), "\(fetched.output)")
        let credits = try String(contentsOfFile: "\(fetched.lines.last ?? "")/CREDITS", encoding: .utf8)
        #expect(credits == "Nobody\n")
    }

    @Test func badTarballsAreRefused() async throws {
        try await shell(
            """
            tar -cJf whole.tar.xz toy
            head -c -100 whole.tar.xz >cut.tar.xz
            tar -cJf empty.tar.xz --files-from /dev/null
            tar -cJf two.tar.xz toy kernel-patches
            echo text >text
            """)
        func fetch(_ name: String) -> [String] { ["fetch", "t", "--source", path(name)] }
        try await expectRefusal(fetch("cut.tar.xz"), 69, "cannot unpack \(path("cut.tar.xz"))")
        try await expectRefusal(fetch("empty.tar.xz"), 69, "it is empty")
        try await expectRefusal(fetch("two.tar.xz"), 69, "but has 2 entries there: kernel-patches, toy")
        try await expectRefusal(fetch("text"), 2, "it is not a directory, a git repository, a source RPM or a tarball")
        try await expectRefusal(fetch("images"), 69, "not the top directory of a Linux tree")
    }

    @Test func aTargetsTarballIsCheckedAndMayBePutIntoTheCacheByHand() async throws {
        try await shell("tar -cJf far.tar.xz toy; echo other >other; mkdir -p cache/sources")
        let sum = try await HostTool("sha256sum").run([path("far.tar.xz")]).output.prefix(64)
        try describe("tarball: { file: toy.tar.xz, url: \"file://\(path("other"))\", sha256: \(sum) }")
        try await expectRefusal(["fetch", "t"], 69, "it must be \(sum)")
        try describe("tarball: { file: toy.tar.xz, url: \"file:///none/such\", sha256: \(sum) }")
        try await expectRefusal(["fetch", "t"], 69, "cannot download toy.tar.xz")

        try await shell("cp -r toy cache/sources/toy")
        let unpacked = try await command.run("fetch", "t")
        #expect(unpacked.lines[0].contains("; toy/ is already unpacked: its SHA-256 cannot be checked"))
        #expect(try await command.run("fetch", "t", "--json").output.contains("cannot be checked"))
        try await shell("rm -r cache/sources/toy; cp far.tar.xz cache/sources/toy.tar.xz")
        let file = try await command.run("fetch", "t")
        #expect(file.status == .exited(0), "\(file.output)")
        #expect(!file.output.contains("cannot be checked"))
        #expect(file.lines[0].contains(sum.prefix(16)))
    }

    @Test func aRefThatLeadsNowhereIsNamed() async throws {
        try await shell(
            "cd toy; git init -q; git add .; git -c user.name=x -c user.email=x@y commit -q -m x; git tag v1.0")
        try await expectRefusal(["fetch", "t", "--source", path("toy"), "--ref", "v1.1"], 2, "the nearest are v1.0")
        try await expectRefusal(["fetch", "t", "--source", path("images"), "--ref", "v1"], 2, "of a git repository")
        try await expectRefusal(["fetch", "t", "--ref", "v1"], 2, "--ref needs --source")
        try await expectRefusal(["fetch", "t", "--source", "/none/such"], 2, "there is no such file or directory")
    }
}

import Evidence
import Foundation
import HostTools
import Image
import Testing

/// Compiles with the real musl-gcc and packs with the real cpio; no kernel and no guest.
@Suite struct GuestImageTests {
    let folder: TemporaryFolder
    var images: URL { folder.url.appending(path: "images") }

    init() throws {
        folder = try TemporaryFolder()
        try folder.write("int code(void);\nint main(void) { return code(); }", to: "images/init/init.c")
        try folder.write("int code(void) { return 41; }", to: "images/init/code.c")
        try folder.write("#define ANSWER 42\n", to: "images/workloads/lib/shared.h")
        try folder.write("", to: "images/probe/probe.h")
        try folder.write("#include \"shared.h\"\nint main(void) { return ANSWER; }", to: "images/workloads/cut/cut.c")
        try folder.write("summary: s\nkind: vmtruncate", to: "images/workloads/cut/workload.yaml")
    }

    func programs(cache: String) async throws -> GuestPrograms {
        let workloads = try WorkloadCatalogue(folder: images.appending(path: "workloads")).all()
        return try await GuestPrograms.build(
            workloads: workloads, images: images, cache: folder.url.appending(path: cache))
    }

    func image(cache: String, seed: UInt64 = 1) async throws -> GuestImage {
        let plan = BootPlan(
            target: "t", guest: .base, workloads: [PlannedWorkload(name: "cut", seed: seed, arguments: ["-v"])])
        return try await GuestImage.build(
            plan: plan, programs: try await programs(cache: cache), probe: nil, cache: folder.url.appending(path: cache)
        )
    }

    @Test func programsAreStaticAndRun() async throws {
        let program = try #require(try await programs(cache: "a").files["workloads/cut"])
        #expect(try await HostTool(program.path).run([]).status == .exited(42))
        #expect(try await HostTool("readelf").run(["-l", program.path]).output.contains("INTERP") == false)
    }

    @Test func initIsEveryFileOfItsFolder() async throws {
        let first = try #require(try await programs(cache: "a").files["init"])
        #expect(try await HostTool(first.path).run([]).status == .exited(41))
        try folder.write("int code(void) { return 43; }", to: "images/init/code.c")
        let changed = try #require(try await programs(cache: "a").files["init"])
        #expect(try await HostTool(changed.path).run([]).status == .exited(43))
    }

    @Test func theSameInputsGiveTheSameBytesFromAnotherFolderAtAnotherTime() async throws {
        let first = try Data(contentsOf: try await image(cache: "a").file)
        for (path, time) in [("images/init/init.c", 1.0), ("images/workloads/cut/cut.c", 1e9)] {
            try FileManager.default.setAttributes(
                [.modificationDate: Date(timeIntervalSince1970: time)],
                ofItemAtPath: folder.url.appending(path: path).path)
        }
        let second = try Data(contentsOf: try await image(cache: "b").file)
        #expect(first == second)
    }

    @Test func anotherSeedGivesAnotherImage() async throws {
        #expect(try await image(cache: "a").digest != image(cache: "a", seed: 2).digest)
    }

    @Test func theArchiveHoldsWhatTheGuestNeedsAndOwnsItAsRoot() async throws {
        let file = try await image(cache: "a").file
        let list = try await HostTool("sh").run([
            "-c", "cpio -itv --numeric-uid-gid <\"$1\" 2>/dev/null", "sh", file.path,
        ])
        let entries = list.lines.map { $0.split(separator: " ", omittingEmptySubsequences: true).map(String.init) }
        #expect(entries.compactMap(\.last).sorted() == ["init", "plan", "workloads", "workloads/cut"])
        #expect(entries.allSatisfy { $0[2] == "0" && $0[3] == "0" })
        #expect(entries.first { $0.last == "init" }?.first == "-rwxr-xr-x")
        let plan = try await HostTool("sh").run(["-c", "cpio -i --to-stdout plan <\"$1\" 2>/dev/null", "sh", file.path])
        #expect(plan.lines == ["cut 30 1 -v"])
    }

    @Test func aSecondBuildDoesNothingAndAChangedHeaderCompilesAgain() async throws {
        let first = try await programs(cache: "a")
        #expect(try await programs(cache: "a").files == first.files)
        try folder.write("#define ANSWER 43\n", to: "images/workloads/lib/shared.h")
        let changed = try await programs(cache: "a")
        #expect(changed.files["workloads/cut"] != first.files["workloads/cut"])
        #expect(try await HostTool(#require(changed.files["workloads/cut"]).path).run([]).status == .exited(43))
    }

    @Test func aCompileErrorShowsTheCompilersWords() async throws {
        try folder.write("int main(void) { return MISSING; }", to: "images/workloads/cut/cut.c")
        let error = await #expect(throws: ImageError.self) { try await programs(cache: "a") }
        #expect(error?.description.contains("cut.c") == true)
        #expect(error?.description.contains("MISSING") == true)
        let left = try FileManager.default.contentsOfDirectory(atPath: folder.url.appending(path: "a").path)
        #expect(left.allSatisfy { $0.hasPrefix("init-") && (!$0.contains(".") || $0.hasSuffix(".sha256")) }, "\(left)")
    }

    @Test func aSpoiltFileInTheCacheIsMadeAgain() async throws {
        let first = try await image(cache: "a")
        let program = try #require(try await programs(cache: "a").files["workloads/cut"])
        for file in [first.file, program] {
            let whole = try Data(contentsOf: file)
            try whole.prefix(whole.count / 2).write(to: file)
            _ = try await image(cache: "a")
            #expect(try Data(contentsOf: file) == whole)
        }
        #expect(try await image(cache: "a").reused)
        #expect(try await programs(cache: "a").reused)
    }
}

import Evidence
import Files
import Foundation
import Testing

@Suite final class RunDirectoryTests {
    let folder = FileManager.default.temporaryDirectory.appending(path: "drydock-\(UUID().uuidString)")

    deinit { try? FileManager.default.removeItem(at: folder) }

    func create() throws -> RunDirectory {
        try RunDirectory.create(
            under: folder, target: "debian-6.1", started: Date(timeIntervalSince1970: 1_700_000_000.25),
            guests: [.base], environment: ["qemu": "7.2"])
    }

    func write(results: ResultFiles) throws -> RunDirectory {
        let run = try create()
        try run[.base].write(
            plan: BootPlan(target: "debian-6.1", guest: .base, workloads: [PlannedWorkload(name: "cut")]))
        try run[.base].write(
            boot: BootRecord(
                ending: .destroyedAtDeadline(limitSeconds: 9), seconds: 9.5, secondsToInit: 2, accelerator: "tcg"))
        try Data("drydock: init\n".utf8).write(to: run[.base][.console])
        try run[.base].write(results: results)
        return run
    }

    @Test func evidenceComesBackAsItWasWritten() throws {
        let results = ResultFiles.read(["01-cut.ktap": Data("1..0\n".utf8), "01-cut.status": Data([0xff, 0])])
        let evidence = try RunDirectory(opening: write(results: results).url)[.base].evidence()
        #expect(evidence.plan.workloads == [PlannedWorkload(name: "cut")])
        #expect(evidence.boot.ending == .destroyedAtDeadline(limitSeconds: 9))
        #expect(evidence.console == "drydock: init\n")
        #expect(evidence.results == results)
    }

    @Test func anUnreadableDiskStaysUnreadable() throws {
        let run = try write(results: .unreadable(reason: "no superblock"))
        #expect(try run[.base].evidence().results == .unreadable(reason: "no superblock"))
    }

    @Test func theNameTellsTimeAndTarget() throws {
        #expect(try create().header().identifier == "20231114T221320250-debian-6.1")
    }

    @Test func aBuildTellsWhatWasGivenAndAnOlderOneIsStillRead() throws {
        let run = try create()
        #expect(try run[.base].build() == nil)
        let digest = Digest(of: Data("a".utf8))
        let build = BuildRecord(
            release: "2.6.18-8.el5", digest: digest,
            source: SourceRecord(given: "/trees/8 at v1", digest: digest, version: "2.6.18-8.el5"), variant: "debug",
            toolchain: PeriodToolchain(prefix: "old-", root: "/srv/etch"), compiler: "gcc", front: nil,
            toolchainPatches: [], patches: [], unknownSymbols: [], warnings: [], seconds: 1)
        try run[.base].write(build: build)
        #expect(try run[.base].build() == build)
        let file = run[.base].url.appending(path: "build.json")
        try Data(
            #"{"release": "6.1", "digest": "\#(digest)", "compiler": "gcc", "patches": [], "warnings": [], "seconds": 1}"#
                .utf8
        ).write(to: file)
        let older = try run[.base].build()
        #expect(older?.release == "6.1")
        #expect(older?.source == nil)
        #expect(older?.toolchain == nil)
    }

    @Test func aMissingBootIsAnErrorAndNotAnEmptyOne() throws {
        let run = try write(results: .read([:]))
        let boot = run[.base].url.appending(path: "boot.json")
        try FileManager.default.removeItem(at: boot)
        #expect(throws: EvidenceError.unfinished(path: run.url.path, missing: "base/boot.json")) {
            try run[.base].evidence()
        }
    }

    @Test func aRunWhoseDisksWereNotReadYetIsNotOneWithoutResults() throws {
        let run = try write(results: .read([:]))
        try FileManager.default.removeItem(at: run[.base].url.appending(path: "results"))
        #expect(throws: EvidenceError.unfinished(path: run.url.path, missing: "base/results")) {
            try run[.base].evidence()
        }
    }

    @Test func aPlanOrAResultThatBelongsElsewhereIsRefused() throws {
        let run = try write(results: .read(["07-other.status": Data()]))
        let error = #expect(throws: EvidenceError.self) { try run[.base].evidence() }
        #expect(
            "\(try #require(error))".contains("base/results has 07-other.status, which base/plan.json does not plan"))
        try FileManager.default.copyItem(at: run[.base].url, to: run[.patched].url)
        let other = #expect(throws: EvidenceError.self) { try run[.patched].evidence() }
        #expect("\(try #require(other))".contains("patched/plan.json is the plan of the guest base"))
    }

    @Test func aGuestThatIsNamedTwiceIsADamagedRun() throws {
        let run = try create()
        let file = run.url.appending(path: "run.json")
        let text = try String(contentsOf: file, encoding: .utf8)
        try Data(text.replacing(/"subjects" : \[\s*"base"/, with: "\"subjects\" : [\"base\", \"base\"").utf8).write(
            to: file)
        #expect(throws: EvidenceError.damaged(path: run.url.path, what: "run.json names the guest base twice")) {
            try run.header()
        }
    }

    private func message(of run: RunDirectory) throws -> String {
        "\(try #require(#expect(throws: EvidenceError.self) { try run[.base].evidence() }))"
    }

    @Test(
        arguments: [
            ("{", "base/boot.json is not JSON"), ("[]", "base/boot.json has something other than"),
            ("{}", "has no key `ending`"),
            (
                #"{"ending": {"poweredOff": {}}, "seconds": "4", "accelerator": "tcg"}"#,
                "has something other than a number as `seconds`"
            ),
            (#"{"ending": {"poweredOff": {}}, "seconds": null, "accelerator": "tcg"}"#, "has null as `seconds`"),
        ])
    func damagedJSONIsNamedWithFileAndKey(content: String, words: String) throws {
        let run = try write(results: .read([:]))
        try Data(content.utf8).write(to: run[.base][.boot])
        let message = try message(of: run)
        #expect(message.contains(words), "\(message)")
        #expect(message.hasSuffix("it was changed or is damaged; run the test again"))
        #expect(!message.contains("Swift") && !message.contains("couldn"))
    }

    @Test func aValueThatIsNotKnownIsNamed() throws {
        let run = try write(results: .read([:]))
        let text = try String(contentsOf: run[.base][.plan], encoding: .utf8)
        try Data(text.replacing("\"base\"", with: "\"bass\"").utf8).write(to: run[.base][.plan])
        #expect(try message(of: run).contains("base/plan.json has something that cannot be used as `subject`: bass;"))
        try Data(#"{"schema": "1"}"#.utf8).write(to: run[.header])
        let header = #expect(throws: EvidenceError.self) { try RunDirectory(opening: run.url) }
        #expect("\(try #require(header))".contains("run.json has something other than a number as `schema`"))
    }

    @Test func aFolderAmongTheResultsIsNoResult() throws {
        let run = try write(results: .read(["01-cut.ktap": Data("1..0\n".utf8)]))
        let results = run[.base][.results]
        for name in ["lost+found", "01-cut.status"] {
            try FileManager.default.createDirectory(
                at: results.appending(path: name), withIntermediateDirectories: false)
        }
        try FileManager.default.createSymbolicLink(
            at: results.appending(path: "init.status"), withDestinationURL: URL(filePath: "/dev/zero"))
        #expect(try run[.base].evidence().results == .read(["01-cut.ktap": Data("1..0\n".utf8)]))
    }

    private typealias Window = SchedulingRecord.Window

    @Test(
        arguments: [
            ([Window(end: 1, seconds: 1, lines: 1, waited: [-0.5])], "`waited` of windows[0] is less than nothing"),
            ([Window(end: 1, seconds: -1, lines: 1)], "`seconds` of windows[0] is less than nothing"),
            ([Window(end: 1, seconds: 1, lines: -1)], "`lines` of windows[0] is less than nothing"),
            ([Window(end: 1, seconds: 1, lines: 1, stolen: 90)], "`stolen` up to windows[0] is longer than"),
            ([Window(end: 1, seconds: 1, lines: 1, waited: [0, 9])], "`waited` up to windows[0] is longer than"),
            (
                [Window(end: 9, seconds: 9, lines: 1), Window(end: 3, seconds: 1, lines: 1)],
                "windows[1] begins before the one before it ended"
            ),
            ([Window(end: 1, seconds: 60, lines: 1)], "windows[0] begins before the one before it ended"),
            ([Window(end: 1e9, seconds: 1e9, lines: 1)], "windows[0] ends after the guest"),
            (
                [Window(end: 1, seconds: 1, lines: 9), Window(end: 2, seconds: 1, lines: 3)],
                "the console of windows[1] has fewer lines than before"
            ),
        ])
    func timesThatNoClockShowsAreDamaged(windows: [SchedulingRecord.Window], words: String) throws {
        let run = try write(results: .read([:]))
        try SchedulingRecord(windows: windows).write(to: run[.base][.scheduling])
        let message = try message(of: run)
        #expect(message.contains("base/scheduling.json says that \(words)"), "\(message)")
    }

    @Test(arguments: ["NaN", "1e999", "\"1\""])
    func aNumberThatIsNoneIsDamage(_ number: String) throws {
        let run = try write(results: .read([:]))
        try SchedulingRecord(windows: [Window(end: 77, seconds: 1, lines: 1)]).write(to: run[.base][.scheduling])
        let text = try String(contentsOf: run[.base][.scheduling], encoding: .utf8)
        try Data(text.replacing("77", with: number).utf8).write(to: run[.base][.scheduling])
        #expect(try message(of: run).contains("base/scheduling.json"))
    }

    @Test(arguments: ["-4", "1e300"])
    func aBootOfImpossibleLengthIsDamage(_ seconds: String) throws {
        let run = try write(results: .read([:]))
        try Data(#"{"ending": {"poweredOff": {}}, "seconds": \#(seconds), "accelerator": "tcg"}"#.utf8).write(
            to: run[.base][.boot])
        #expect(try message(of: run).contains("base/boot.json says that `seconds` is "))
    }

    @Test func somethingElseInThePlaceOfAFileIsNamed() throws {
        for (file, words) in [
            (GuestFolder.File.console, "base/console.log is not a file"), (.boot, "base/boot.json is not a file"),
            (.results, "base/results is not a directory"),
        ] {
            let run = try write(results: .read([:]))
            try FileManager.default.removeItem(at: run[.base][file])
            if file == .results {
                try Data().write(to: run[.base][file])
            } else {
                try FileManager.default.createDirectory(at: run[.base][file], withIntermediateDirectories: false)
            }
            #expect(try message(of: run).contains(words))
            try FileManager.default.removeItem(at: run.url)
        }
    }

    @Test func aWaitIsWrittenDownWhenItIsOver() throws {
        let run = try write(results: .read([:]))
        let record = SchedulingRecord(windows: [
            Window(end: 1, seconds: 1, lines: 1, asleep: 0.3), Window(end: 9, seconds: 8, lines: 1),
            Window(end: 10, seconds: 1, lines: 4, ran: [0.4, 0], waited: [8.5, 0], paused: 1),
            Window(end: 10, seconds: 0, lines: 4),
        ])
        try record.write(to: run[.base][.scheduling])
        #expect(try run[.base].evidence().scheduling == record)
    }

    @Test func aConsoleOfUnboundedLengthIsRefusedBeforeItIsRead() throws {
        let run = try write(results: .read([:]))
        let console = run[.base].url.appending(path: "console.log")
        #expect(truncate(console.path, 65 << 20) == 0)
        #expect(throws: EvidenceError.tooLarge(path: console.path, bytes: 65 << 20, limit: 64 << 20)) {
            try run[.base].evidence()
        }
    }

    @Test func onlyARunOfAKernelAsItIsHasTheLaterLayout() throws {
        #expect(try create().header().schema == 1)
        let run = try RunDirectory.create(
            under: folder, target: "el5", started: .now, guests: [.asIs], environment: [:])
        #expect(try run.header().schema == 2)
        #expect(try RunDirectory(opening: run.url).header().subjects == [.asIs])
        #expect(FileManager.default.fileExists(atPath: run.url.appending(path: "as-is").path))
    }

    @Test func twoRunsNeverShareAFolder() throws {
        _ = try create()
        #expect(throws: FileError.self) { try create() }
    }

    @Test func otherFoldersAndLaterLayoutsAreRefused() throws {
        #expect(throws: EvidenceError.notARunDirectory(path: folder.path)) { try RunDirectory(opening: folder) }
        let run = try create()
        try Data(#"{"schema": 99}"#.utf8).write(to: run.url.appending(path: "run.json"))
        #expect(throws: EvidenceError.unknownSchema(path: run.url.path, found: 99, known: RunHeader.currentSchema)) {
            try RunDirectory(opening: run.url)
        }
    }

    @Test func aGuestOfOneWorkloadHasAFolderBelowThatOfItsKernel() throws {
        let lone = GuestName(.patched, alone: "lone-take")
        let run = try RunDirectory.create(
            under: folder, target: "t", started: .now, guests: [.base, .patched, lone], environment: [:])
        #expect(run[lone][.console].path.hasSuffix("/patched/alone/lone-take/console.log"))
        let header = try RunDirectory(opening: run.url).header()
        #expect(header.schema == 3)
        #expect(header.subjects == [.base, .patched])
        #expect(header.guests == [.base, .patched, lone])
        #expect(try create().header().schema == 1)
    }

    @Test func anExpectationIsReadAsItIsWritten() throws {
        let expectations: [Evidence.Expectation] = [
            .pass, .death(kinds: [.bug, .warning], functions: ["mm_take_all_locks"]), .hang(functions: ["mutex_lock"]),
        ]
        let written = try JSONEncoder().encode(expectations)
        #expect(try JSONDecoder().decode([Evidence.Expectation].self, from: written) == expectations)
        #expect(String(decoding: written, as: UTF8.self).hasPrefix("[\"pass\","))
    }

    /// The page has a line for each name, and no other.
    @Test func theDocumentationNamesEveryFile() throws {
        let page = try String(
            contentsOf: URL(filePath: #filePath).deletingLastPathComponent().appending(
                path: "../../docs/run-directory.md"),
            encoding: .utf8)
        let block = page.split(separator: "\n").filter { $0.hasPrefix("    ") }
        func names(indented by: String) -> [String] {
            block.filter { $0.hasPrefix(by) && !$0.dropFirst(by.count).hasPrefix(" ") }.flatMap { line in
                // Names stand before two spaces, some in one line.
                let names =
                    line.dropFirst(by.count).firstRange(of: "  ").map { line[line.startIndex..<$0.lowerBound] } ?? line
                return names.split(whereSeparator: { " ,".contains($0) }).map {
                    String($0.hasSuffix("/") ? $0.dropLast() : $0)
                }
            }
        }
        #expect(Set(names(indented: "        ")) == Set(GuestFolder.File.allCases.map(\.rawValue)))
        #expect(
            Set(names(indented: "    ")).subtracting(["base", "patched"])
                == Set(RunDirectory.File.allCases.map(\.rawValue)))
    }

    @Test func thePatchesOfARunAreKeptInTheirOrder() throws {
        let run = try write(results: .read([:]))
        try run.keep([
            KeptPatch(name: "toolchain/one.patch", strip: 1, content: Data("1".utf8)),
            KeptPatch(name: "two.patch", strip: 0, content: Data([0xff, 0])),
        ])
        let place = run[.patches]
        #expect(
            try String(contentsOf: place.appending(path: "series"), encoding: .utf8)
                == "01-one.patch -p1\n02-two.patch -p0\n")
        #expect(try Data(contentsOf: place.appending(path: "02-two.patch")) == Data([0xff, 0]))
    }
}

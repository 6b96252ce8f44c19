import Evidence
import Files
import Foundation
import Testing

@Suite final class MutationDirectoryTests {
    let folder = FileManager.default.temporaryDirectory.appending(path: "drydock-\(UUID().uuidString)")

    deinit { try? FileManager.default.removeItem(at: folder) }

    private let started = Date(timeIntervalSince1970: 1_700_000_000)

    private func record() -> MutationRecord {
        MutationRecord(
            target: "t", version: "6.1.7", started: started, controls: [.init(variant: "debug", run: "control")],
            mutants: [
                MutantRecord(
                    name: "a", subject: "s", breaks: ["C1"], killedBy: ["w"], variant: "debug", run: "mutants/a"),
                MutantRecord(
                    name: "b", subject: "s", breaks: ["C1"], killedBy: ["w"], variant: nil,
                    fault: MutantFault(.doesNotBuild, reason: "r")),
            ], leftOut: ["c"])
    }

    private func create() throws -> MutationDirectory {
        try MutationDirectory.create(under: folder, target: "t", started: started)
    }

    @Test func theRecordComesBackAsItWasWritten() throws {
        let test = try create()
        #expect(test.url.lastPathComponent == "20231114T221320000-t-mutants")
        #expect(!MutationDirectory.isOne(test.url))
        try test.write(record())
        #expect(MutationDirectory.isOne(test.url))
        #expect(try MutationDirectory(opening: test.url).record() == record())
    }

    @Test func aTestThatExistsIsNotWrittenOver() throws {
        _ = try create()
        #expect(throws: FileError.self) { try create() }
    }

    @Test func whatIsNoTestOrOfALaterDrydockIsRefused() throws {
        let test = try create()
        #expect(throws: EvidenceError.notARunDirectory(path: test.url.path)) {
            try MutationDirectory(opening: test.url)
        }
        try Data(#"{"schema": 2}"#.utf8).write(to: test.url.appending(path: "mutation.json"))
        #expect(throws: EvidenceError.unknownSchema(path: test.url.path, found: 2, known: 1)) {
            try MutationDirectory(opening: test.url)
        }
    }

    @Test func theRunsInItAreOrdinaryRuns() throws {
        let test = try create()
        let guests = [GuestName(.mutant(name: nil)), GuestName(.mutant(name: nil), alone: "lone")]
        let run = try RunDirectory.create(
            at: test.place(of: "mutants/a"), target: "t", started: started, guests: guests, environment: [:])
        #expect(try RunDirectory(opening: run.url).header().guests == guests)
        #expect(try run.header().schema == 4)
        #expect(throws: FileError.self) {
            try RunDirectory.create(at: run.url, target: "t", started: started, guests: guests, environment: [:])
        }
    }

    @Test func aRunWithGuestsOfOneWorkloadOnlyHasNoOther() throws {
        let lone = [GuestName(.patched, alone: "lone")]
        let run = try RunDirectory.create(
            at: folder.appending(path: "run"), target: "t", started: started, guests: lone, environment: [:])
        #expect(try run.header().guests == lone)
    }
}

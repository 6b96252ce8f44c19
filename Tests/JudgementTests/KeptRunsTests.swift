import Foundation
import Judgement
import Report
import Testing

/// An old run judges to what it always judged to: Runs/README.md says where these are from.
@Suite final class KeptRunsTests {
    private let folder = FileManager.default.temporaryDirectory.appending(path: "drydock-kept-\(UUID().uuidString)")

    deinit { try? FileManager.default.removeItem(at: folder) }

    @Test(arguments: ["plain", "alone", "repeated", "seeds", "mutants", "seeded", "replay"])
    func anOldRunJudgesToTheSameBytes(_ name: String) throws {
        try FileManager.default.copyItem(at: Bundle.module.bundleURL.appending(path: "Runs/\(name)"), to: folder)
        // A guest that hung left no results, and git keeps no empty directories.
        for path in try FileManager.default.subpathsOfDirectory(atPath: folder.path) where path.hasSuffix("plan.json") {
            let results = folder.appending(path: path).deletingLastPathComponent().appending(path: "results")
            try FileManager.default.createDirectory(at: results, withIntermediateDirectories: true)
        }
        let kept = try String(contentsOf: folder.appending(path: "verdict.json"), encoding: .utf8)
        #expect(try JSONFormat.text(JudgedTest(folder).verdict) == kept)
    }
}

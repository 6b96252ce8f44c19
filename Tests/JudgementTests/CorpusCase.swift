import Evidence
import Foundation
import Judgement
import Testing

/// A console with what must be concluded from it, from a file of `Corpus`: `key: value` lines, `---`, the console.
struct CorpusCase: Sendable, CustomTestStringConvertible {
    let name: String
    private let header: [(key: String, value: String)]
    let console: String

    var testDescription: String { name }

    static let all: [CorpusCase] = {
        let folder = Bundle.module.resourceURL!.appending(path: "Corpus")
        let files = try! FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        return files.filter { $0.pathExtension == "txt" }.sorted { $0.path < $1.path }.map(CorpusCase.init)
    }()

    private init(_ file: URL) {
        let text = String(decoding: try! Data(contentsOf: file), as: UTF8.self)
        let parts = text.split(separator: "\n---\n", maxSplits: 1, omittingEmptySubsequences: false)
        name = file.deletingPathExtension().lastPathComponent
        header = parts[0].split(separator: "\n").map { line in
            let sign = line.firstRange(of: ": ")!
            return (String(line[..<sign.lowerBound]), String(line[sign.upperBound...]))
        }
        console = String(parts[1])
    }

    func values(_ key: String) -> [String] { header.filter { $0.key == key }.map(\.value) }
    func value(_ key: String) -> String? { values(key).first }

    var plan: [String] { ["truncate", "notifier"] }

    /// The evidence of such a boot; what the console says to have ended well has the results of a pass.
    func evidence(console: String? = nil) -> BootEvidence {
        let shown = console ?? self.console
        var results = Samples.results(of: plan, console: self.console)
        if let reason = value("results")?.dropFirst("unreadable ".count) {
            results = .unreadable(reason: String(reason))
        }
        return Samples.evidence(plan: plan, ending: ending, console: shown, results: results)
    }

    private var ending: Ending {
        let words = value("ending")!.split(separator: " ", maxSplits: 1)
        let rest = words.count > 1 ? String(words[1]) : ""
        switch words[0] {
        case "powered-off": return .poweredOff
        case "crashed": return .crashed
        case "fatal": return .destroyedAfterFatalConsole
        case "deadline": return .destroyedAtDeadline(limitSeconds: Int(rest)!)
        case "never-reached-init": return .neverReachedInit(limitSeconds: Int(rest)!)
        case "lost": return .lost(reason: rest)
        default: fatalError("\(name): no such ending: \(words[0])")
        }
    }
}

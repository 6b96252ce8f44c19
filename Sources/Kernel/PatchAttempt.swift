import Files
import Foundation
import HostTools

/// One run of GNU patch over a copy of the files it may touch.
struct PatchAttempt {
    let succeeded: Bool
    /// The patch could be read, and the files are not what it expects.
    let isForOtherFiles: Bool
    /// How far the furthest hunk lay from where the patch says, in lines.
    let offset: Int
    /// How many lines of context were ignored at most.
    let fuzz: Int
    /// What patch said, and the rejected hunks.
    let complaint: String

    /// Applies `patch` to the files in `folder`; where it fails, the folder is spoilt.
    /// - Parameters:
    ///   - fuzz: how many lines of context may be ignored; GNU patch's own default is 2.
    static func run(_ patch: SeriesPatch, in folder: URL, fuzz: Int, reverse: Bool = false) async throws -> PatchAttempt
    {
        let options = ["--force", "--no-backup-if-mismatch", "--strip=\(patch.strip)", "--fuzz=\(fuzz)"]
        let result = try await HostTool("patch", environment: ["LC_ALL": "C", "PATCH_GET": "0"]).run(
            options + (reverse ? ["--reverse"] : []) + ["--directory=\(folder.path)", "--input=\(patch.file.path)"])
        if let (trouble, said) = result.hostTrouble {
            throw KernelError.hostFailed(act: "apply \(patch.name)", trouble: trouble, said: said, log: nil)
        }
        guard result.status == .exited(0), !result.lines.isEmpty else {
            let said = result.lines.isEmpty ? ["the patch is empty"] : result.lines
            return PatchAttempt(
                succeeded: false, isForOtherFiles: result.status == .exited(1), offset: 0, fuzz: 0,
                complaint: (said + Files.texts(under: folder, endingIn: ".rej")).joined(separator: "\n"))
        }
        let hunks = result.lines.compactMap { $0.firstMatch(of: /^Hunk #\d+ succeeded at \d+(.*)\.$/)?.1 }
        return PatchAttempt(
            succeeded: true, isForOtherFiles: false,
            offset: hunks.compactMap { number(in: $0, /offset -?(\d+) line/) }.max() ?? 0,
            fuzz: hunks.compactMap { number(in: $0, /with fuzz (\d+)/) }.max() ?? 0, complaint: "")
    }

    private static func number(in text: Substring, _ pattern: Regex<(Substring, Substring)>) -> Int? {
        text.firstMatch(of: pattern).flatMap { Int($0.1) }
    }
}

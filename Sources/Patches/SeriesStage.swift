import Evidence
import Files
import Foundation
import HostTools
import KernelSources

extension KernelCache {
    /// Copies of the files that a series touches, while it is tried.
    var scratch: URL { folder.appending(path: "scratch") }
}

/// The directory in which a series is tried: the files that its patches name, as the patches so far left them.
struct SeriesStage {
    private let source: URL
    private let current: URL
    private let attempt: URL
    /// All paths that the patches so far could touch.
    private var paths: Set<String> = []
    /// Whether the last rejected patch could be read, but is for other files than these.
    private(set) var isForOtherFiles = false

    /// - Parameter files: what earlier patches made of the source.
    init(source: URL, folder: URL, files: [String: TreeFile] = [:]) throws(FileError) {
        self.source = source
        current = folder.appending(path: "current")
        attempt = folder.appending(path: "attempt")
        paths = Set(files.keys)
        for (path, file) in files { try file.replace(current.appending(path: path)) }
    }

    /// Applies the next patch; if it is rejected, the files stay as they were.
    /// - Parameter keep: false to only find out if it applies.
    mutating func apply(_ patch: SeriesPatch, keep: Bool = true) async throws -> PatchOutcome.Application {
        isForOtherFiles = false
        let text = PatchText(patch.content, strip: patch.strip)
        if let escape = text.escape {
            return .rejected(rejects: "line \(escape.line) names \(escape.path), which is outside the tree")
        }
        try Files.createFolder(current)
        for path in text.paths.subtracting(paths).sorted() {
            let original = source.appending(path: path)
            if try TreeFile(at: original) != .absent { try Files.copy(original, to: current.appending(path: path)) }
        }
        paths.formUnion(text.paths)
        if let line = text.truncatedHunk {
            // GNU patch takes missing lines at the end for empty ones, and may then apply half a hunk with fuzz.
            let complaint = try await run(patch, fuzz: 0, keep: false).complaint
            return .rejected(rejects: "the hunk at line \(line) is cut off by the end of the file\n\(complaint)")
        }
        return try await applyWhole(patch, keep: keep)
    }

    /// In GNU patch's own order: exactly, then as already applied, then with less context.
    private mutating func applyWhole(_ patch: SeriesPatch, keep: Bool) async throws -> PatchOutcome.Application {
        let exact = try await run(patch, fuzz: 0, keep: keep)
        if exact.succeeded { return exact.offset == 0 ? .clean : .offset(lines: exact.offset) }
        if try await run(patch, fuzz: 0, reverse: true, keep: false).succeeded { return .alreadyApplied }
        let fuzzy = try await run(patch, fuzz: 2, keep: keep)
        isForOtherFiles = fuzzy.isForOtherFiles
        return fuzzy.succeeded ? .fuzz(factor: fuzzy.fuzz) : .rejected(rejects: fuzzy.complaint)
    }

    /// Works on a copy, which replaces the files if the patch applied and `keep` is true.
    private func run(_ patch: SeriesPatch, fuzz: Int, reverse: Bool = false, keep: Bool) async throws -> PatchAttempt {
        try Files.remove(attempt)
        try Files.copy(current, to: attempt)
        let result = try await PatchAttempt.run(patch, in: attempt, fuzz: fuzz, reverse: reverse)
        if result.succeeded && keep {
            try Files.remove(current)
            try Files.move(attempt, to: current)
        }
        return result
    }

    /// The paths whose content differs from the source's.
    func changes() throws(FileError) -> [String: TreeFile] {
        var changes: [String: TreeFile] = [:]
        for path in paths {
            let now = try TreeFile(at: current.appending(path: path))
            if now != (try TreeFile(at: source.appending(path: path))) { changes[path] = now }
        }
        return changes
    }
}

/// One run of GNU patch over a copy of the files that it may touch.
private struct PatchAttempt {
    let succeeded: Bool
    /// Whether the patch could be read, but the files are not what it expects.
    let isForOtherFiles: Bool
    /// The largest distance, in lines, between a hunk's place and the line that the patch gives.
    let offset: Int
    /// The most lines of context that were ignored.
    let fuzz: Int
    /// GNU patch's output and the rejected hunks.
    let complaint: String

    /// GNU patch's message if it can read the patch but the system refuses it a file.
    private static func refusedFile(_ result: ToolResult) -> String? {
        guard result.status == .exited(2) else { return nil }
        return result.lines.first { $0.contains(/: \*\*\*\* (Can't .*:|(read|write|seek) error)/) }
    }

    /// Applies `patch` to the files in `folder`; if it fails, the directory's content is useless.
    /// - Parameters:
    ///   - fuzz: how many lines of context may be ignored; GNU patch's own default is 2.
    static func run(_ patch: SeriesPatch, in folder: URL, fuzz: Int, reverse: Bool = false) async throws -> PatchAttempt
    {
        let options = ["--force", "--no-backup-if-mismatch", "--strip=\(patch.strip)", "--fuzz=\(fuzz)"]
        let result = try await HostTool("patch", environment: ["LC_ALL": "C", "PATCH_GET": "0"]).run(
            options + (reverse ? ["--reverse"] : []) + ["--directory=\(folder.path)", "--input=\(patch.file.path)"])
        if let (trouble, said) = result.hostTrouble ?? Self.refusedFile(result).map({ (.disk, $0) }) {
            throw ToolError.hostFailed(act: "apply \(patch.name)", trouble: trouble, said: said, log: nil)
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

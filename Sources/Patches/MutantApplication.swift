import Evidence
import Files
import Foundation
import KernelSources

extension SeriesApplication {
    /// The same files with `mutant` applied; the lines keep the numbers they have without it.
    /// - Throws: `MutantError.doesNotApply`, or `.doesNotDiffer` if the patched tree already has the mutant's change.
    package func mutated(
        by mutant: Mutant, on source: KernelSource, cache: KernelCache, onProgress: (String) -> Void
    ) async throws -> SeriesApplication {
        precondition(self.source == source.digest, "the series was applied to another source")
        let folder = cache.scratch.appending(path: "\(source.digest.short).mutant")
        let lock = cache.scratch.appending(path: "\(source.digest.short).mutant.lock")
        let wait = { onProgress("waiting for another drydock, which tries a mutant on \(source.version)") }
        return try await FileLock.hold(lock, onWait: wait) {
            try Files.remove(folder)
            defer { try? Files.remove(folder) }
            var stage = try SeriesStage(source: source.tree, folder: folder, files: files)
            let outcome = PatchOutcome(
                patch: mutant.file.lastPathComponent, application: try await stage.apply(mutant.patch))
            switch outcome.application {
            case .clean, .offset, .fuzz: break
            case .rejected(let rejects): throw MutantError.doesNotApply(mutant: mutant.name, rejects: rejects)
            case .alreadyApplied, .notForThisTree: throw MutantError.doesNotDiffer(mutant: mutant.name)
            }
            let changes = try stage.changes()
            var mutated = changes
            for (path, file) in changes {
                let before = try files[path] ?? TreeFile(at: source.tree.appending(path: path))
                guard file != before else { continue }
                mutated[path] = file.keepingLineNumbers(of: before, at: path)
            }
            return SeriesApplication(
                source: self.source, toolchain: toolchain, outcomes: outcomes + [outcome], files: mutated,
                patches: patches + [mutant.patch.kept])
        }
    }
}

extension TreeFile {
    /// Only for what the C preprocessor reads, because no other file's line numbers get into a kernel.
    fileprivate func keepingLineNumbers(of before: TreeFile, at path: String) -> TreeFile {
        guard path.hasSuffix(".c") || path.hasSuffix(".h"), case .file(let old, _) = before,
            case .file(let new, let executable) = self
        else { return self }
        return .file(content: LineNumbers.keep(of: old, in: new), executable: executable)
    }
}

/// Keeps the numbers of a C file's lines through a change.
///
/// `BUG()` of 2.6.18 and `might_sleep()` put `__LINE__` into the code, so that one line more or less changes every
/// function below it. With a `#line` after each change, the kernel differs only in what was changed.
enum LineNumbers {
    /// `new` with directives that give each line that it shares with `old` the number it has there.
    static func keep(of old: Data, in new: Data) -> Data {
        let before = old.split(separator: 10, omittingEmptySubsequences: false)
        let after = new.split(separator: 10, omittingEmptySubsequences: false)
        var removed: Set<Int> = []
        var inserted: Set<Int> = []
        for change in after.difference(from: before) {
            switch change {
            case .remove(let offset, _, _): removed.insert(offset)
            case .insert(let offset, _, _): inserted.insert(offset)
            }
        }
        var text: [Data] = []
        var scan = LineScan()
        var number = 1
        var line = 0
        for (index, content) in after.enumerated() {
            if !inserted.contains(index) {
                while removed.contains(line) { line += 1 }
                line += 1
                // Nothing follows the last line end.
                let isEnd = content.isEmpty && index == after.count - 1
                if number != line, scan.takesDirective, !isEnd {
                    text.append(Data("#line \(line)".utf8))
                    number = line
                }
            }
            text.append(Data(content))
            scan.pass(content)
            number += 1
        }
        return Data(text.joined(separator: [10]))
    }
}

/// Whether the start of a line in a C file is inside a comment or a continued line.
private struct LineScan {
    private var isInComment = false
    private var isContinued = false

    /// Whether a `#line` is a directive here and splits nothing.
    var takesDirective: Bool { !isInComment && !isContinued }

    mutating func pass(_ line: Data) {
        let bytes = Array(line)
        var quote: UInt8?
        var index = 0
        while index < bytes.count {
            let pair = index + 1 < bytes.count ? (bytes[index], bytes[index + 1]) : (bytes[index], 0)
            switch (pair.0, pair.1, quote, isInComment) {
            case (UInt8(ascii: "*"), UInt8(ascii: "/"), _, true):
                isInComment = false
                index += 1
            case (_, _, _, true): break
            case (UInt8(ascii: "\\"), _, _?, _): index += 1
            case (let byte, _, let open?, _): if byte == open { quote = nil }
            case (UInt8(ascii: "/"), UInt8(ascii: "*"), nil, _):
                isInComment = true
                index += 1
            case (UInt8(ascii: "/"), UInt8(ascii: "/"), nil, _): index = bytes.count
            case (UInt8(ascii: "\""), _, nil, _), (UInt8(ascii: "'"), _, nil, _): quote = pair.0
            default: break
            }
            index += 1
        }
        isContinued = bytes.last == UInt8(ascii: "\\")
    }
}

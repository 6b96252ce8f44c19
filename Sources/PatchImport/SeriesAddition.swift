import Files
import Foundation
import Glibc

/// A patch that was added to a series.
package struct SeriesAddition: Sendable {
    package let patch: URL
    package let series: URL

    /// Writes the patch beside the series file and adds its name as the new last line.
    ///
    /// The patch file is complete or does not exist, and the series never names one that does not exist.
    /// - Parameter lock: a file that keeps two drydocks from adding at once.
    package init(_ patch: PagePatch, named name: String, to series: URL, lock: URL) async throws {
        let series = series.resolvingSymlinksInPath()
        let file = series.deletingLastPathComponent().appending(path: name)
        try await FileLock.hold(lock) {
            var text = Files.exists(series) ? try Files.read(series) : Data()
            let names = String(decoding: text, as: UTF8.self).split(whereSeparator: \.isNewline).compactMap {
                $0.split(whereSeparator: \.isWhitespace).first
            }
            guard !names.contains(Substring(name)) else {
                throw PatchImportError.alreadyInSeries(patch: name, series: series.path)
            }
            if !text.isEmpty, text.last != 10 { text.append(10) }
            text += Data("\(name)\(patch.strip == 1 ? "" : " -p\(patch.strip)")\n".utf8)
            try Self.create(file, patch.content)
            do {
                try Files.write(text, to: series)
            } catch {
                try Files.remove(file)
                throw error
            }
        }
        self.patch = file
        self.series = series
    }

    /// Makes a hard link to a file that is already complete, because that fails if the name is taken.
    private static func create(_ file: URL, _ content: Data) throws {
        let whole = file.deletingLastPathComponent().appending(path: ".\(file.lastPathComponent).\(UUID().uuidString)")
        defer { try? Files.remove(whole) }
        try Files.write(content, to: whole)
        guard link(whole.path, file.path) == 0 else {
            let reason = errno
            if reason == EEXIST { throw PatchImportError.patchExists(path: file.path) }
            throw FileError("write", file, number: reason)
        }
    }
}

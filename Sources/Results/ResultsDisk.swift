import Files
import Foundation
import Guestfs

/// The disk on which a guest leaves its results: raw, 64 MiB, one whole-disk ext2 that a 2.6.18 kernel can mount.
package enum ResultsDisk {
    package static let size = 64 << 20
    private static let features = "^resize_inode,^dir_index,^ext_attr"
    private static let inodeSize = 128
    private static let blockSize = 4096

    /// The path of the template, which may not exist yet; its name has the recipe's digest.
    package static func place(in cacheFolder: URL) -> URL {
        let recipe = Digest(inputs: [
            "type": "ext2", "features": features, "size": "\(size)", "inode": "\(inodeSize)", "block": "\(blockSize)",
        ])
        return cacheFolder.appending(component: "results-disk-\(recipe.short).img")
    }

    /// An empty results disk.
    package struct Template: Sendable, Equatable {
        package let file: URL
        /// Whether it was made before.
        package let reused: Bool

        package init(file: URL, reused: Bool) {
            self.file = file
            self.reused = reused
        }
    }

    /// The template, made by libguestfs once and kept in `cacheFolder`.
    package static func template(
        in cacheFolder: URL, forceTCG: Bool, onProgress: @escaping @Sendable (String) -> Void = { _ in }
    ) async throws -> Template {
        let template = place(in: cacheFolder)
        if SealedFile.isWhole(template, isSparse: true) { return Template(file: template, reused: true) }
        let draft = cacheFolder.appending(component: "results-disk-\(UUID().uuidString).part")
        defer { try? FileManager.default.removeItem(at: draft) }
        try ResultsError.step("make", draft) {
            try Files.createFolder(cacheFolder)
            try Data().write(to: draft)
            let handle = try FileHandle(forWritingTo: draft)
            try handle.truncate(atOffset: UInt64(size))
            try handle.close()
        }
        onProgress("making the template of the results disks")
        let appliance = Appliance(cacheFolder: cacheFolder, forceTCG: forceTCG)
        let drives = [Drive(image: draft, isReadOnly: false)]
        try await appliance.converse(drives: drives, onProgress: onProgress) { guestfs in
            let devices = try guestfs.devices()
            guard devices.count == 1 else {
                throw GuestfsError(act: "make", value: template.path, message: "the appliance sees drives \(devices)")
            }
            try guestfs.makeFileSystem(
                "ext2", on: devices[0], features: features, inodeSize: inodeSize, blockSize: blockSize)
            try guestfs.shutDown()
        }
        try ResultsError.step("write", template) { try SealedFile.put(draft, at: template, isSparse: true) }
        return Template(file: template, reused: false)
    }

    /// Makes a results disk for one guest, replacing any at `url`; holes stay holes.
    package static func create(from template: URL, at url: URL) throws(ResultsError) {
        let name = "\(url.lastPathComponent).\(UUID().uuidString)"
        let draft = url.deletingLastPathComponent().appending(component: name)
        defer { try? FileManager.default.removeItem(at: draft) }
        try ResultsError.step("copy \(template.path) to", draft) { try copySparsely(template, to: draft) }
        // Replaces an existing file: two drydocks at once both succeed.
        try ResultsError.step("write", url) { try Files.replace(url, with: draft) }
    }

    private static func copySparsely(_ source: URL, to target: URL) throws {
        try Data().write(to: target)
        let input = try FileHandle(forReadingFrom: source)
        let output = try FileHandle(forWritingTo: target)
        defer { try? input.close() }
        let zeros = Data(count: 1 << 16)
        var offset: UInt64 = 0
        while let piece = try input.read(upToCount: zeros.count), !piece.isEmpty {
            if piece != zeros.prefix(piece.count) {
                try output.seek(toOffset: offset)
                try output.write(contentsOf: piece)
            }
            offset += UInt64(piece.count)
        }
        try output.truncate(atOffset: offset)
        try output.close()
    }
}

import Evidence
import Files
import Foundation
import HostTools

/// The initramfs of one boot: init, the workloads, the probe and the plan; the same inputs give the same bytes.
package struct GuestImage: Sendable {
    /// An uncompressed `newc` archive: it is small, and the guest need not decompress it.
    package let file: URL
    package let record: Record
    /// Whether it was packed before.
    package let reused: Bool

    /// Of the plan and everything that is packed.
    package var digest: Digest { record.digest }

    /// What a run keeps about its image: `image.json`.
    package struct Record: Codable, Sendable, Equatable {
        package let digest: Digest
        /// The digest of each file, by its path inside the guest.
        package let contents: [String: Digest]
    }

    /// Packs the image for `plan`, or finds it in `cache` if it was packed before.
    /// - Parameter probe: nil if no workload of the plan needs it.
    package static func build(
        plan: BootPlan, programs: GuestPrograms, probe: ProbeModule?, cache: URL
    ) async throws -> GuestImage {
        let text = try guestPlan(plan)
        var contents = programs.files
        if let probe { contents["probe.ko"] = probe.file }
        let digests = try contents.mapValues { try Digest(ofFile: $0) }
        let listed = digests.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)\n" }.joined()
        let digest = Digest(inputs: ["layout": "1", "plan": text, "contents": listed])
        let image = cache.appending(path: "initramfs-\(digest.short).cpio")
        let reused = SealedFile.isWhole(image)
        if !reused {
            try Files.createFolder(cache)
            try await pack(contents, plan: text, to: image)
        }
        return GuestImage(file: image, record: Record(digest: digest, contents: digests), reused: reused)
    }

    /// The plan as init reads it: `<name> <timeout seconds> <seed> [arguments...]`, one workload per line.
    package static func guestPlan(_ plan: BootPlan) throws(ImageError) -> String {
        var text = ""
        for workload in plan.workloads {
            let words = [workload.name, "\(workload.timeoutSeconds)", "\(workload.seed)"] + workload.arguments
            if let word = words.first(where: { $0.isEmpty || $0.contains(where: \.isWhitespace) }) {
                throw .unprintablePlan(workload: workload.name, word: word)
            }
            text += words.joined(separator: " ") + "\n"
        }
        return text
    }

    private static func pack(_ contents: [String: URL], plan: String, to image: URL) async throws {
        let staging = image.appendingPathExtension("\(ProcessInfo.processInfo.processIdentifier).staging")
        let draft = image.appendingPathExtension("\(ProcessInfo.processInfo.processIdentifier)")
        defer {
            try? Files.remove(staging)
            try? Files.remove(draft)
        }
        try Files.attempt("write", staging) {
            for (path, file) in contents {
                let place = staging.appending(path: path)
                try Files.copy(file, to: place)
                let mode = path.hasSuffix(".ko") ? 0o644 : 0o755
                try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: place.path)
            }
            try Files.write(Data(plan.utf8), to: staging.appending(path: "plan"))
        }
        try await archive(staging, to: draft)
        try SealedFile.put(draft, at: image)
    }

    /// Sorts the names and sets the times, because cpio takes both as it finds them.
    private static func archive(_ folder: URL, to archive: URL) async throws {
        let script = """
            umask 022
            cd "$1" && chmod 644 plan && find . -type d -exec chmod 755 {} + && find . -exec touch -h -d @0 {} + &&
            find . -mindepth 1 -print0 | LC_ALL=C sort -z |
            cpio --null --create --format=newc --reproducible --owner=0:0 --quiet --file="$2"
            """
        try await HostTool("sh").run(
            to: "pack the initramfs \(archive.lastPathComponent)", ["-c", script, "sh", folder.path, archive.path])
    }
}

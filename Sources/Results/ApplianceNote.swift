import Files
import Foundation

/// The state of a built appliance when it last started well, kept beside it; without a match, the appliance is built
/// again before a launch.
///
/// Size, path and inode are compared: supermin sets the times of its files at each launch, and to read 230 MB would
/// take as long as the rest. Damaged bytes are found by a launch that fails, which removes the note.
struct ApplianceNote {
    /// libguestfs's cache directory.
    let home: URL

    private var file: URL { home.appending(component: "launched") }

    /// In it, libguestfs has one directory for each user.
    private var built: URL { home.appending(components: ".guestfs-\(geteuid())", "appliance.d") }

    /// Removes a built appliance that is not the one that started well.
    func dropUnfit() throws {
        guard Files.exists(built),
            (try? String(contentsOf: file, encoding: .utf8)) != signature
        else { return }
        try FileManager.default.removeItem(at: built)
    }

    func write() throws { try Data(signature.utf8).write(to: file, options: .atomic) }

    func remove() { try? FileManager.default.removeItem(at: file) }

    private var signature: String {
        Files.names(in: built).map { name in
            var status = stat()
            guard stat(built.appending(component: name).path, &status) == 0 else { return "\(name) gone\n" }
            return "\(name) \(status.st_size) \(status.st_blocks) \(status.st_ino)\n"
        }.joined()
    }
}

import Files
import Foundation

/// What a built appliance was when it last started well, kept beside it: one that is another since, or that never did, is built
/// again before it is launched.
///
/// Size, place and inode are compared: supermin sets the times of its files at each launch, and to read 230 MB would take as
/// long as the rest. Bytes that rot in place are found out by a launch that fails, which takes the note away.
struct ApplianceNote {
    /// libguestfs's cache folder.
    let home: URL

    private var file: URL { home.appending(component: "launched") }

    /// libguestfs has one folder in it for each user.
    private var built: URL { home.appending(components: ".guestfs-\(geteuid())", "appliance.d") }

    /// Removes what was built where it is not what started well.
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

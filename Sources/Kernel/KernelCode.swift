import Evidence
import Files
import Foundation
import HostTools

/// What of a kernel a machine gets to see: code and data, without debugging information, notes and symbols.
enum KernelCode {
    /// The digest of what a boot loader unpacks of `vmlinux`; two kernels with the same one behave alike.
    ///
    /// The notes hold an identity that ld makes of everything, debugging information too; `.init.ramfs` an archive that
    /// bears the time at which it was packed.
    static func digest(of vmlinux: URL, scratch: URL) async throws -> Digest {
        defer { try? Files.remove(scratch) }
        try await HostTool("objcopy").run(
            to: "read the code of \(vmlinux.path)",
            [
                "--output-target=binary", "--strip-all", "--remove-section=.note*", "--remove-section=.init.ramfs",
                vmlinux.path, scratch.path,
            ])
        return try Digest(ofFile: scratch)
    }
}

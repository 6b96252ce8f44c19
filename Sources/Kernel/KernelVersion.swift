import Foundation

/// The version that a tree's top Makefile states.
struct KernelVersion {
    /// Such as `6.1.192` or `2.6.18-238.el5`.
    let text: String

    /// - Throws: `KernelError.notAKernelTree` where the folder is not the top of a tree this host can build.
    init(ofTree tree: URL) throws(KernelError) {
        let makefile = tree.appending(path: "Makefile")
        guard Files.exists(makefile) else { throw .notAKernelTree(path: tree.path, missing: "Makefile") }
        let content = String(decoding: try Files.read(makefile), as: UTF8.self)
        func value(_ name: String) -> String? {
            for line in content.split(separator: "\n").prefix(40) {
                let words = line.split(separator: "=", maxSplits: 1).map { $0.trimmingCharacters(in: .whitespaces) }
                if words.first == name { return words.count == 2 ? words[1] : "" }
            }
            return nil
        }
        guard let version = value("VERSION"), let patchlevel = value("PATCHLEVEL") else {
            throw .notAKernelTree(path: tree.path, missing: "VERSION and PATCHLEVEL in its Makefile")
        }
        guard Files.exists(tree.appending(path: "Kbuild")) else {
            throw .notAKernelTree(path: tree.path, missing: "Kbuild")
        }
        guard ["arch/x86", "arch/x86_64"].contains(where: { Files.exists(tree.appending(path: $0)) }) else {
            throw .notAKernelTree(path: tree.path, missing: "arch/x86")
        }
        let numbers = [version, patchlevel, value("SUBLEVEL") ?? ""].filter { !$0.isEmpty }
        text = numbers.joined(separator: ".") + (value("EXTRAVERSION") ?? "")
    }
}

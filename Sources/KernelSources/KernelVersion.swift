import Files
import Foundation

/// The version in a tree's top Makefile.
struct KernelVersion {
    /// Such as `6.1.192` or `2.6.18-238.el5`.
    let text: String
    /// What the Makefile's EXTRAVERSION should have been, such as `-128.el5`; nil if it is right.
    let extra: String?

    /// - Parameters:
    ///   - origin: what the user gave, for the error, if it is not the directory itself.
    ///   - name: the source's name, such as that of a directory, or a package's version and release. A vendor's `%prep`
    ///     leaves `EXTRAVERSION = -prep` in the Makefile: then only the name has the release.
    /// - Throws: `KernelSourceError.notAKernelTree` if the directory is not the top of a tree that this host can build.
    init(ofTree tree: URL, from origin: String? = nil, named name: String = "") throws {
        let origin = origin ?? tree.path
        let makefile = tree.appending(path: "Makefile")
        guard Files.exists(makefile) else { throw KernelSourceError.notAKernelTree(path: origin, missing: "Makefile") }
        let content = String(decoding: try Files.read(makefile), as: UTF8.self)
        func value(_ name: String) -> String? {
            for line in content.split(separator: "\n").prefix(40) {
                let words = line.split(separator: "=", maxSplits: 1).map { $0.trimmingCharacters(in: .whitespaces) }
                if words.first == name { return words.count == 2 ? words[1] : "" }
            }
            return nil
        }
        guard let version = value("VERSION"), let patchlevel = value("PATCHLEVEL") else {
            throw KernelSourceError.notAKernelTree(path: origin, missing: "VERSION and PATCHLEVEL in its Makefile")
        }
        guard Files.exists(tree.appending(path: "Kbuild")) else {
            throw KernelSourceError.notAKernelTree(path: origin, missing: "Kbuild")
        }
        guard ["arch/x86", "arch/x86_64"].contains(where: { Files.exists(tree.appending(path: $0)) }) else {
            throw KernelSourceError.notAKernelTree(path: origin, missing: "arch/x86")
        }
        let numbers = [version, patchlevel, value("SUBLEVEL") ?? ""].filter { !$0.isEmpty }.joined(separator: ".")
        let written = value("EXTRAVERSION") ?? ""
        guard written == "-prep" else {
            text = numbers + written
            extra = nil
            return
        }
        if let release = Self.release(of: numbers, in: name) {
            text = release
            extra = String(release.dropFirst(numbers.count))
            return
        }
        // The Makefile of 2.6.18-8.el5 does not yet say for which RHEL it is.
        let major = value("RHEL_MAJOR") ?? (numbers == "2.6.18" ? "5" : nil)
        text = numbers + written + (major.map { ".el\($0)" } ?? "")
        extra = nil
    }

    /// `2.6.18-128.el5` of `kernel-2.6.18-128.el5.src.rpm`, of `linux-2.6.18-128.el5.x86_64` and the like.
    private static func release(of numbers: String, in name: String) -> String? {
        guard let start = name.range(of: "\(numbers)-")?.lowerBound,
            let match = name[start...].firstMatch(of: /^[0-9.]+-[0-9][0-9A-Za-z._+~]*/)
        else { return nil }
        // Swift's \b does not find the end of a word in "src.rpm".
        return String(match.output).replacing(
            /\.(?:src|nosrc|noarch|x86_64|i[3-6]86|tar|tgz|txz|tbz2?)(?:\..*)?$/, with: "")
    }
}

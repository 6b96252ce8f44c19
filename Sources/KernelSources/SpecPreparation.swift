import Files
import Foundation
import HostTools

/// One run of a spec's `%prep` by rpmbuild, which knows the order, the conditions and the options of the patches.
///
/// `%prep`, and the macros of the whole spec, are shell code of the package and run on this host as the user.
struct SpecPreparation {
    let package: URL
    let spec: URL
    let macros: [String]
    /// Has `SOURCES`; everything else is made in it.
    let folder: URL

    private var build: URL { folder.appending(path: "BUILD") }

    /// The macros that a spec finds on the host it was written for.
    /// - Parameter release: such as `2.6.18-128.el5`.
    static func macros(for release: String) -> [String] {
        var macros = [
            // The default of rpm up to 4.6; a spec that wants less says so.
            "_default_patch_fuzz 2",
            // On the hosts of these specs, sh is bash.
            "_buildshell /bin/bash",
            // Old change logs have names of people in Latin-1.
            "_invalid_encoding_terminates_build 0",
        ]
        if let dist = release.firstMatch(of: /\.el(\d+).*$/) {
            macros += ["dist \(dist.0)", "rhel \(dist.1)", "el\(dist.1) 1"]
        }
        return macros
    }

    /// - Returns: the kernel tree that `%prep` left.
    /// - Throws: `KernelSourceError.specPatchFails`, or `cannotPrepare` if rpmbuild or `%prep` failed otherwise.
    func run(onProgress: @escaping @Sendable (String) -> Void) async throws -> URL {
        for name in ["BUILD", "tmp", "home", "bin"] { try Files.createFolder(folder.appending(path: name)) }
        try await HostTool("ln").run(
            to: "hide make from %prep", ["--symbolic", "/bin/true", folder.appending(path: "bin/make").path])
        let defines = ["_topdir \(folder.path)", "_tmppath \(folder.path)/tmp", "_dbpath \(folder.path)/database"]
        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
        let tool = HostTool(
            "rpmbuild",
            environment: [
                "LC_ALL": "C", "HOME": "\(folder.path)/home", "PATCH_GET": "0",
                // At the end of %prep, vendors run `make oldconfig` over their configurations. This host's make cannot
                // do that in an old tree, and the configurations are not needed.
                "PATH": "\(folder.path)/bin:\(path)",
            ])
        let result = try await tool.run(
            ["-bp", "--nodeps", "--target", "x86_64"] + (defines + macros).flatMap { ["--define", $0] } + [spec.path],
            onLine: { if let patch = Self.patch(in: $0) { onProgress("applying \(patch)") } })
        guard result.status == .exited(0) else { throw try failure(result) }
        let tree = try tree()
        for name in [".config", ".config.old"] { try Files.remove(tree.appending(path: name)) }
        return tree
    }

    /// The patch that rpm, or a shell function of the spec, announces in `line`.
    private static func patch(in line: String) -> String? {
        (line.firstMatch(of: /^Patch #\d+ \((.+)\):$/) ?? line.firstMatch(of: /^\++ ApplyPatch (\S+)/))
            .map { String($0.1) }
    }

    private func failure(_ result: ToolResult) throws -> KernelSourceError {
        let rejection = #/FAILED|malformed patch|can't find file to patch|Only garbage was found|previously applied/#
        let lines = result.lines
        guard let last = lines.lastIndex(where: { $0.firstMatch(of: rejection) != nil }),
            // If %prep went on after a reject, the reject is not why it ended.
            let index = lines[...last].lastIndex(where: { Self.patch(in: $0) != nil }),
            !lines[last...].contains(where: { Self.patch(in: $0) != nil }), let patch = Self.patch(in: lines[index])
        else {
            return .cannotPrepare(package: package.path, output: result.tail(10))
        }
        let said = lines[index...].dropFirst().filter { !$0.hasPrefix("+") }.prefix { !$0.hasPrefix("error: ") }
        return .specPatchFails(
            package: package.path, patch: patch, rejects: (said + rejects()).joined(separator: "\n"))
    }

    /// The text of patch's reject files.
    private func rejects() -> [String] {
        Files.texts(under: build, endingIn: ".rej").flatMap { $0.split(separator: "\n").prefix(60).map(String.init) }
    }

    /// The kernel tree under BUILD, which may also have the vanilla tree that it was copied from.
    private func tree() throws -> URL {
        var folders = [build]
        for _ in 0..<4 {
            let trees = folders.filter { (try? KernelVersion(ofTree: $0)) != nil }
            let patched = trees.filter { !$0.lastPathComponent.hasPrefix("vanilla") }
            if let tree = patched.first(where: { $0.lastPathComponent.hasPrefix("linux-") }) ?? patched.first
                ?? trees.first
            {
                return tree
            }
            folders = folders.flatMap { folder in
                Files.names(in: folder).map { folder.appending(path: $0) }.filter(Self.isFolder)
            }
        }
        throw KernelSourceError.notAKernelTree(path: package.path, missing: "a tree after %prep")
    }

    private static func isFolder(_ file: URL) -> Bool {
        (try? FileManager.default.attributesOfItem(atPath: file.path))?[.type] as? FileAttributeType == .typeDirectory
    }
}

import Evidence
import Foundation
import HostTools
import Targets

/// The compiler and linker of the host, and what make is told about them.
package struct Toolchain: Sendable {
    /// The first line of the compiler's `--version`.
    package let compiler: String
    /// The first line of the linker's `--version`.
    let linker: String
    /// The variables of the target's description.
    let makeArguments: [String]
    private let hasCompilerCache: Bool

    /// Asks the programs of this host.
    package static func find(_ description: ToolchainDescription) async throws -> Toolchain {
        Toolchain(
            compiler: try await version(of: compiler(in: description.makeArguments) ?? "gcc"),
            linker: try await version(of: "ld"), makeArguments: description.makeArguments,
            hasCompilerCache: HostTool("ccache").path != nil)
    }

    /// The compiler cache is no part of it: it changes how long a build takes, not what comes out.
    package var digest: Digest {
        Digest(inputs: [
            "compiler": compiler, "linker": linker, "make": makeArguments.joined(separator: "\n"),
            "fixed": Self.fixed.joined(separator: "\n"),
        ])
    }

    /// Variables for make's command line.
    var variables: [String] {
        // A compiler that the description names is taken as it stands.
        let cached = hasCompilerCache && Self.compiler(in: makeArguments) == nil
        // Host programs are few, and their system headers are not among what the cache looks at (see Make).
        return Self.fixed + (cached ? ["CC=ccache gcc"] : []) + makeArguments
    }

    /// The same sources give the same bytes: no clock, user or host name, and no `+` from a repository around the tree.
    private static let fixed = [
        "KBUILD_BUILD_TIMESTAMP=Thu Jan 1 00:00:00 UTC 1970", "KBUILD_BUILD_VERSION=1", "KBUILD_BUILD_USER=drydock",
        "KBUILD_BUILD_HOST=drydock", "LOCALVERSION=",
    ]

    private static func compiler(in arguments: [String]) -> String? {
        arguments.last { $0.hasPrefix("CC=") }.map { String($0.dropFirst(3)) }
    }

    private static func version(of command: String) async throws -> String {
        let words = command.split(separator: " ").map(String.init)
        let result = try await HostTool(words.first ?? command, environment: ["LC_ALL": "C"]).run(
            to: "ask \(command) for its version", words.dropFirst() + ["--version"])
        return result.lines.first ?? command
    }
}

import Foundation

/// A kernel that drydock can test: the description in `kernel-patches/<name>/target.yaml`.
///
/// Only `source` is required; the default of every other field is stated at the field.
package struct Target: Codable, Sendable, Equatable {
    /// The directory's name.
    package let name: String
    /// The directory that paths in the description are relative to.
    package let folder: URL
    /// One line for people. Default: the name.
    package let summary: String
    package let source: SourceDescription
    package let toolchain: ToolchainDescription
    package let configuration: ConfigurationDescription
    package let machine: MachineDescription
    /// The quilt series file. Default: `series`.
    package let series: String
    /// A file that shows that a tree already has what the series brings. Default: none.
    package let seriesProvides: String?
    /// The directory of the mutants. Default: `mutants`.
    package let mutants: String
    /// The workloads to run, in order. Default: all of `images/workloads/`.
    package let workloads: [String]
    /// The known failures of some of its trees. Default: none.
    package let knownFindings: [KnownFindingDescription]

    /// The path of the series that the toolchain needs.
    package var toolchainSeriesFile: URL? { toolchain.patches.map { folder.appending(path: $0).standardizedFileURL } }
    /// The path of the series file.
    package var seriesFile: URL { folder.appending(path: series).standardizedFileURL }
    /// The path of the mutants, which need not exist.
    package var mutantsFolder: URL { folder.appending(path: mutants).standardizedFileURL }
}

/// Where a target's kernel source comes from: exactly one kind.
package enum SourceDescription: Codable, Sendable, Equatable {
    /// `debian-package: NAME`, a binary package with `/usr/src/NAME.tar.xz` in it.
    case debianPackage(String)
    /// `directory: PATH`, an unpacked tree; `--source` on the command line gives this too.
    case directory(String)
    /// `tarball: { file, url, sha256 }`; `--source` gives one by its path alone.
    case tarball(TarballDescription)
    /// A source RPM; `--source` gives it.
    case sourcePackage(String)
    /// A branch, tag or commit of a git repository; `--source` and `--ref` give it.
    case repository(path: String, ref: String)
    /// `given: TEXT`: the user must give a source with `--source`; the text says which kinds are possible.
    case given(String)

    /// The source's name, for people.
    package var words: String {
        switch self {
        case .debianPackage(let name): "Debian package \(name)"
        case .directory(let path), .sourcePackage(let path): path
        case .tarball(let tarball): tarball.file
        case .repository(let path, let ref): "\(path) at \(ref)"
        case .given(let text): text
        }
    }
}

/// A tarball with one kernel tree in it.
package struct TarballDescription: Codable, Sendable, Equatable {
    /// A name in the cache's `sources/`, or an absolute path.
    package let file: String
    /// The URL from which a file of that name is downloaded. Default: none.
    package let url: String?
    /// 64 hexadecimal digits; a file with another sum is refused. Default: any file is accepted.
    package let sha256: String?

    package init(file: String, url: String?, sha256: String?) {
        self.file = file
        self.url = url
        self.sha256 = sha256
    }
}

/// What the compiler and make are told in addition to what the tree tells them.
package struct ToolchainDescription: Codable, Sendable, Equatable {
    /// Variables handed to make, such as `KCFLAGS=-fno-pie`. Default: none.
    package let makeArguments: [String]
    /// A shell script that is called in place of the compiler, relative to the description. Default: none.
    package let compiler: String?
    /// The same for the programs that a tree runs during its build. Default: none.
    package let hostCompiler: String?
    /// A quilt series for both base and patched, applied before the target's own. Default: none.
    package let patches: String?
}

/// How the kernel is configured.
package struct ConfigurationDescription: Codable, Sendable, Equatable {
    /// The make target to which the fragments are added. Default: `allnoconfig`.
    package let base: String
    /// Configuration fragments, relative to the description; a later one wins. Default: `[config]`.
    package let fragments: [String]
    /// Further fragments by the name of their variant. Default: none.
    package let variants: [String: [String]]
    /// The variant that is built. Default: no variant.
    package let variant: String?

    /// The fragments of the variant that is built.
    package var chosenFragments: [String] { fragments + (variant.flatMap { variants[$0] } ?? []) }
}

/// The virtual machine the kernel is booted in.
package struct MachineDescription: Codable, Sendable, Equatable {
    /// Default: 2.
    package let cpus: Int
    /// In MiB. Default: 256.
    package let memory: Int
    /// QEMU's machine type. Default: `pc`.
    package let type: String
    /// QEMU's CPU model. Default: `qemu64`.
    package let cpu: String
    /// The bus of the results disk. Default: `ide`.
    package let disk: DiskBus
    /// Kernel parameters after those of drydock (`console=ttyS0 panic=5`). Default: none.
    package let commandLine: [String]
    /// What replaces it if a variant is booted, by the variant's name. Default: none.
    package let variantCommandLines: [String: [String]]
    /// The longest time, in seconds, until the kernel reaches init. Default: 60.
    package let bootSeconds: Int
}

package enum DiskBus: String, Codable, Sendable, Equatable {
    case ide
    case virtio
}

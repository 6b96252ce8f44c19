import Evidence

/// A kernel could not be obtained, patched, configured or built.
package enum KernelError: Error, Equatable, CustomStringConvertible {
    /// The package manager did not give the source; `output` is what it said.
    case cannotDownload(package: String, downloads: String, output: String)
    case cannotUnpack(archive: String, reason: String)
    case noSuchFolder(path: String)
    /// `missing` is the first thing every kernel tree has and this one lacks.
    case notAKernelTree(path: String, missing: String)
    case unreadable(path: String, reason: String)
    case unwritable(path: String, reason: String)
    case malformedSeries(file: String, line: Int, text: String)
    case missingPatch(series: String, line: Int, patch: String)
    /// `rejects` is the text of GNU patch's reject files, or its complaint.
    case patchRejected(patch: String, rejects: String)
    /// A patch that base and patched get alike is rejected.
    case toolchainPatchRejected(patch: String, version: String, rejects: String)
    /// No patch of the series applies; `patch` is the first that was rejected, nil where none is marked for this tree.
    case seriesForAnotherTree(series: String, version: String, patch: String?, rejects: String?)
    case malformedFragment(file: String, line: Int, text: String)
    case cannotConfigure(base: String, output: String)
    case configurationRefused(symbols: [ConfigMismatch])
    /// The configuration is one for i386; `reason` is the symbol that says so.
    case notForX86_64(reason: String)
    /// `command` is no program of this host.
    case noCompiler(command: String)
    /// `make mrproper` failed on a tree that came with generated files.
    case cannotClean(tree: String, output: String)
    /// `errors` are the compiler's first, or the end of the log where it named none.
    case doesNotCompile(subject: Subject, errors: [String], log: String)
    /// The build ended well and yet left no `artefact`.
    case incompleteBuild(subject: Subject, artefact: String, log: String)
    /// The tree's own build wrote into files it should only read.
    case pristineModified(pristine: String, files: [String])
    /// Another drydock has put other patches into this tree since it was built.
    case treeTaken(tree: String)

    /// The source is in order and the series cannot stand on it.
    package var isOfSeries: Bool {
        switch self {
        case .patchRejected, .seriesForAnotherTree: true
        default: false
        }
    }

    package var description: String {
        switch self {
        case .cannotDownload(let package, let downloads, let output):
            "cannot download \(package): run `apt-get update`, or put \(package)_VERSION_all.deb or \(package).tar.xz "
                + "into \(downloads); apt-get said:\n\(output)"
        case .cannotUnpack(let archive, let reason):
            "cannot unpack \(archive): \(reason); remove it so that it is fetched again"
        case .noSuchFolder(let path): "cannot use source \(path): there is no such folder"
        case .notAKernelTree(let path, let missing):
            "cannot use source \(path): it is not the top of a Linux tree for x86-64: \(missing) is missing"
        case .unreadable(let path, let reason): "cannot read \(path): \(reason)"
        case .unwritable(let path, let reason): "cannot write \(path): \(reason)"
        case .malformedSeries(let file, let line, let text):
            "cannot read series \(file): line \(line) is \"\(text)\"; a line holds a patch's name and at most -pN, "
                + "then comments such as # only: GLOB or # not: GLOB"
        case .missingPatch(let series, let line, let patch):
            "cannot read series \(series): line \(line) names \(patch), which is not there; add it or remove the line"
        case .patchRejected(let patch, let rejects):
            "cannot apply \(patch): GNU patch rejects it; mend the patch or take it out of the series:\n\(rejects)"
        case .toolchainPatchRejected(let patch, let version, let rejects):
            "cannot apply the toolchain's \(patch) to Linux \(version): GNU patch rejects it; "
                + "mend it, or mark it in its series with # not: \(version):\n\(rejects)"
        case .seriesForAnotherTree(let series, let version, let patch, let rejects):
            "cannot apply series \(series) to Linux \(version): it is for another tree, "
                + (patch.map { "none of its patches applies, the first of them \($0)" }
                    ?? "all its patches are marked for others")
                + "; give the tree it was made for" + (rejects.map { ":\n\($0)" } ?? "")
        case .malformedFragment(let file, let line, let text):
            "cannot read configuration fragment \(file): line \(line) is \"\(text)\"; "
                + "write CONFIG_NAME=value or # CONFIG_NAME is not set, "
                + "then comments such as # only: GLOB, # not: GLOB or # if known"
        case .cannotConfigure(let base, let output): "cannot configure the kernel: make \(base) said:\n\(output)"
        case .configurationRefused(let symbols):
            "cannot configure the kernel: it does not take these values of the fragment; "
                + "add what they depend on or take them out:\n\(symbols.map(\.description).joined(separator: "\n"))"
        case .notForX86_64(let reason):
            "cannot configure the kernel: the configuration is for i386 (\(reason)) and drydock boots x86-64; "
                + "take one for x86-64"
        case .noCompiler(let command):
            "cannot find the compiler: \(command) is no program of this host; install it, or give another --toolchain"
        case .cannotClean(let tree, let output):
            "cannot remove the generated files that the source came with from \(tree): make mrproper said:\n\(output)"
        case .doesNotCompile(let subject, let errors, let log):
            "cannot build the \(subject) kernel; the whole log is \(log):\n\(errors.joined(separator: "\n"))"
        case .incompleteBuild(let subject, let artefact, let log):
            "cannot use the \(subject) kernel: make succeeded but left no \(artefact); see \(log)"
        case .pristineModified(let pristine, let files):
            "cannot trust the source in \(pristine): the build wrote to \(files.joined(separator: ", ")); "
                + "the source carries generated files: run `make mrproper` in it and give it again"
        case .treeTaken(let tree):
            "cannot use \(tree): another drydock has patched it differently since; run again when that one is done"
        }
    }
}

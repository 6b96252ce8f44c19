import Evidence
import Files
import HostTools

/// A kernel could not be patched, configured or built.
package enum KernelError: Error, Equatable, CustomStringConvertible {
    case malformedSeries(file: String, line: Int, text: String)
    case missingPatch(series: String, line: Int, patch: String)
    /// `rejects` is the text of GNU patch's reject files, or its complaint.
    /// Every patch of the series is in the source already.
    case seriesChangesNothing(series: String, version: String)
    case patchRejected(patch: String, rejects: String)
    /// A patch that base and patched get alike is rejected.
    case toolchainPatchRejected(patch: String, version: String, rejects: String)
    /// No patch of the series applies; `patch` is the first that was rejected, nil where none is marked for this tree.
    case seriesForAnotherTree(series: String, version: String, patch: String?, rejects: String?)
    case malformedFragment(file: String, line: Int, text: String)
    case cannotConfigure(base: String, output: String)
    /// Which symbols the tree has cannot be told.
    case cannotFollowKconfig(file: String, line: Int, text: String)
    case configurationRefused(symbols: [ConfigMismatch])
    /// The configuration is one for i386; `reason` is the symbol that says so.
    case configuredForI386(reason: String)
    /// `command` is no program of this host.
    case noCompiler(command: String)
    /// `--toolchain-root` names no folder with a system in it.
    case notAChroot(path: String)
    /// This user, or this host, lets nobody mount and change the root; `output` is what was said.
    case cannotEnterChroot(path: String, output: String)
    case notInChroot(program: String, path: String)
    /// `make mrproper` failed on a tree that came with generated files.
    case cannotClean(tree: String, output: String)
    /// `errors` are the compiler's first, or the end of the log where it named none.
    case doesNotCompile(subject: Subject, errors: [String], log: String)
    /// A program that built or patched the kernel failed for want of something of this host's; `said` is its line.
    case hostFailed(act: String, trouble: HostTrouble, said: String, log: String?)
    /// The build ended well and yet left no `artefact`.
    case incompleteBuild(subject: Subject, artefact: String, log: String)
    /// Another drydock has put other patches into this tree since it was built.
    case treeTaken(tree: String)

    /// The source is in order and the series cannot stand on it.
    package var isOfSeries: Bool {
        switch self {
        case .patchRejected, .seriesForAnotherTree: true
        default: false
        }
    }

    /// The host gave way under a build, so that what is left of it cannot be trusted.
    var isOfHost: Bool {
        switch self {
        case .hostFailed: true
        // Make ended in the middle of something.
        case .cannotConfigure, .cannotClean, .incompleteBuild: true
        default: false
        }
    }

    package var description: String {
        switch self {
        case .malformedSeries(let file, let line, let text):
            "cannot read series \(file): line \(line) is \"\(text)\"; a line holds a patch's name and at most -pN, "
                + "then comments such as # only: GLOB or # not: GLOB"
        case .missingPatch(let series, let line, let patch):
            "cannot read series \(series): line \(line) names \(patch), which is not there; add it or remove the line"
        case .seriesChangesNothing(let series, let version):
            "cannot compare: Linux \(version) has every patch of \(series) already, so base and patched would be one "
                + "kernel; give a source without them"
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
        case .cannotFollowKconfig(let file, let line, let text):
            "cannot tell which symbols the tree has: line \(line) of \(file), \(text), names no file of it; "
                + "take the comments # if known and # from series off the fragments' lines and give each symbol a value it gets"
        case .configurationRefused(let symbols):
            "cannot configure the kernel: it does not take these values of the fragment; "
                + "add what they depend on or take them out:\n\(symbols.map(\.description).joined(separator: "\n"))"
        case .configuredForI386(let reason):
            "cannot configure the kernel: the configuration is for i386 (\(reason)) and drydock boots x86-64; "
                + "take one for x86-64"
        case .noCompiler(let command):
            "cannot find the compiler: \(command) is no program of this host; install it, or give another --toolchain"
        case .notAChroot(let path):
            "cannot use the chroot \(path): it has no bin/sh; give the top of a system, such as debootstrap makes"
        case .cannotEnterChroot(let path, let output):
            "cannot enter the chroot \(path): run drydock as root, or allow users name spaces of their own; "
                + "unshare said:\n\(output)"
        case .notInChroot(let program, let path):
            "cannot find \(program) in the chroot \(path): install gcc, binutils and make there"
        case .cannotClean(let tree, let output):
            "cannot remove the generated files that the source came with from \(tree): make mrproper said:\n\(output)"
        case .doesNotCompile(let subject, let errors, let log):
            "cannot build the \(subject) kernel; the whole log is \(log):\n\(errors.joined(separator: "\n"))"
        case .hostFailed(let act, let trouble, let said, let log):
            "cannot \(act), because of this host, not of the kernel: \(said); \(trouble.advice), then run again"
                + (log.map { "; the whole log is \($0)" } ?? "")
        case .incompleteBuild(let subject, let artefact, let log):
            "cannot use the \(subject) kernel: make succeeded but left no \(artefact); see \(log)"
        case .treeTaken(let tree):
            "cannot use \(tree): another drydock has patched it differently since; run again when that one is done"
        }
    }
}

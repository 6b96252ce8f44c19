import Evidence
import Files
import HostTools

/// A kernel could not be obtained, patched, configured or built.
package enum KernelError: Error, Equatable, CustomStringConvertible {
    /// The package manager did not give the source; `output` is what it said.
    case cannotDownload(package: String, sources: String, output: String)
    case cannotUnpack(archive: String, reason: String)
    /// An archive with nothing in it.
    case emptyArchive(archive: String)
    /// `names` stand on top of the archive, where one tree should.
    case severalTrees(archive: String, names: [String])
    case noSuchFolder(path: String)
    case noSuchFile(path: String)
    /// `--source` names nothing.
    case noSuchSource(path: String)
    /// `--source` names a file that is neither a source RPM nor a tarball.
    case unknownKindOfSource(path: String)
    /// The target has no source of its own; `wanted` is what it says to give.
    case noSourceGiven(wanted: String)
    /// The target says no place from where the file could be downloaded.
    case notInCache(file: String, sources: String)
    case cannotFetch(file: String, url: String, sources: String, output: String)
    /// `removed`: the file was downloaded only now and is gone.
    case wrongChecksum(file: String, wanted: Digest, found: Digest, removed: Bool)
    case notARepository(path: String)
    case unknownRef(ref: String, repository: String, near: [String])
    /// A binary RPM, built from the package `source`.
    case notASourcePackage(path: String, name: String, source: String)
    /// `rejects` is what GNU patch said, with its reject files.
    case specPatchFails(package: String, patch: String, rejects: String)
    /// The spec cannot be read, or its `%prep` ended badly.
    case cannotPrepare(package: String, output: String)
    /// `missing` is the first thing every kernel tree has and this one lacks.
    case notAKernelTree(path: String, missing: String)
    case malformedSeries(file: String, line: Int, text: String)
    case missingPatch(series: String, line: Int, patch: String)
    /// `rejects` is the text of GNU patch's reject files, or its complaint.
    /// Every patch of the series is in the source already.
    case seriesChangesNothing(series: String, version: String)
    /// `link` of a folder leads out of it.
    case linkLeavesTree(path: String, link: String)
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
    /// The tree's own build wrote into files it should only read.
    case pristineModified(pristine: String, files: [String])
    /// Somebody has changed `files` of an unpacked source, which is gone now.
    case pristineChanged(pristine: String, files: [String])
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
        case .hostFailed, .pristineChanged, .pristineModified: true
        // Make ended in the middle of something.
        case .cannotConfigure, .cannotClean, .incompleteBuild: true
        default: false
        }
    }

    package var description: String {
        switch self {
        case .cannotDownload(let package, let sources, let output):
            "cannot download \(package): run `apt-get update`, or put \(package)_VERSION_all.deb or \(package).tar.xz "
                + "into \(sources); apt-get said:\n\(output)"
        case .cannotUnpack(let archive, let reason):
            "cannot unpack \(archive): \(reason); remove it and get it again"
        case .emptyArchive(let archive): "cannot use source \(archive): it is empty; remove it and get it again"
        case .severalTrees(let archive, let names):
            "cannot use source \(archive): one folder with a kernel tree should be on its top, "
                + "there are \(names.count): \(names.prefix(5).joined(separator: ", "))"
        case .noSuchFile(let path): "cannot use source \(path): there is no such file"
        case .noSuchSource(let path): "cannot use --source \(path): there is no such file or folder"
        case .unknownKindOfSource(let path):
            "cannot use source \(path): it is neither a folder, a git repository, a source RPM nor a tarball"
        case .noSourceGiven(let wanted): "cannot tell which kernel to test: give --source with \(wanted)"
        case .notInCache(let file, let sources):
            "cannot find \(file): put it into \(sources), or the folder it unpacks to"
        case .cannotFetch(let file, let url, let sources, let output):
            "cannot download \(file) from \(url): run again to go on with what has arrived, or put it, "
                + "or the folder it unpacks to, into \(sources); curl said:\n\(output)"
        case .wrongChecksum(let file, let wanted, let found, let removed):
            "cannot use \(file): its SHA-256 is \(found), it must be \(wanted); "
                + (removed ? "what was downloaded is removed: run again" : "remove it and get it again")
        case .notARepository(let path):
            "cannot use source \(path) with --ref: it is not the top of a git repository"
        case .unknownRef(let ref, let repository, let near):
            "cannot find \(ref) in \(repository); "
                + (near.isEmpty ? "it has no branch and no tag" : "the nearest are \(near.joined(separator: ", "))")
        case .notASourcePackage(let path, let name, let source):
            "cannot use source \(path): it is \(name), a binary package; give its source package, \(source)"
        case .specPatchFails(let package, let patch, let rejects):
            "cannot prepare \(package): its patch \(patch) does not apply as its spec wants it:\n\(rejects)"
        case .cannotPrepare(let package, let output):
            "cannot prepare \(package): rpmbuild could not carry out its %prep:\n\(output)"
        case .noSuchFolder(let path): "cannot use source \(path): there is no such folder"
        case .notAKernelTree(let path, let missing):
            "cannot use source \(path): it is not the top of a Linux tree for x86-64: \(missing) is missing"
        case .malformedSeries(let file, let line, let text):
            "cannot read series \(file): line \(line) is \"\(text)\"; a line holds a patch's name and at most -pN, "
                + "then comments such as # only: GLOB or # not: GLOB"
        case .missingPatch(let series, let line, let patch):
            "cannot read series \(series): line \(line) names \(patch), which is not there; add it or remove the line"
        case .seriesChangesNothing(let series, let version):
            "cannot compare: Linux \(version) has every patch of \(series) already, so base and patched would be one "
                + "kernel; give a source without them"
        case .linkLeavesTree(let path, let link):
            "cannot use source \(path): the link \(link) leads out of it, so that a build could write there; "
                + "give a copy made with `cp --dereference`"
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
        case .pristineModified(let pristine, let files):
            "cannot trust the source in \(pristine): the build wrote to \(files.joined(separator: ", ")); "
                + "the source carries generated files: run `make mrproper` in it and give it again"
        case .pristineChanged(let pristine, let files):
            "cannot trust the source in \(pristine): \(files.joined(separator: ", ")) changed since it was unpacked; "
                + "it is removed: run again"
        case .treeTaken(let tree):
            "cannot use \(tree): another drydock has patched it differently since; run again when that one is done"
        }
    }
}

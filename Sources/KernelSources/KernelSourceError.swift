import Files

/// A kernel's source could not be obtained, or has changed since it was unpacked.
package enum KernelSourceError: Error, Equatable, CustomStringConvertible {
    /// The package manager did not deliver the source; `output` is what it printed.
    case cannotDownload(package: String, sources: String, output: String)
    case cannotUnpack(archive: String, reason: String)
    /// An archive without content.
    case emptyArchive(archive: String)
    /// The archive has `names` at its top instead of one tree.
    case severalTrees(archive: String, names: [String])
    case noSuchFolder(path: String)
    case noSuchFile(path: String)
    /// The path that `--source` gives does not exist.
    case noSuchSource(path: String)
    /// `--source` names a file that is neither a source RPM nor a tarball.
    case unknownKindOfSource(path: String)
    /// The target has no source of its own; `wanted` says what to give.
    case noSourceGiven(wanted: String)
    /// The file is not in the cache, and the target has no URL for it.
    case notInCache(file: String, sources: String)
    case cannotFetch(file: String, url: String, sources: String, output: String)
    /// `removed`: the file was downloaded just now and has been removed.
    case wrongChecksum(file: String, wanted: Digest, found: Digest, removed: Bool)
    case notARepository(path: String)
    case unknownRef(ref: String, repository: String, near: [String])
    /// A binary RPM, built from the package `source`.
    case notASourcePackage(path: String, name: String, source: String)
    /// `rejects` is GNU patch's output with its reject files.
    case specPatchFails(package: String, patch: String, rejects: String)
    /// The spec cannot be read, or its `%prep` failed.
    case cannotPrepare(package: String, output: String)
    /// `missing` is the first thing that every kernel tree has and this one lacks.
    case notAKernelTree(path: String, missing: String)
    /// `link` in a directory leads out of it.
    case linkLeavesTree(path: String, link: String)
    /// The tree's own build wrote into files that it should only read.
    case pristineModified(pristine: String, files: [String])
    /// `files` of an unpacked source were changed; the source has been removed.
    case pristineChanged(pristine: String, files: [String])

    package var description: String {
        switch self {
        case .cannotDownload(let package, let sources, let output):
            "cannot download \(package): run `apt-get update`, or put \(package)_VERSION_all.deb or \(package).tar.xz "
                + "into \(sources); apt-get said:\n\(output)"
        case .cannotUnpack(let archive, let reason):
            "cannot unpack \(archive): \(reason); remove it and get it again"
        case .emptyArchive(let archive): "cannot use source \(archive): it is empty; remove it and get it again"
        case .severalTrees(let archive, let names):
            "cannot use source \(archive): it must have one top-level directory with a kernel tree, "
                + "but has \(names.count) entries there: \(names.prefix(5).joined(separator: ", "))"
        case .noSuchFolder(let path): "cannot use source \(path): there is no such directory"
        case .noSuchFile(let path): "cannot use source \(path): there is no such file"
        case .noSuchSource(let path): "cannot use --source \(path): there is no such file or directory"
        case .unknownKindOfSource(let path):
            "cannot use source \(path): it is not a directory, a git repository, a source RPM or a tarball"
        case .noSourceGiven(let wanted): "cannot tell which kernel to test: give --source with \(wanted)"
        case .notInCache(let file, let sources):
            "cannot find \(file): put it, or the directory it unpacks to, into \(sources)"
        case .cannotFetch(let file, let url, let sources, let output):
            "cannot download \(file) from \(url): run again to resume the download, or put it, "
                + "or the directory it unpacks to, into \(sources); curl said:\n\(output)"
        case .wrongChecksum(let file, let wanted, let found, let removed):
            "cannot use \(file): its SHA-256 is \(found), it must be \(wanted); "
                + (removed ? "the downloaded file is removed: run again" : "remove it and get it again")
        case .notARepository(let path):
            "cannot use source \(path) with --ref: it is not the top directory of a git repository"
        case .unknownRef(let ref, let repository, let near):
            "cannot find \(ref) in \(repository); "
                + (near.isEmpty ? "it has no branch and no tag" : "the nearest are \(near.joined(separator: ", "))")
        case .notASourcePackage(let path, let name, let source):
            "cannot use source \(path): it is \(name), a binary package; give its source package, \(source)"
        case .specPatchFails(let package, let patch, let rejects):
            "cannot prepare \(package): its patch \(patch) does not apply in the way its spec asks for:\n\(rejects)"
        case .cannotPrepare(let package, let output):
            "cannot prepare \(package): rpmbuild failed in its %prep:\n\(output)"
        case .notAKernelTree(let path, let missing):
            "cannot use source \(path): it is not the top directory of a Linux tree for x86-64: \(missing) is missing"
        case .linkLeavesTree(let path, let link):
            "cannot use source \(path): the link \(link) leads out of it, and a build could write there; "
                + "give a copy made with `cp --dereference`"
        case .pristineModified(let pristine, let files):
            "cannot trust the source in \(pristine): the build wrote to \(files.joined(separator: ", ")); "
                + "the source contains generated files: run `make mrproper` in it and give it again"
        case .pristineChanged(let pristine, let files):
            "cannot trust the source in \(pristine): \(files.joined(separator: ", ")) changed since it was unpacked; "
                + "it is removed: run again"
        }
    }
}

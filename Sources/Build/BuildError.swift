import Evidence

/// A kernel could not be configured or built.
package enum BuildError: Error, Equatable, CustomStringConvertible {
    case malformedFragment(file: String, line: Int, text: String)
    case cannotConfigure(base: String, output: String)
    /// Drydock cannot find out which symbols the tree has.
    case cannotFollowKconfig(file: String, line: Int, text: String)
    case configurationRefused(symbols: [ConfigMismatch])
    /// The configuration is for i386; `reason` is the symbol that shows it.
    case configuredForI386(reason: String)
    /// `command` is not a program on this host.
    case noCompiler(command: String)
    /// `--toolchain-root` does not name a directory with a system in it.
    case notAChroot(path: String)
    /// This user, or this host, does not allow mounts and chroot; `output` is what was printed.
    case cannotEnterChroot(path: String, output: String)
    case notInChroot(program: String, path: String)
    /// `make mrproper` failed on a tree that came with generated files.
    case cannotClean(tree: String, output: String)
    /// `errors` are the compiler's first errors, or the end of the log if it gave none.
    case doesNotCompile(subject: Subject, errors: [String], log: String)
    /// The build succeeded but left no `artefact`.
    case incompleteBuild(subject: Subject, artefact: String, log: String)
    /// `files` of a tree, or of what was built there, were changed or removed during the build.
    case treeChanged(tree: String, files: [String])
    /// Another drydock has put other patches into this tree since it was built.
    case treeTaken(tree: String)

    /// Whether make ended before it was done, so that the tree cannot be trusted.
    var leavesTreeUnfinished: Bool {
        switch self {
        case .cannotConfigure, .cannotClean, .incompleteBuild, .treeChanged: true
        case .malformedFragment, .cannotFollowKconfig, .configurationRefused, .configuredForI386, .noCompiler,
            .notAChroot, .cannotEnterChroot, .notInChroot, .doesNotCompile, .treeTaken:
            false
        }
    }

    package var description: String {
        switch self {
        case .malformedFragment(let file, let line, let text):
            "cannot read configuration fragment \(file): line \(line) is \"\(text)\"; "
                + "write CONFIG_NAME=value or # CONFIG_NAME is not set, "
                + "then comments such as # only: GLOB, # not: GLOB or # if known"
        case .cannotConfigure(let base, let output): "cannot configure the kernel: make \(base) said:\n\(output)"
        case .cannotFollowKconfig(let file, let line, let text):
            "cannot find out which symbols the tree has: line \(line) of \(file), \(text), names no file of the tree; "
                + "remove the comments # if known and # from series from the fragments, "
                + "and ask only for values that each symbol can get"
        case .configurationRefused(let symbols):
            "cannot configure the kernel: it does not accept these values of the fragment; "
                + "add what they depend on or remove them:\n\(symbols.map(\.description).joined(separator: "\n"))"
        case .configuredForI386(let reason):
            "cannot configure the kernel: the configuration is for i386 (\(reason)) but drydock boots x86-64; "
                + "use one for x86-64"
        case .noCompiler(let command):
            "cannot find the compiler: \(command) is not a program on this host; "
                + "install it, or give another --toolchain"
        case .notAChroot(let path):
            "cannot use the chroot \(path): it has no bin/sh; "
                + "give the root directory of a system, as debootstrap makes it"
        case .cannotEnterChroot(let path, let output):
            "cannot enter the chroot \(path): run drydock as root, or allow user namespaces; "
                + "unshare said:\n\(output)"
        case .notInChroot(let program, let path):
            "cannot find \(program) in the chroot \(path): install gcc, binutils and make there"
        case .cannotClean(let tree, let output):
            "cannot remove the generated files that the source came with from \(tree): make mrproper said:\n\(output)"
        case .doesNotCompile(let subject, let errors, let log):
            "cannot build the \(subject) kernel; the whole log is \(log):\n\(errors.joined(separator: "\n"))"
        case .incompleteBuild(let subject, let artefact, let log):
            "cannot use the \(subject) kernel: make succeeded but left no \(artefact); see \(log)"
        case .treeChanged(let tree, let files):
            "cannot trust the build tree \(tree): during the build somebody changed or removed "
                + "\(files.joined(separator: ", ")); run again: drydock makes the tree anew"
        case .treeTaken(let tree):
            "cannot use \(tree): another drydock has patched it differently; run again when that drydock is done"
        }
    }
}

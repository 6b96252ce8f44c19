import Evidence

/// A kernel could not be configured or built.
package enum BuildError: Error, Equatable, CustomStringConvertible {
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
    /// `errors` are the compiler's first, or the end of the log if it named none.
    case doesNotCompile(subject: Subject, errors: [String], log: String)
    /// The build ended well and yet left no `artefact`.
    case incompleteBuild(subject: Subject, artefact: String, log: String)
    /// Somebody has changed or removed `files` of a tree while it was built, or what was built there.
    case treeChanged(tree: String, files: [String])
    /// Another drydock has put other patches into this tree since it was built.
    case treeTaken(tree: String)

    /// Make ended in the middle of something: the tree cannot be trusted.
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
        case .incompleteBuild(let subject, let artefact, let log):
            "cannot use the \(subject) kernel: make succeeded but left no \(artefact); see \(log)"
        case .treeChanged(let tree, let files):
            "cannot trust the build tree \(tree): while it was built somebody changed or removed "
                + "\(files.joined(separator: ", ")); run again: it is made anew"
        case .treeTaken(let tree):
            "cannot use \(tree): another drydock has patched it differently since; run again when that one is done"
        }
    }
}

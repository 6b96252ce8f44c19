/// What the host withheld from a program that failed: not the program's doing, nor that of what it was given.
package enum HostTrouble: Sendable, Equatable, CaseIterable {
    case noSpace
    case fileSizeLimit
    case noMemory
    case noProcess
    case noDescriptor
    /// A process was ended from outside: by the kernel if memory is short, or by somebody.
    case killed
    case processorTimeLimit
    /// ccache could not do its own work.
    case compilerCache
    case disk
    case noTemporaryFolder
    /// A part of the compiler is not there, because somebody is just replacing it, say.
    case noProgram
    /// Nothing said what it was, and it was gone the next time.
    case passing

    /// What ends a line with which a program says so. Programs speak English here: those that are judged run under LC_ALL=C.
    private var words: [String] {
        switch self {
        case .noSpace: ["No space left on device", "Disk quota exceeded"]
        case .fileSizeLimit: ["File too large", "File size limit exceeded"]
        case .noMemory: ["Cannot allocate memory", "memory exhausted", "std::bad_alloc"]
        case .noProcess: ["Cannot fork", "cannot fork", "Resource temporarily unavailable"]
        case .noDescriptor: ["Too many open files", "Too many open files in system", "Pipe call failed"]
        case .killed: Self.deadlySignals
        case .processorTimeLimit: ["CPU time limit exceeded"]
        // dash says no more than that of any error of a write, and of a full disk too.
        case .disk: ["Input/output error", "I/O error", "Read-only file system", "Stale file handle"]
        case .compilerCache: []
        case .noTemporaryFolder, .noProgram, .passing: []
        }
    }

    /// By strsignal(3), those that nothing in a compiler or in what it compiles raises.
    private static let deadlySignals = [
        "Killed", "Terminated", "Bus error", "Hangup", "Interrupt", "Quit", "Alarm clock", "User defined signal 1",
        "User defined signal 2",
    ]

    /// A shell's exit status after such a signal ended its program: 128 and the signal's number.
    private static let deadlyStatuses: Set = [129, 130, 131, 135, 137, 138, 140, 142, 143]
    private static let processorTimeStatus = 152

    /// What a program says in the middle of a line.
    private var beginnings: [String] {
        switch self {
        case .noMemory: ["out of memory allocating "]
        case .noProcess: ["cannot fork", "fork: retry", "Cannot fork"]
        // Whose end is the name of the program that was killed.
        case .killed:
            Self.deadlySignals.map { "\($0) signal terminated program " } + [
                "internal compiler error: Killed (program ", " with signal 9 ",
            ]
        case .processorTimeLimit: ["CPU time limit exceeded signal terminated program "]
        case .compilerCache: ["ccache: error: "]
        case .fileSizeLimit: ["File size limit exceeded signal terminated program "]
        case .noProgram: ["fatal error: cannot execute ", "error while loading shared libraries: "]
        case .noTemporaryFolder: ["Cannot create temporary file in "]
        case .noSpace, .noDescriptor, .disk, .passing: []
        }
    }

    /// What a user can do about it.
    package var advice: String {
        switch self {
        case .noSpace: "free space where the cache and TMPDIR are"
        case .fileSizeLimit: "raise the limit of the size of files (ulimit -f)"
        case .noMemory: "free memory, or raise its limit (ulimit -v, or that of the container)"
        case .noProcess: "end other processes, or raise the limit of their number (ulimit -u, or that of the container)"
        case .noDescriptor: "raise the limit of open files (ulimit -n)"
        case .killed: "free memory, if the kernel's log says that it was short, and leave the compiler alone"
        case .processorTimeLimit: "raise the limit of processor time (ulimit -t)"
        case .compilerCache:
            "mend ccache's directory or configuration, name another with CCACHE_DIR, or set CCACHE_DISABLE=1"
        case .disk: "see whether the disk of the cache and of TMPDIR is full, and the kernel's log"
        case .passing: "see whether memory, or the space where TMPDIR is, is short"
        case .noProgram:
            "install the program that is missing; `make setup` installs all that drydock's own targets need"
        case .noTemporaryFolder: "make the folder that TMPDIR names one that can be written to"
        }
    }

    fileprivate static var diagnostic: Regex<(Substring, Substring?, Substring)> {
        #/:\d+(:\d+)?: (error|warning|note): /#
    }

    /// The trouble that a program's line tells of; nil where it tells of none, or only shows somebody's source.
    init?(_ line: String) {
        // gcc shows the source as ` 12 | code`, GNU patch as `|code`.
        guard line.prefixMatch(of: /\s*\d*\s*\|/) == nil,
            // An #error of the source says what it likes.
            !line.contains(Self.diagnostic)
        else { return nil }
        // A program's name, and what gcc and as add: `Killed.`, `'No space left on device'`, `Killed (core dumped)`.
        let end = line.replacing(/\.\s+Stop\.$/, with: "").replacing(/\s*\(core dumped\)$/, with: "").replacing(
            /['"’.;\])]+$/, with: "")
        if let status = line.firstMatch(of: #/^make(?:\[\d+\])?: \*\*\* .*\] Error (\d+)$/#).flatMap({ Int($0.1) }) {
            if Self.deadlyStatuses.contains(status) {
                self = .killed
                return
            }
            if status == Self.processorTimeStatus {
                self = .processorTimeLimit
                return
            }
        }
        // A shell that does not find a program: 2.6.18's and today's makefiles name no file of the source so.
        if line.contains(#/^(\S*/)?(da|ba)?sh: (line )?\d+: [^ :]+: (command )?not found$/#) {
            self = .noProgram
            return
        }
        guard
            let found = Self.allCases.first(where: { trouble in
                trouble.words.contains { end == $0 || Self.tells(end, $0) }
                    || trouble.beginnings.contains(where: line.contains)
            })
        else { return nil }
        self = found
    }

    /// Whether a line ends in `words` as a statement of their own: after a colon, a bracket, or make's `[target] `.
    private static func tells(_ line: String, _ words: String) -> Bool {
        guard line.hasSuffix(words) else { return false }
        let before = line.dropLast(words.count)
        return [": ", "*** ", ":'", ": '", ": \"", "] ", "[", " (", "virtual "].contains(where: before.hasSuffix)
    }
}

extension ToolResult {
    /// What the host withheld, and the line that says so; nil where the program failed by itself, or did not fail.
    package var hostTrouble: (trouble: HostTrouble, said: String)? {
        if status == .exited(0) { return nil }
        var before = ""
        for line in lines {
            // Below what it has to say, gcc shows a line of the source; before gcc 9 without a ` 12 | ` that would tell.
            let isSource = line.hasPrefix(" ") && before.contains(HostTrouble.diagnostic)
            if !isSource, let trouble = HostTrouble(line) { return (trouble, line) }
            before = line
        }
        guard case .signalled = status else { return nil }
        return (.killed, "\(status)")
    }
}

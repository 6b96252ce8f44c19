/// What the host lacked when a program failed, so that neither the program nor its input is to blame.
package enum HostTrouble: Sendable, Equatable, CaseIterable {
    case noSpace
    case fileSizeLimit
    case noMemory
    case noProcess
    case noDescriptor
    /// A process was killed from outside: by the kernel if memory is short, or by a person.
    case killed
    case processorTimeLimit
    /// ccache itself failed.
    case compilerCache
    case disk
    case noTemporaryFolder
    /// A part of the compiler is missing, for example while it is being replaced.
    case noProgram
    /// Nothing named the cause, and the program succeeded the next time.
    case passing

    /// The ends of the lines by which programs report it, in English because the judged programs run under LC_ALL=C.
    private var words: [String] {
        switch self {
        case .noSpace: ["No space left on device", "Disk quota exceeded"]
        case .fileSizeLimit: ["File too large", "File size limit exceeded"]
        case .noMemory: ["Cannot allocate memory", "memory exhausted", "std::bad_alloc"]
        case .noProcess: ["Cannot fork", "cannot fork", "Resource temporarily unavailable"]
        case .noDescriptor: ["Too many open files", "Too many open files in system", "Pipe call failed"]
        case .killed: Self.deadlySignals
        case .processorTimeLimit: ["CPU time limit exceeded"]
        // dash says only this about any write error, and about a full disk too.
        case .disk: ["Input/output error", "I/O error", "Read-only file system", "Stale file handle"]
        case .compilerCache: []
        case .noTemporaryFolder, .noProgram, .passing: []
        }
    }

    /// The names, by strsignal(3), of the signals that neither a compiler nor the code it compiles raises.
    private static let deadlySignals = [
        "Killed", "Terminated", "Bus error", "Hangup", "Interrupt", "Quit", "Alarm clock", "User defined signal 1",
        "User defined signal 2",
    ]

    /// A shell's exit status after such a signal ended its program: 128 plus the signal's number.
    private static let deadlyStatuses: Set = [129, 130, 131, 135, 137, 138, 140, 142, 143]
    private static let processorTimeStatus = 152

    /// What a program says in the middle of a line.
    private var beginnings: [String] {
        switch self {
        case .noMemory: ["out of memory allocating "]
        case .noProcess: ["cannot fork", "fork: retry", "Cannot fork"]
        // The name of the killed program follows.
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
        case .noSpace: "free some space for the cache and TMPDIR"
        case .fileSizeLimit: "raise the limit of the file size (ulimit -f)"
        case .noMemory: "free memory, or raise its limit (ulimit -v, or the container's limit)"
        case .noProcess: "end other processes, or raise the limit of their number (ulimit -u, or the container's limit)"
        case .noDescriptor: "raise the limit of open files (ulimit -n)"
        case .killed: "free memory if the kernel's log says that it was short, and do not kill the compiler"
        case .processorTimeLimit: "raise the limit of CPU time (ulimit -t)"
        case .compilerCache:
            "repair ccache's directory or configuration, give another with CCACHE_DIR, or set CCACHE_DISABLE=1"
        case .disk: "read the kernel's log, and check if the disk of the cache or of TMPDIR is full"
        case .passing: "check if memory or the space for TMPDIR is short"
        case .noProgram:
            "install the missing program; `make setup` installs all that drydock's own targets need"
        case .noTemporaryFolder: "make the directory that TMPDIR names writable"
        }
    }

    fileprivate static var diagnostic: Regex<(Substring, Substring?, Substring)> {
        #/:\d+(:\d+)?: (error|warning|note): /#
    }

    /// The trouble that a program's line reports; nil if it reports none, or only quotes source code.
    init?(_ line: String) {
        // gcc quotes the source as ` 12 | code`, GNU patch as `|code`.
        guard line.prefixMatch(of: /\s*\d*\s*\|/) == nil,
            // The text of an #error in the source can be anything.
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
        // A shell that does not find a program. The makefiles of 2.6.18 and of today never name a source file like
        // this.
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
    /// What the host lacked, and the line that says so; nil if the program failed by itself, or did not fail.
    package var hostTrouble: (trouble: HostTrouble, said: String)? {
        if status == .exited(0) { return nil }
        var before = ""
        for line in lines {
            // Below its message, gcc quotes a line of the source; before gcc 9 without the ` 12 | ` that identifies it.
            let isSource = line.hasPrefix(" ") && before.contains(HostTrouble.diagnostic)
            if !isSource, let trouble = HostTrouble(line) { return (trouble, line) }
            before = line
        }
        guard case .signalled = status else { return nil }
        return (.killed, "\(status)")
    }
}

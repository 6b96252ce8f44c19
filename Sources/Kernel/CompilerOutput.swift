import Evidence
import Foundation

/// The meaning of one line that kbuild or the compiler printed.
enum CompilerOutput: Equatable {
    /// Kbuild's short line, such as `CC mm/mmap.o`; what the compiler says about that object follows it.
    case step(action: String, object: String)
    case warning(CompilerWarning)
    case error
    case other

    init(_ line: String, tree: URL) {
        if line.hasPrefix("  "), let match = line.wholeMatch(of: /\ {2}([A-Z][A-Z0-9_+-]*(?: \[M\])?) +(\S+)/) {
            self = .step(action: String(match.1), object: Self.relative(String(match.2), to: tree))
        } else if line.contains(" warning: "),
            let match = line.wholeMatch(of: /(.+?):(\d+):(?:\d+:)? warning: (.*?)(?: \[(-W[^\]]+)\])?/)
        {
            self = .warning(
                CompilerWarning(
                    file: Self.relative(String(match.1), to: tree), line: Int(match.2) ?? 0, message: String(match.3),
                    option: match.4.map(String.init)))
        } else if line.contains(/: (?:fatal )?error: |: undefined reference to |^ERROR: |\*\*\* No rule to make target/)
        {
            self = .error
        } else {
            self = .other
        }
    }

    private static func relative(_ file: String, to tree: URL) -> String {
        for prefix in ["./", tree.path + "/"] where file.hasPrefix(prefix) {
            return String(file.dropFirst(prefix.count))
        }
        return file
    }
}

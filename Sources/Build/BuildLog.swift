import Evidence
import Files
import Foundation

/// The log of one make: written to a file line by line, while the progress is reported.
final class BuildLog: Sendable {
    private let file: FileHandle
    private let tree: URL
    private let onProgress: @Sendable (String) -> Void

    init(slot: TreeSlot, onProgress: @escaping @Sendable (String) -> Void) throws {
        try Files.write(Data(), to: slot.log)
        file = try Files.attempt("write", slot.log) { try FileHandle(forWritingTo: slot.log) }
        tree = slot.tree
        self.onProgress = onProgress
    }

    deinit { try? file.close() }

    /// If the log cannot be written, for example on a full disk, the build goes on, because make meets the same disk.
    func add(_ line: String) {
        try? file.write(contentsOf: Data("\(line)\n".utf8))
        if case .step(let action, let object) = CompilerOutput(line, tree: tree) { onProgress("\(action) \(object)") }
    }
}

/// The meaning of one line of kbuild or the compiler.
enum CompilerOutput: Equatable {
    /// Kbuild's short line, such as `CC mm/mmap.o`; the compiler's messages about that object follow it.
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

/// The compiler's warnings by object, over all builds of one tree.
///
/// An object that is compiled again replaces its warnings; the warnings of objects that make left alone stay.
struct WarningLedger: Codable, Equatable {
    private(set) var warnings: [String: [CompilerWarning]] = [:]
    /// The object that the current lines are about.
    private var object = ""

    private enum CodingKeys: CodingKey { case warnings }

    /// The warnings kept in `slot`, updated from its latest log, because a drydock that was killed could not do that.
    init(slot: TreeSlot) {
        if let kept: WarningLedger = try? JSON.read(slot.warnings) { self = kept }
        object = ""
        if let log = try? Data(contentsOf: slot.log) {
            for line in String(decoding: log, as: UTF8.self).split(whereSeparator: \.isNewline) {
                read(CompilerOutput(String(line), tree: slot.tree))
            }
        }
    }

    mutating func read(_ line: CompilerOutput) {
        switch line {
        case .step(_, let object):
            self.object = object
            warnings[object] = nil
        case .warning(let warning): warnings[object, default: []].append(warning)
        case .error, .other: break
        }
    }

    /// Each warning once: a header's warning comes with every object that includes it.
    var all: [CompilerWarning] {
        Set(warnings.values.joined()).sorted { ($0.file, $0.line, $0.message) < ($1.file, $1.line, $1.message) }
    }

    func keep(in slot: TreeSlot) throws {
        try JSON.write(self, to: slot.warnings)
    }
}

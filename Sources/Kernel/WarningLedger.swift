import Evidence
import Files
import Foundation

/// The compiler's warnings by the object they were given for, over all builds of one tree.
///
/// An object that is compiled again replaces its warnings; those of objects that make left alone stay.
struct WarningLedger: Codable, Equatable {
    private(set) var warnings: [String: [CompilerWarning]] = [:]
    /// The object that the lines being read are about.
    private var object = ""

    private enum CodingKeys: CodingKey { case warnings }

    /// What is kept in `slot`, brought up to date with its latest log: a drydock that was killed could not do that.
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

    /// Each warning once: a header's comes with every object that includes it.
    var all: [CompilerWarning] {
        Set(warnings.values.joined()).sorted { ($0.file, $0.line, $0.message) < ($1.file, $1.line, $1.message) }
    }

    func keep(in slot: TreeSlot) throws {
        try JSON.write(self, to: slot.warnings)
    }
}

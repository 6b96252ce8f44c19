import Files
import Foundation

/// A patch that breaks the patched kernel in one place, to see if the workloads notice.
package struct Mutant: Sendable, Equatable {
    /// The file's name without `.patch`.
    package let name: String
    package let file: URL
    /// What it does, in one line.
    package let subject: String
    /// The claims that it makes false, such as `C3`, or words for a code path, such as `mremap`.
    package let breaks: [String]
    /// The workloads that must fail on it.
    package let killedBy: [String]
    /// The variant of the configuration that it needs; nil for the one the user asked for.
    package let variant: String?
    let condition: TreeCondition
    let content: Data

    /// Reads a mutant's file.
    /// - Throws: `MutantError.malformed`, which names the field.
    package init(file: URL) throws {
        let content = try Files.read(file)
        let header = try MutantHeader(String(decoding: content, as: UTF8.self), of: file)
        guard PatchText(content, strip: 1).paths.isEmpty == false else {
            throw MutantError.malformed(file: file.path, reason: "it has no diff")
        }
        name = file.deletingPathExtension().lastPathComponent
        self.file = file
        self.content = content
        subject = try header.required("Subject").joined(separator: " ")
        breaks = try header.required("Breaks")
        killedBy = try header.required("Killed-by")
        variant = try header.single("Variant")
        condition = TreeCondition(only: try header.optional("Only"), not: try header.optional("Not"))
    }

    /// - Parameter version: of a tree, such as `2.6.18-128.el5`.
    package func isMeant(for version: String) -> Bool { condition.holds(for: version) }

    var patch: SeriesPatch {
        SeriesPatch(name: file.lastPathComponent, strip: 1, file: file, content: content, condition: condition)
    }
}

/// The lines `Field: words` above the first empty line of a mutant's file; a line that begins with a space continues
/// the one above.
private struct MutantHeader {
    private static let fields = ["Subject", "Breaks", "Killed-by", "Variant", "Only", "Not"]

    private let file: String
    private var words: [String: [String]] = [:]

    /// - Throws: `MutantError.malformed`.
    init(_ text: String, of file: URL) throws(MutantError) {
        self.file = file.path
        var current: String?
        for line in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
            if line.allSatisfy(\.isWhitespace) { break }
            if let current, line.first?.isWhitespace == true {
                words[current]? += Self.words(of: line)
                continue
            }
            current = try begin(line)
        }
    }

    private mutating func begin(_ line: Substring) throws(MutantError) -> String {
        guard let colon = line.firstIndex(of: ":"), let field = Self.fields.first(where: { $0 == line[..<colon] })
        else {
            throw fault(
                "\"\(line.prefix(60))\" is not a field of its header; the fields are "
                    + "\(Self.fields.joined(separator: ", ")), and an empty line ends them")
        }
        guard words[field] == nil else { throw fault("the field \(field) is given twice") }
        words[field] = Self.words(of: line[line.index(after: colon)...])
        return field
    }

    private static func words(of text: Substring) -> [String] {
        text.split(whereSeparator: \.isWhitespace).map(String.init)
    }

    private func fault(_ reason: String) -> MutantError { .malformed(file: file, reason: reason) }

    func required(_ field: String) throws(MutantError) -> [String] {
        guard words[field] != nil else { throw fault("the field \(field) is missing") }
        return try optional(field)
    }

    /// Empty if the field is not given.
    func optional(_ field: String) throws(MutantError) -> [String] {
        guard let words = words[field] else { return [] }
        guard !words.isEmpty else { throw fault("the field \(field) is empty") }
        return words
    }

    func single(_ field: String) throws(MutantError) -> String? {
        let words = try optional(field)
        guard words.count <= 1 else { throw fault("the field \(field) has \(words.count) words, it must have one") }
        return words.first
    }
}

/// The mutants of a target: `NAME.patch` in one directory.
package struct MutantCatalogue: Sendable {
    package let folder: URL

    package init(folder: URL) { self.folder = folder }

    /// Every mutant, sorted by name.
    /// - Throws: `MutantError.noMutants`, or what is wrong with the first one that cannot be read.
    package func all() throws -> [Mutant] {
        let names = Files.names(in: folder).filter { $0.hasSuffix(".patch") && !$0.hasPrefix(".") }
        guard !names.isEmpty else { throw MutantError.noMutants(path: folder.path) }
        return try names.map { try Mutant(file: folder.appending(path: $0)) }
    }

    /// The mutants of these names, sorted by name; all if there are no names.
    package func select(_ names: [String]) throws -> [Mutant] {
        let all = try all()
        if let unknown = names.first(where: { name in !all.contains { $0.name == name } }) {
            throw MutantError.unknownMutant(name: unknown, known: all.map(\.name))
        }
        return names.isEmpty ? all : all.filter { names.contains($0.name) }
    }
}

/// A mutant cannot be tested.
package enum MutantError: Error, Equatable, CustomStringConvertible {
    case noMutants(path: String)
    case unknownMutant(name: String, known: [String])
    /// `reason` names the field.
    case malformed(file: String, reason: String)
    /// `Killed-by` names a workload that does not exist.
    case unknownWorkload(file: String, workload: String, known: [String])
    /// `Variant` names a variant that the target does not have.
    case unknownVariant(file: String, variant: String, known: [String])
    /// `rejects` is GNU patch's output.
    case doesNotApply(mutant: String, rejects: String)
    /// `reason` is the compiler's, with the path of the log.
    case doesNotBuild(mutant: String, reason: String)
    /// The kernel has the same code with the mutant and without it.
    case doesNotDiffer(mutant: String)

    package var description: String {
        switch self {
        case .noMutants(let path):
            "cannot list mutants: there is no NAME.patch in \(path); docs/mutants.md says what one looks like"
        case .unknownMutant(let name, let known):
            "cannot test mutant \(name): there is no \(name).patch; known: \(known.joined(separator: ", "))"
        case .malformed(let file, let reason): "cannot read mutant \(file): \(reason); see docs/mutants.md"
        case .unknownWorkload(let file, let workload, let known):
            "cannot use mutant \(file): Killed-by names \(workload), but there is no images/workloads/\(workload); "
                + "known: \(known.joined(separator: ", "))"
        case .unknownVariant(let file, let variant, let known):
            "cannot use mutant \(file): Variant is \(variant), "
                + (known.isEmpty ? "the target has no variants" : "the target has \(known.joined(separator: ", "))")
        case .doesNotApply(let mutant, let rejects):
            "cannot apply mutant \(mutant) to the patched tree; fix it, or mark it with Not: for this tree:\n\(rejects)"
        case .doesNotBuild(let mutant, let reason): "cannot build mutant \(mutant): \(reason)"
        case .doesNotDiffer(let mutant):
            "cannot judge mutant \(mutant): its kernel is the same as the patched one, byte for byte, "
                + "so no workload could notice it"
        }
    }
}

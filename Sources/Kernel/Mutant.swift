import Files
import Foundation

/// A patch that breaks the patched kernel in one place, so that it shows whether the workloads notice.
package struct Mutant: Sendable, Equatable {
    /// The file's name without `.patch`.
    package let name: String
    package let file: URL
    /// What it does, in one line.
    package let subject: String
    /// The claims it makes false, such as `C3`, or words for a path, such as `mremap`.
    package let breaks: [String]
    /// The workloads that must fail on it.
    package let killedBy: [String]
    /// The variant of the configuration it needs; nil for the one that is asked for.
    package let variant: String?
    let condition: TreeCondition
    let content: Data

    /// Reads a mutant's file.
    /// - Throws: `MutantError.malformed`, which names the field.
    package init(file: URL) throws {
        let content = try Files.read(file)
        let header = try MutantHeader(String(decoding: content, as: UTF8.self), of: file)
        guard PatchText(content, strip: 1).paths.isEmpty == false else {
            throw MutantError.malformed(file: file.path, reason: "it holds no diff")
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

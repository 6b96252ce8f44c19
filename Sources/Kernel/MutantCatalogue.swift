import Files
import Foundation

/// The mutants of a target: `NAME.patch` in one folder.
package struct MutantCatalogue: Sendable {
    package let folder: URL

    package init(folder: URL) { self.folder = folder }

    /// Every mutant, sorted by name.
    /// - Throws: `MutantError.noMutants`, or what is wrong with the first that cannot be read.
    package func all() throws -> [Mutant] {
        let names = Files.names(in: folder).filter { $0.hasSuffix(".patch") && !$0.hasPrefix(".") }
        guard !names.isEmpty else { throw MutantError.noMutants(path: folder.path) }
        return try names.map { try Mutant(file: folder.appending(path: $0)) }
    }

    /// The mutants of these names, in the order of the folder; all where there are no names.
    package func select(_ names: [String]) throws -> [Mutant] {
        let all = try all()
        if let unknown = names.first(where: { name in !all.contains { $0.name == name } }) {
            throw MutantError.unknownMutant(name: unknown, known: all.map(\.name))
        }
        return names.isEmpty ? all : all.filter { names.contains($0.name) }
    }
}

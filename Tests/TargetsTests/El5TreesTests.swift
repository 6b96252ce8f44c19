import Foundation
import Testing

@testable import Targets

/// The known findings of the target el5 against the measured trees of docs/el5-trees.md.
@Suite struct El5TreesTests {
    private static let checkout = URL(filePath: #filePath).appending(path: "../../..").standardizedFileURL

    /// A row of the table.
    struct Tree: CustomTestStringConvertible {
        let version: String
        let hasMechanism: Bool
        /// The workloads that fail, as known.
        let failing: [String]
        var testDescription: String { version }
    }

    private static let trees: [Tree] = {
        let text = (try? String(contentsOf: checkout.appending(path: "docs/el5-trees.md"), encoding: .utf8)) ?? ""
        return text.split(separator: "\n").compactMap { line in
            let cells = line.split(separator: "|", omittingEmptySubsequences: false)
                .map { $0.trimmingCharacters(in: .whitespaces) }
            guard cells.count == 9, cells[1].hasPrefix("2.6.18-") else { return nil }
            return Tree(
                version: cells[1], hasMechanism: cells[2] == "in the tree",
                failing: cells[3].matches(of: /`([a-z-]+)`/).map { String($0.1) })
        }
    }()

    private func findings() throws -> [KnownFindingDescription] {
        try TargetCatalogue(folder: Self.checkout.appending(path: "kernel-patches")).load("el5").knownFindings
    }

    /// The first and the last tree of each release, and both sides of each border that the findings have.
    @Test(arguments: [
        "8", "8.1.15", "53", "53.1.21", "92", "92.1.22", "128", "128.7.1", "164", "164.15.1",
        "194", "194.32.1", "238", "238.1.1",
        "238.19.1", "274", "274.7.1",
    ])
    func theTableHas(_ release: String) {
        #expect(Self.trees.map(\.version).contains("2.6.18-\(release).el5"))
    }

    @Test(arguments: trees)
    func whatFailsOnATreeIsWhatIsKnownOfIt(_ tree: Tree) throws {
        #expect(try findings().filter { $0.isAbout(tree.version) }.map(\.workload).sorted() == tree.failing.sorted())
    }

    @Test(arguments: trees)
    func nothingIsKnownWhereTheSeriesBringsTheMechanism(_ tree: Tree) throws {
        #expect(try findings().contains { $0.isAbout(tree.version) } == tree.hasMechanism)
    }

    /// A rebuild is on the side of the tree that it rebuilds.
    @Test(arguments: [
        ("2.6.18-128.7.1.el5", []), ("2.6.18-164.el5", ["notifier-copy"]), ("2.6.18-238.el5", ["notifier-copy"]),
        ("2.6.18-238.el5.centos.plus", ["notifier-copy"]), ("2.6.18-238.1.1.el5", []), ("2.6.18-274.el5", []),
    ])
    func theCopyOrderWasMendedWith238_1_1(_ version: String, _ expected: [String]) throws {
        let known = try findings().filter { $0.isAbout(version) }.map(\.workload)
        #expect(known.filter { $0 == "notifier-copy" } == expected)
    }
}

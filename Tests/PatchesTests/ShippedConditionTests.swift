import Foundation
import Testing

@testable import Patches

/// The conditions in the toolchain's series of 2.6.18, on versions of real trees.
struct ShippedConditionTests {
    private static let series = URL(filePath: #filePath)
        .appending(path: "../../../kernel-patches/vanilla-2.6.18/toolchain/series").standardizedFileURL

    @Test(arguments: [
        ("2.6.18", true), ("2.6.18-8.el5", true), ("2.6.18-8.1.1.el5", true), ("2.6.18-53.1.21.el5", true),
        ("2.6.18-92.el5", true), ("2.6.18-238.19.1.el5", true), ("2.6.18-274.el5", false),
        ("2.6.18-274.7.1.el5", false), ("2.6.18-308.el5", false),
    ])
    func theMakefileIsMendedUpTo238(_ version: String, _ isMended: Bool) throws {
        let patches = try PatchSeries(file: Self.series).patches.filter { $0.condition.holds(for: version) }
        #expect(patches.map(\.name).contains { $0.hasPrefix("0001-kbuild-split-rules") } == isMended)
    }
}

import Foundation
import PatchImport
import Testing

/// The page with which the project began, if the developer has it: its content is not part of this repository.
@Suite struct SeedPageTests {
    static let page = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "shared/seed/000_ff18c7669772b9e1.txt")

    @Test(.enabled(if: FileManager.default.fileExists(atPath: page.path), "needs ../shared/seed, the page itself"))
    func thePatchOfThePageIsFoundWhole() throws {
        let patch = try PatchPage(try Data(contentsOf: Self.page)).patch()
        #expect(patch.mends == [.finalNewline(line: 271), .leftOutAbove(lines: 4)])
        #expect(patch.files == ["include/linux/mm.h", "include/linux/pagemap.h", "include/linux/rmap.h", "mm/mmap.c"])
        #expect(try patch.name(nil) == "mm-mmu-notifiers-add-mm_take_all_locks-operation.patch")
        #expect(patch.content.starts(with: Data("From: ".utf8)))
        #expect(patch.content.suffix(4) == Data("\n+}\n".utf8))
    }
}

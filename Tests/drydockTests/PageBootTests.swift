import Foundation
import HostTools
import Testing

/// The page the project began with, on a tree it was made for: neither is a part of this repository.
extension WholeTestBootTests {
    private static let tree = cache.appending(path: "sources/2.6.18-128.el5")
    private static let page = Command.checkout.deletingLastPathComponent()
        .appending(path: "shared/seed/000_ff18c7669772b9e1.txt")

    private static func has(_ file: URL) -> Bool { FileManager.default.fileExists(atPath: file.path) }

    @Test(
        .enabled(if: has(tree), "the source cache holds no folder 2.6.18-128.el5"),
        .enabled(if: has(page), "needs ../shared/seed, the page itself"))
    func thePagesOwnPatchHoldsItsLocksAndNotifiesNobody() async throws {
        try rewrite("kernel-patches/el5/target.yaml") {
            $0.replacing("\nseries: ../vanilla-2.6.18/series\n", with: "\nseries: series\n")
        }
        // The page's patch is the second of five: what it lacks yet is the notifiers' symbol.
        try rewrite("kernel-patches/vanilla-2.6.18/config") {
            $0.split(separator: "\n").filter { !$0.hasPrefix("CONFIG_MMU_NOTIFIER=") }.joined(separator: "\n") + "\n"
        }
        try command.write("", to: "kernel-patches/el5/series")
        let imported = try await command.run(
            "series", "import", Self.page.path, "--target", "el5", "--source", Self.tree.path)
        #expect(imported.status == .exited(0), "\(imported.output)")

        let workloads = [
            "flags-storm": "pass", "hold-faults": "pass", "hold-rmap": "pass", "hold-truncate": "pass",
            "lone-take": "pass", "many-areas": "pass", "take-once": "pass", "take-signal": "pass",
            "vmtruncate-fault": "pass", "vmtruncate-private": "pass", "notifier-ranges": "skip",
            "notifier-truncate": "skip",
        ]
        let result = try await command.run(
            ["test", "el5", "--source", Self.tree.path] + workloads.keys.sorted().flatMap { ["--workload", $0] },
            cache: Self.cache)
        #expect(result.status == .exited(0), "\(result.output)")
        #expect(result.lines.contains { $0.hasPrefix("series ") && $0.contains("1 patch: 1 offset") })
        #expect(try outcomes() == workloads)
    }

    private func rewrite(_ path: String, _ edit: (String) -> String) throws {
        let text = try String(contentsOf: command.folder.appending(path: path), encoding: .utf8)
        let edited = edit(text)
        try #require(edited != text)
        try command.write(edited, to: path)
    }
}

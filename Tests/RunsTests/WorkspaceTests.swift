import Foundation
import Runs
import Testing

@Suite final class WorkspaceTests {
    let checkout = FileManager.default.temporaryDirectory.appending(path: "drydock-\(UUID().uuidString)")

    init() throws {
        for folder in ["kernel-patches/deep", "images/workloads"] {
            try FileManager.default.createDirectory(
                at: checkout.appending(path: folder), withIntermediateDirectories: true)
        }
    }

    deinit { try? FileManager.default.removeItem(at: checkout) }

    func workspace(_ environment: [String: String] = ["HOME": "/home/me"], current: URL? = nil) throws -> Workspace {
        try Workspace(
            root: nil, cache: nil, runs: nil, environment: environment,
            current: current ?? checkout.appending(path: "kernel-patches/deep"), executable: URL(filePath: "/bin/x"))
    }

    @Test func theCheckoutIsFoundFromBelow() throws {
        #expect(try workspace().root.path == checkout.path)
    }

    @Test func outsideACheckoutTheErrorSaysWhereItLooked() {
        let error = #expect(throws: RunsError.self) { try workspace(current: URL(filePath: "/usr")) }
        #expect(error?.description.contains("/usr") == true)
        #expect(error?.description.contains("--root") == true)
    }

    @Test func theXDGFoldersAreUsedUnlessRelative() throws {
        let given = try workspace(["HOME": "/home/me", "XDG_CACHE_HOME": "/c", "XDG_STATE_HOME": "s"])
        #expect(given.cache.path == "/c/drydock")
        #expect(given.runs.path == "/home/me/.local/state/drydock/runs")
        #expect(try workspace().cache.path == "/home/me/.cache/drydock")
    }
}

import Foundation

/// The directories in which drydock works.
package struct Workspace: Sendable, Equatable {
    /// The checkout, with `kernel-patches/` and `images/`.
    package let root: URL
    /// What can be made again: sources, trees, guest programs; by default `$XDG_CACHE_HOME/drydock`.
    package let cache: URL
    /// One directory per run; by default `$XDG_STATE_HOME/drydock/runs`.
    package let runs: URL

    package var targets: URL { root.appending(path: "kernel-patches") }
    package var images: URL { root.appending(path: "images") }
    var imageCache: URL { cache.appending(path: "images") }
    package var workloads: URL { images.appending(path: "workloads") }

    /// - Parameters:
    ///   - root: the checkout; if nil, the first directory that is one, from `current` upwards, then from `executable`
    ///     upwards.
    ///   - environment: has the XDG directories and `HOME`.
    /// - Throws: `RunsError.noCheckout`.
    package init(
        root: URL?, cache: URL?, runs: URL?, environment: [String: String], current: URL, executable: URL
    ) throws(RunsError) {
        if let root {
            guard Self.isCheckout(root) else { throw .noCheckout(searched: [root.path]) }
            self.root = root
        } else if let found = Self.checkout(above: current) ?? Self.checkout(above: executable) {
            self.root = found
        } else {
            throw .noCheckout(searched: [current.path, executable.path])
        }
        func xdg(_ variable: String, _ otherwise: String) -> URL {
            // The XDG specification says that relative values are ignored.
            if let value = environment[variable], value.hasPrefix("/") { return URL(filePath: value) }
            return URL(filePath: environment["HOME"] ?? "/").appending(path: otherwise)
        }
        self.cache = cache ?? xdg("XDG_CACHE_HOME", ".cache").appending(path: "drydock")
        self.runs = runs ?? xdg("XDG_STATE_HOME", ".local/state").appending(path: "drydock/runs")
    }

    private static func isCheckout(_ folder: URL) -> Bool {
        ["kernel-patches", "images/workloads"].allSatisfy {
            FileManager.default.fileExists(atPath: folder.appending(path: $0).path)
        }
    }

    private static func checkout(above start: URL) -> URL? {
        var folder = start.standardizedFileURL
        while !isCheckout(folder) {
            if folder.path == "/" { return nil }
            folder.deleteLastPathComponent()
        }
        return folder
    }
}

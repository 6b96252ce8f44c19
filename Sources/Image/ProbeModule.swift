import Build
import Files
import Foundation
import HostTools

/// The kernel module that shows notifiers and locks to the workloads, built for one kernel.
package struct ProbeModule: Sendable {
    package let file: URL
    /// Whether it was built before.
    package let reused: Bool

    /// Builds `images/probe` against the tree of `build`, or finds it in `cache` if it was built before.
    package static func build(
        for build: KernelBuild, images: URL, cache: URL, onProgress: @escaping @Sendable (String) -> Void = { _ in }
    ) async throws -> ProbeModule {
        let sources = images.appending(path: "probe")
        let inputs = Digest(inputs: [
            "kernel": build.digest.hexadecimal,
            "sources": try GuestPrograms.digest(ofSourcesIn: sources).hexadecimal,
        ])
        let module = cache.appending(path: "probe-\(inputs.short).ko")
        if SealedFile.isWhole(module) { return ProbeModule(file: module, reused: true) }

        // kbuild writes its products beside the sources, so it works on a copy (of the bytes, not of modes or links).
        let workshop = cache.appending(path: "probe-\(inputs.short).\(ProcessInfo.processInfo.processIdentifier)")
        defer { try? Files.remove(workshop) }
        for name in try GuestPrograms.names(ofSourcesIn: sources) {
            try Files.write(try Files.read(sources.appending(path: name)), to: workshop.appending(path: name))
        }
        let result = try await build.makeModules(in: workshop, onLine: onProgress)
        guard result.status == .exited(0) else {
            throw ImageError.probeDoesNotBuild(tree: build.tree.path, output: result.tail())
        }
        // Debugging information names the copy and the tree; without it the module is the same wherever it is built.
        let built = workshop.appending(path: "drydock_probe.ko")
        let stripped = try await HostTool("strip").run(["--strip-debug", built.path])
        guard stripped.status == .exited(0) else {
            throw ImageError.probeDoesNotBuild(tree: build.tree.path, output: stripped.tail())
        }
        try SealedFile.put(built, at: module)
        return ProbeModule(file: module, reused: false)
    }
}

import Evidence
import Files
import Foundation
import HostTools
import KernelSources
import Patches
import Targets

/// Builds the kernels of one target from one source.
package struct KernelBuilder: Sendable {
    let cache: KernelCache
    let source: KernelSource
    private let config: KernelConfig
    private let variant: String?
    private let toolchain: Toolchain

    /// Reads the target's configuration fragments.
    package init(cache: KernelCache, source: KernelSource, target: Target, toolchain: Toolchain) throws {
        self.cache = cache
        self.source = source
        self.toolchain = toolchain
        variant = target.configuration.variant
        config = try KernelConfig(target: target, version: source.version)
    }

    /// The kernel of `subject`; an earlier build if it had the same inputs.
    /// - Parameters:
    ///   - series: what the subject has in addition to the source, including the toolchain's patches; nil for the
    ///     source alone.
    ///   - base: a build whose objects are copied if `subject` has no tree yet.
    ///   - withTree: false if only the kernel is needed, because its tree may have been patched differently since.
    ///   - onProgress: receives each step, such as `CC mm/mmap.o`.
    package func build(
        _ subject: Subject, series: SeriesApplication? = nil, forking base: KernelBuild? = nil,
        withTree: Bool = true, onProgress: @escaping @Sendable (String) -> Void = { _ in }
    ) async throws -> KernelBuild {
        precondition(series.map { $0.source == source.digest } ?? true, "the series was applied to another source")
        let slot = slot(of: subject)
        let digest = digest(with: series)
        let wait = { onProgress("waiting for another build in \(slot.folder.path) to end") }
        return try await FileLock.hold(slot.lock, onWait: wait) {
            let built = withTree ? BuildState.of(slot, digest) : BuildState.kept(in: slot, digest)
            let state = if let built { built } else { try await make(subject, slot, series, base, digest, onProgress) }
            return KernelBuild(
                subject: subject, slot: slot, state: state, source: source, variant: variant, series: series,
                toolchain: toolchain, reused: built != nil)
        }
    }

    /// Base and patched share everything but the series.
    private func slot(of subject: Subject) -> TreeSlot {
        let key = Digest(inputs: [
            "preparation": TreeSlot.preparation, "source": source.identity, "configuration": config.digest.hexadecimal,
            "toolchain": toolchain.digest.hexadecimal,
        ])
        return TreeSlot(
            place: LinkedTree(folder: cache.trees.appending(path: "\(key.short)/\(subject)")),
            variables: source.extraVersion.map { ["EXTRAVERSION=\($0)"] } ?? [])
    }

    private func digest(with series: SeriesApplication?) -> Digest {
        Digest(inputs: [
            "preparation": TreeSlot.preparation, "source": source.identity, "configuration": config.digest.hexadecimal,
            "toolchain": toolchain.digest.hexadecimal,
            "series": (series?.digest ?? SeriesApplication.digest([:])).hexadecimal,
        ])
    }

    /// - Throws: also if the kernel does not compile; the tree is then as good as before. After any other error some of
    ///   its objects may be of this build and others half written, because `kill -9` may have hit the compiler itself.
    private func make(
        _ subject: Subject, _ slot: TreeSlot, _ series: SeriesApplication?, _ base: KernelBuild?, _ digest: Digest,
        _ onProgress: @escaping @Sendable (String) -> Void
    ) async throws -> BuildState {
        onProgress("preparing the \(subject) tree")
        try await source.check(cache)
        try await slot.begin()
        let state: BuildState
        do {
            state = try await makeWhole(subject, slot, series, base, digest, onProgress)
        } catch let error as BuildError {
            if !error.leavesTreeUnfinished { try await slot.end() }
            throw error
        }
        try await slot.end()
        try state.keep(in: slot)
        return state
    }

    private func makeWhole(
        _ subject: Subject, _ slot: TreeSlot, _ series: SeriesApplication?, _ base: KernelBuild?, _ digest: Digest,
        _ onProgress: @escaping @Sendable (String) -> Void
    ) async throws -> BuildState {
        let clock = ContinuousClock()
        let started = clock.now
        try await prepare(slot, base?.slot, onProgress)
        try await slot.patch(series?.files ?? [:], source: source)
        let make = Make(slot: slot, toolchain: toolchain)
        if Files.exists(slot.unclean) {
            onProgress("removing the generated files that came with the source")
            try await slot.clean(make)
        }
        onProgress("configuring the \(subject) kernel")
        let unknown = try await config.apply(to: slot, of: subject, make: make)
        let warnings = try await compile(subject, slot, make, onProgress)
        try await source.checkAfterBuild(cache)
        let state = BuildState(
            digest: digest, code: try await code(subject, slot), release: try await release(subject, slot, make),
            unknownSymbols: unknown, warnings: warnings, vmlinux: FileSignature(slot.vmlinux),
            seconds: (clock.now - started) / .seconds(1))
        try collect(subject, slot, state)
        return state
    }

    /// Reads base's tree under its lock, because another drydock may change it; nobody waits for a patched tree while
    /// holding base's.
    private func prepare(
        _ slot: TreeSlot, _ base: TreeSlot?, _ onProgress: @escaping @Sendable (String) -> Void
    ) async throws {
        guard let base, !Files.exists(slot.tree) else { return try await slot.prepare(source: source, forking: nil) }
        let wait = { onProgress("waiting for another build in \(base.folder.path) to end") }
        try await FileLock.hold(base.lock, onWait: wait) {
            let isSpoilt = try await base.isSpoilt()
            try await slot.prepare(source: source, forking: base.isUnfinished || isSpoilt ? nil : base)
        }
    }

    /// Runs make; keeps its log and the compiler's warnings even if it fails.
    /// - Throws: `ToolError.hostFailed`, or `BuildError.doesNotCompile` if the host cannot be the cause.
    private func compile(
        _ subject: Subject, _ slot: TreeSlot, _ make: Make, _ onProgress: @escaping @Sendable (String) -> Void
    ) async throws -> [CompilerWarning] {
        try WarningLedger(slot: slot).keep(in: slot)
        let log = try BuildLog(slot: slot, onProgress: onProgress)
        let goals = ["bzImage", "modules_prepare"]
        var result = try await make.run(goals, onLine: log.add)
        func errors() -> [String] { result.lines.filter { CompilerOutput($0, tree: slot.tree) == .error } }
        func hostFailed(_ trouble: HostTrouble, _ said: String) -> ToolError {
            .hostFailed(act: "build the \(subject) kernel", trouble: trouble, said: said, log: slot.log.path)
        }
        if result.status != .exited(0), result.hostTrouble == nil, errors().isEmpty {
            // Make keeps messages in TMPDIR until a target is done, so if that is full, the message about it is lost.
            result = try await make.run(goals, isSorted: false, onLine: log.add)
            if result.status == .exited(0) { throw hostFailed(.passing, "make failed, and did not fail again") }
        }
        if let (trouble, said) = result.hostTrouble { throw hostFailed(trouble, said) }
        guard result.status == .exited(0) else {
            // Nor is a patch to blame if the source was changed meanwhile.
            try await source.check(cache)
            let changed = try await slot.changedSources(of: source)
            if !changed.isEmpty { throw BuildError.treeChanged(tree: slot.tree.path, files: Array(changed.prefix(5))) }
            throw BuildError.doesNotCompile(
                subject: subject, errors: errors().isEmpty ? result.lines.suffix(10) : Array(errors().prefix(5)),
                log: slot.log.path)
        }
        let ledger = WarningLedger(slot: slot)
        try ledger.keep(in: slot)
        return ledger.all
    }
}

extension KernelBuilder {
    /// The patched kernel with `mutant` in it, built in the tree of the previous mutant, so that make only does what
    /// differs.
    /// - Parameters:
    ///   - series: what the patched kernel has in addition to the source.
    ///   - patched: the kernel of `series`, of the same builder.
    ///   - withTree: false if only the kernel is needed, because its tree may have become another mutant's since.
    /// - Throws: `MutantError.doesNotApply`, `.doesNotBuild` or `.doesNotDiffer`.
    package func build(
        _ mutant: Mutant, over series: SeriesApplication, forking patched: KernelBuild, withTree: Bool = true,
        onProgress: @escaping @Sendable (String) -> Void = { _ in }
    ) async throws -> KernelBuild {
        let mutated = try await series.mutated(by: mutant, on: source, cache: cache, onProgress: onProgress)
        var build: KernelBuild
        do {
            build = try await self.build(
                .mutant(name: mutant.name), series: mutated, forking: patched, withTree: withTree,
                onProgress: onProgress)
        } catch let error as BuildError {
            switch error {
            case .doesNotCompile, .incompleteBuild, .configurationRefused:
                throw MutantError.doesNotBuild(mutant: mutant.name, reason: "\(error)")
            default: throw error
            }
        }
        guard build.code != patched.code else { throw MutantError.doesNotDiffer(mutant: mutant.name) }
        return build
    }
}

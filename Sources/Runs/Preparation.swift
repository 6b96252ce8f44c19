import Build
import Evidence
import Files
import Foundation
import Image
import Judgement
import KernelSources
import Patches
import Targets

/// One target's way from its source to guests that are ready to boot; each stage uses the result of the stage before it.
package struct Preparation: Sendable {
    let workspace: Workspace
    let target: Target
    /// Replaces the target's own source.
    let given: SourceDescription?
    /// Replaces this host's.
    let toolchain: PeriodToolchain?
    /// Drydock's own.
    let version: String
    let log: StageLog
    /// Boots the guests; nil for this host's.
    let machine: (any GuestMachine)?

    package init(
        workspace: Workspace, target: Target, given: SourceDescription?, toolchain: PeriodToolchain? = nil,
        version: String, log: StageLog, machine: (any GuestMachine)? = nil
    ) {
        self.machine = machine
        self.workspace = workspace
        self.target = target
        self.given = given
        self.toolchain = toolchain
        self.version = version
        self.log = log
    }

    /// The same with another variant of the target, a period toolchain or this number of CPUs; nil for those
    /// of the target.
    /// - Throws: `TargetError.unknownVariant`.
    package func building(
        variant: String?, toolchain: PeriodToolchain?, cpus: Int? = nil
    ) throws(TargetError) -> Preparation {
        var target = target
        if let variant { target = try target.choosing(variant: variant) }
        if let cpus { target = target.choosing(cpus: cpus) }
        return Preparation(
            workspace: workspace, target: target, given: given, toolchain: toolchain, version: version, log: log,
            machine: machine)
    }

    var kernelCache: KernelCache { KernelCache(folder: workspace.cache) }

    /// The unpacked kernel source.
    package func source() async throws -> KernelSource {
        try await log.run(.source) { now in
            let source = try await KernelSource.obtain(given ?? target.source, cache: kernelCache, onProgress: now)
            let note = source.note.map { "; \($0)" } ?? ""
            return (
                source,
                .init(summary: "Linux \(source.version), \(source.digest.short)\(note)", reused: source.reused)
            )
        }
    }

    /// How each patch of the series applies to `source`; a reject is a value here, not an error.
    package func rehearse(_ source: KernelSource) async throws -> SeriesRehearsal {
        try await log.run(.series) { now in
            let series = try PatchSeries(file: target.seriesFile)
            var toolchain: PatchSeries?
            if let file = target.toolchainSeriesFile { toolchain = try PatchSeries(file: file) }
            let rehearsal = try await SeriesRehearsal(
                of: series, providing: target.seriesProvides, after: toolchain, on: source, cache: kernelCache,
                onProgress: now)
            return (rehearsal, .init(summary: Self.summary(of: rehearsal, on: source)))
        }
    }

    /// The base kernel, then the patched one, built from base's objects; or the only kernel of a tree that has the
    /// series already.
    /// - Throws: `RunsError.seriesFailed` if the series does not apply, or only the patched kernel does not
    ///   compile.
    package func build() async throws -> [KernelBuild] {
        // Before anything that takes minutes, because the compiler may be misspelt.
        let toolchain = try await Toolchain.find(target, cache: kernelCache, period: toolchain)
        let source = try await source()
        return try await build(try await rehearse(source), on: source, with: toolchain).kernels
    }

    /// What was built from a rehearsal, and what is needed to build more.
    typealias BuiltSeries = (builder: KernelBuilder, series: SeriesApplication, kernels: [KernelBuild])

    func build(
        _ rehearsal: SeriesRehearsal, on source: KernelSource, with toolchain: Toolchain
    ) async throws -> BuiltSeries {
        let unpatched = try rehearsal.base()
        let application = try application(of: rehearsal)
        let builder = try KernelBuilder(cache: kernelCache, source: source, target: target, toolchain: toolchain)
        let first: Subject = rehearsal.provided == nil ? .base : .asIs
        let base = try await build(first) { try await builder.build(first, series: unpatched, onProgress: $0) }
        if rehearsal.provided != nil { return (builder, application, [base]) }
        do {
            let patched = try await build(.patched) { now in
                try await builder.build(.patched, series: application, forking: base, onProgress: now)
            }
            return (builder, application, [base, patched])
        } catch let error as BuildError {
            guard case .doesNotCompile = error else { throw error }
            throw RunsError.seriesFailed(reason: "\(error)")
        }
    }

    private func application(of rehearsal: SeriesRehearsal) throws -> SeriesApplication {
        do {
            return try rehearsal.application()
        } catch {
            guard error.isOfSeries else { throw error }
            throw RunsError.seriesFailed(reason: "\(error)")
        }
    }

    private func build(
        _ subject: Subject, _ body: @escaping (@escaping @Sendable (String) -> Void) async throws -> KernelBuild
    ) async throws -> KernelBuild {
        try await log.run(.build, GuestName(subject)) { now in
            let build = try await body(now)
            var parts = [build.release]
            let warnings = build.record.warnings.count
            if warnings > 0 { parts.append("\(warnings) compiler warning\(warnings == 1 ? "" : "s")") }
            let unknown = build.record.unknownSymbols?.count ?? 0
            if unknown > 0 { parts.append("\(unknown) symbol\(unknown == 1 ? "" : "s") the tree does not have") }
            return (build, .init(summary: parts.joined(separator: ", "), reused: build.reused))
        }
    }

    private static func summary(of rehearsal: SeriesRehearsal, on source: KernelSource) -> String {
        var parts: [String] = []
        if let file = rehearsal.provided {
            parts.append("\(source.version) already has \(file): tested as it is, no base")
        } else {
            parts.append(summary(of: rehearsal.outcomes))
        }
        if !rehearsal.toolchain.isEmpty { parts.append("toolchain: \(summary(of: rehearsal.toolchain))") }
        return parts.joined(separator: "; ")
    }

    private static func summary(of outcomes: [PatchOutcome]) -> String {
        var counts: [(word: String, count: Int)] = []
        for outcome in outcomes {
            let word = outcome.application.word
            if let index = counts.firstIndex(where: { $0.word == word }) {
                counts[index].count += 1
            } else {
                counts.append((word, 1))
            }
        }
        let list = counts.map { "\($0.count) \($0.word)" }.joined(separator: ", ")
        return "\(outcomes.count) patch\(outcomes.count == 1 ? "" : "es")" + (list.isEmpty ? "" : ": \(list)")
    }
}

// From kernels to guests.
extension Preparation {
    /// Before anything that takes minutes, because a workload's name may be misspelt.
    func workloads(_ request: BootRequest) throws -> [Workload] {
        try WorkloadCatalogue(folder: workspace.workloads)
            .select(request.workloads.isEmpty ? target.workloads : request.workloads)
    }

    /// Base and patched run the same plan; a workload that makes the guest crash or hang gets a guest of its own, on
    /// the judged kernel.
    func prepared(
        of builds: [KernelBuild], _ workloads: [Workload], _ request: BootRequest
    ) async throws -> [PreparedGuest] {
        let mutant = builds.first.map(\.subject).flatMap { $0.isMutant ? GuestName($0) : nil }
        let made: Result<[PreparedGuest], BuildError> = try await log.run(.image, mutant) { now in
            do {
                let (prepared, reused) = try await pack(builds, workloads, request, onProgress: now)
                let count = workloads.count
                let summary = "\(count) workload\(count == 1 ? "" : "s"), seed \(request.seed)"
                return (.success(prepared), .init(summary: summary, reused: reused))
            } catch let error as BuildError {
                guard case .treeTaken = error else { throw error }
                // Not a failure: the caller builds it again.
                return (.failure(error), .init(summary: "its tree is used for another mutant now"))
            }
        }
        return try made.get()
    }

    private func pack(
        _ builds: [KernelBuild], _ workloads: [Workload], _ request: BootRequest,
        onProgress: @escaping @Sendable (String) -> Void
    ) async throws -> (prepared: [PreparedGuest], reused: Bool) {
        let (images, cache) = (workspace.images, workspace.imageCache)
        let programs = try await GuestPrograms.build(
            workloads: workloads, images: images, cache: cache, onProgress: onProgress)
        var prepared: [PreparedGuest] = []
        var reused = programs.reused
        for build in builds {
            let probe =
                workloads.contains(where: \.needsProbe)
                ? try await ProbeModule.build(for: build, images: images, cache: cache, onProgress: onProgress) : nil
            let isJudged = build.subject == builds.last?.subject
            for plan in target.plans(of: workloads, for: (build.subject, build.version), isJudged: isJudged, request) {
                let image = try await GuestImage.build(plan: plan, programs: programs, probe: probe, cache: cache)
                prepared.append(
                    PreparedGuest(
                        target: target, build: build, plan: plan, image: image, programs: programs, probe: probe))
                reused = reused && image.reused && probe?.reused != false
            }
        }
        return (prepared, reused)
    }
}

/// A test could not be completed, for a reason that concerns several stages.
package enum RunsError: Error, Equatable, CustomStringConvertible {
    case noCheckout(searched: [String])
    /// The base can be judged but the series does not apply or build: that is a verdict, not a failure to judge.
    case seriesFailed(reason: String)
    /// The tree already has what the series brings, as the file `provided` shows.
    case noPatchedKernel(version: String, provided: String)
    case noMutantForTree(version: String, folder: String)
    case noRace(mutants: [String])

    package var description: String {
        switch self {
        case .noCheckout(let searched):
            "cannot find drydock's checkout (kernel-patches/ and images/workloads/) at or above "
                + "\(searched.joined(separator: ", ")); give --root"
        case .seriesFailed(let reason): reason
        case .noPatchedKernel(let version, let provided):
            "cannot test mutants on Linux \(version): mutants change the patched kernel, and this tree "
                + "is tested as it is, because it already has \(provided); give a tree without it"
        case .noMutantForTree(let version, let folder):
            "cannot test mutants on Linux \(version): all mutants of \(folder) that you asked for are for other trees"
        case .noRace(let mutants):
            "cannot search seeds for \(mutants.joined(separator: ", ")): no workload that Killed-by names is a race, "
                + "so one run is enough; leave out --deterministic"
        }
    }
}

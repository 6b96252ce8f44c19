import KernelSources
import Runs
import Targets

/// What is tested if no target is named: the kernel for which drydock is made, if its source is available.
enum DefaultTarget {
    static let wanted = "vanilla-2.6.18"
    static let fallback = "debian-6.1"

    /// Prints one line on standard error if it chooses the fallback, with the reason.
    static func choose(in catalogue: TargetCatalogue, _ workspace: Workspace, _ display: ProgressDisplay) async throws
        -> String
    {
        let attempt = Preparation(
            workspace: workspace, target: try catalogue.load(wanted), given: nil, version: Drydock.version,
            // The source stage of the test itself reports how it ended.
            log: StageLog(observe: { event in if event.isUnderWay { display.show(event) } }))
        do {
            _ = try await attempt.source()
            return wanted
        } catch KernelSourceError.cannotFetch(let file, let url, let sources, let output) {
            let said = output.split(separator: "\n").last.map { " (\($0))" } ?? ""
            display.note(
                "\(wanted) is left out: \(file) is not in \(sources) and cannot be downloaded from \(url)\(said); "
                    + "testing \(fallback)")
            return fallback
        }
    }
}

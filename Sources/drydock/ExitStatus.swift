import Image
import Judgement
import KernelSources
import PatchImport
import Patches
import Runs
import Targets

/// The exit statuses of drydock; `docs/exit-status.md` explains each.
enum ExitStatus: Int32, Error {
    case passed = 0
    case failed = 1
    case usage = 2
    /// `EX_UNAVAILABLE` of sysexits.h.
    case couldNotJudge = 69
    /// To `git bisect run` it means "this one cannot be tested".
    case cannotBeTested = 125

    init(for answer: Conclusion.Answer) {
        switch answer {
        case .passed: self = .passed
        case .failed: self = .failed
        case .couldNotJudge: self = .couldNotJudge
        }
    }

    /// The series failed only if the error is about the series itself.
    init(for error: any Error) {
        switch error {
        case RunsError.seriesFailed: self = .failed
        case let error as SeriesError where error.isOfSeries: self = .failed
        case let error as PatchImportError: self = Self.status(of: error)
        case MutantError.unknownMutant: self = .usage
        case TargetError.unknownTarget, TargetError.unknownVariant, ImageError.unknownWorkload: self = .usage
        case KernelSourceError.noSuchSource, KernelSourceError.noSourceGiven, KernelSourceError.unknownKindOfSource,
            KernelSourceError.notARepository, KernelSourceError.unknownRef, KernelSourceError.notASourcePackage:
            self = .usage
        default: self = .couldNotJudge
        }
    }

    /// Failed if the page's patch is damaged; not if another command line is enough.
    private static func status(of error: PatchImportError) -> ExitStatus {
        switch error {
        case .noPatch, .broken, .strayLine, .spacesDiffer, .unescapedHTML: .failed
        case .unreadablePage, .severalPatches, .noSuchPatch, .noName, .badName, .patchExists, .alreadyInSeries: .usage
        }
    }
}

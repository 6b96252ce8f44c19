import Image
import Judgement
import KernelSources
import PatchImport
import Patches
import Pipeline
import Targets

/// What drydock tells the shell. `docs/exit-status.md` explains each.
enum ExitStatus: Int32, Error {
    case passed = 0
    case failed = 1
    case usage = 2
    /// `EX_UNAVAILABLE` of sysexits.h.
    case couldNotJudge = 69
    /// What `git bisect run` takes for "this one cannot be tested".
    case cannotBeTested = 125

    init(for answer: Conclusion.Answer) {
        switch answer {
        case .passed: self = .passed
        case .failed: self = .failed
        case .couldNotJudge: self = .couldNotJudge
        }
    }

    /// What an error that ended a command says about the series: nothing, unless it is the series' own.
    init(for error: any Error) {
        switch error {
        case PipelineError.seriesFailed: self = .failed
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

    /// A page whose patch is spoilt has failed; one that only needs another command line has not.
    private static func status(of error: PatchImportError) -> ExitStatus {
        switch error {
        case .noPatch, .broken, .strayLine, .spacesDiffer, .unescapedHTML: .failed
        case .unreadablePage, .severalPatches, .noSuchPatch, .noName, .badName, .patchExists, .alreadyInSeries: .usage
        }
    }
}

import Kernel
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
}

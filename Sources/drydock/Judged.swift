import Evidence
import Foundation
import Judgement
import Pipeline

/// What a folder of drydock's holds, judged anew by what is in it.
enum Judged {
    case run(RunDirectory, Verdict)
    case mutation(MutationDirectory, MutationVerdict)
    case repetition(RepetitionDirectory, RepetitionVerdict)
    case seeds(SeedDirectory, SeedVerdict)

    init(_ place: URL) throws {
        if MutationDirectory.isOne(place) {
            let test = try MutationDirectory(opening: place)
            self = .mutation(test, try Pipeline.judge(test))
        } else if RepetitionDirectory.isOne(place) {
            let test = try RepetitionDirectory(opening: place)
            self = .repetition(test, try Pipeline.judge(test))
        } else if SeedDirectory.isOne(place) {
            let test = try SeedDirectory(opening: place)
            self = .seeds(test, try Pipeline.judge(test))
        } else {
            let run = try RunDirectory(opening: place)
            self = .run(run, try Pipeline.judge(run))
        }
    }

    var conclusion: Conclusion {
        switch self {
        case .run(_, let verdict): verdict.conclusion
        case .mutation(_, let verdict): verdict.conclusion
        case .repetition(_, let verdict): verdict.conclusion
        case .seeds(_, let verdict): verdict.conclusion
        }
    }

    /// Prints it on standard output.
    func present(as format: ReportFormat) throws {
        switch self {
        case .run(let run, let verdict): try drydock.present(verdict, of: run, as: format)
        case .mutation(let test, let verdict): try drydock.present(verdict, of: test, as: format)
        case .repetition(let test, let verdict): try drydock.present(verdict, of: test, as: format)
        case .seeds(let test, let verdict): try drydock.present(verdict, of: test, as: format)
        }
    }

    /// Writes the verdict beside what it rests on.
    func keep() throws {
        switch self {
        case .run(let run, let verdict): try run.write(verdict, to: run.verdictFile)
        case .mutation(let test, let verdict): try test.write(verdict, to: "verdict.json")
        case .repetition(let test, let verdict): try test.write(verdict, to: "verdict.json")
        case .seeds(let test, let verdict): try test.write(verdict, to: "verdict.json")
        }
    }

    /// Prints it, keeps it, and ends the command with its exit status.
    func finish(as format: ReportFormat) throws -> Never {
        try present(as: format)
        try keep()
        throw ExitStatus(for: conclusion.answer)
    }
}

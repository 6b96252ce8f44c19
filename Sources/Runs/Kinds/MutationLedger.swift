import Evidence
import Foundation
import Synchronization

/// The record of a mutation test, changed by several guests; written at each change, so that an interruption loses
/// nothing.
final class MutationLedger: Sendable {
    let directory: MutationDirectory
    private let state: Mutex<MutationRecord>

    /// Makes the test's directory under `parent`.
    init(_ record: MutationRecord, under parent: URL) throws {
        directory = try .create(under: parent, target: record.target, started: record.started)
        state = Mutex(record)
        try directory.write(record)
    }

    var record: MutationRecord { state.withLock { $0 } }

    func change(_ mutant: String, _ change: (inout MutantRecord) -> Void) throws {
        try state.withLock { record in
            guard let index = record.mutants.firstIndex(where: { $0.name == mutant }) else { return }
            change(&record.mutants[index])
            try directory.write(record)
        }
    }

    func add(_ control: MutationRecord.Control) throws {
        try state.withLock { record in
            record.controls.append(control)
            try directory.write(record)
        }
    }
}

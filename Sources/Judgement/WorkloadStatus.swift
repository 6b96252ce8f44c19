import Foundation

/// What init wrote about the end of one workload: the file `NN-<name>.status`.
package struct WorkloadStatus: Sendable, Equatable {
    package enum Ended: Sendable, Equatable {
        case exit(code: Int)
        case signal(number: Int)
        case timeout
        case cannotStart
        /// The file is there and cannot be understood.
        case unclear(problem: String)
    }

    package let ended: Ended
    package let milliseconds: Int?

    /// Nil for an empty file, which is as good as none.
    package init?(_ bytes: Data) {
        guard let file = KeyValueFile(bytes) else { return nil }
        ended = Self.ended(file)
        milliseconds = file.values["milliseconds"].flatMap { Int($0) }.flatMap { $0 < 0 ? nil : $0 }
    }

    private static func ended(_ file: KeyValueFile) -> Ended {
        if let key = file.contradiction { return .unclear(problem: "its status file gives `\(key)` twice") }
        let code = file.values["code"].flatMap { Int($0) }
        switch (file.values["ended"], code) {
        case ("exit", let code?): return .exit(code: code)
        case ("signal", let code?): return .signal(number: code)
        case ("timeout", _): return .timeout
        case ("cannot-start", _): return .cannotStart
        case ("exit", nil), ("signal", nil): return .unclear(problem: "its status file has no `code`")
        case (nil, _): return .unclear(problem: "its status file has no `ended`")
        case (let other?, _):
            return .unclear(problem: "its status file says `ended=\(other.bounded(40))`, which is not known")
        }
    }
}

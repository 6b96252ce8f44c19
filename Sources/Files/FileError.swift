import Foundation

/// An operation on a file or a directory failed.
package struct FileError: Error, Equatable, CustomStringConvertible {
    /// Such as `read`, `write` or `remove`.
    package let act: String
    package let path: String
    /// What the system said, or why the content cannot be used.
    package let reason: String
    /// The system's `errno`; nil if it was not the system that said no.
    fileprivate let number: Int32?

    package init(_ act: String, _ file: URL, reason: String) { self.init(act, file, reason, number: nil) }

    package init(_ act: String, _ file: URL, because error: any Error) {
        self.init(act, file, error.systemReason, number: error.systemNumber)
    }

    /// - Parameter number: an `errno`.
    package init(_ act: String, _ file: URL, number: Int32) {
        self.init(act, file, String(cString: strerror(number)), number: number)
    }

    private init(_ act: String, _ file: URL, _ reason: String, number: Int32?) {
        self.act = act
        path = file.path
        self.reason = reason
        self.number = number
    }

    package var description: String { "cannot \(act) \(path): \(reason)\(advice.map { "; \($0)" } ?? "")" }

    /// What a user can do about it; nil if the reason already says it.
    private var advice: String? {
        switch number {
        case ENOSPC, EDQUOT: "free some space there, then run again"
        case EACCES, EPERM, EROFS:
            "give yourself the right to it, or take another place (--cache, --runs, TMPDIR)"
        default: nil
        }
    }
}

extension Error {
    /// The system's message, such as "No space left on device", in place of Foundation's own sentence.
    package var systemReason: String {
        if let error = self as? FileError { return error.reason }
        return systemNumber.map { String(cString: strerror($0)) } ?? localizedDescription
    }

    /// The `errno` behind it; nil if there is none.
    fileprivate var systemNumber: Int32? {
        if let error = self as? FileError { return error.number }
        if let error = self as? POSIXError { return error.code.rawValue }
        let underlying = (self as NSError).userInfo[NSUnderlyingErrorKey] as? NSError
        if let underlying, underlying.domain == NSPOSIXErrorDomain { return Int32(underlying.code) }
        return (self as? CocoaError).flatMap { Self.numbers[$0.code] }
    }

    /// Foundation does not always keep the number that its code was made from.
    private static var numbers: [CocoaError.Code: Int32] {
        [
            .fileNoSuchFile: ENOENT, .fileReadNoSuchFile: ENOENT, .fileReadNoPermission: EACCES,
            .fileWriteFileExists: EEXIST, .fileWriteNoPermission: EACCES, .fileWriteOutOfSpace: ENOSPC,
            .fileWriteVolumeReadOnly: EROFS,
        ]
    }
}

import Foundation

extension Error {
    /// What the system said, such as "No space left on device", in place of Foundation's own sentence.
    package var systemReason: String {
        if let error = self as? POSIXError { return String(cString: strerror(error.code.rawValue)) }
        let underlying = (self as NSError).userInfo[NSUnderlyingErrorKey] as? NSError
        if let underlying, underlying.domain == NSPOSIXErrorDomain {
            return String(cString: strerror(Int32(underlying.code)))
        }
        guard let number = (self as? CocoaError).flatMap({ Self.numbers[$0.code] }) else { return localizedDescription }
        return String(cString: strerror(number))
    }

    /// Foundation does not always keep the number it made its code of.
    private static var numbers: [CocoaError.Code: Int32] {
        [
            .fileNoSuchFile: ENOENT, .fileReadNoSuchFile: ENOENT, .fileReadNoPermission: EACCES,
            .fileWriteFileExists: EEXIST, .fileWriteNoPermission: EACCES, .fileWriteOutOfSpace: ENOSPC,
            .fileWriteVolumeReadOnly: EROFS,
        ]
    }
}

/// What a directory entry is, without following links.
package struct FileStatus: Sendable, Equatable {
    package enum Kind: String, Sendable {
        case regular = "a regular file"
        case directory = "a directory"
        case symbolicLink = "a symbolic link"
        case characterDevice = "a character device"
        case blockDevice = "a block device"
        case fifo = "a fifo"
        case socket = "a socket"
        case unknown = "of no known kind"
    }

    package let kind: Kind
    /// In bytes.
    package let size: Int64

    package init(kind: Kind, size: Int64) {
        self.kind = kind
        self.size = size
    }

    /// - Parameter mode: `st_mode` of lstat(2).
    init(mode: Int64, size: Int64) {
        kind =
            switch mode & 0o170000 {
            case 0o100000: .regular
            case 0o040000: .directory
            case 0o120000: .symbolicLink
            case 0o020000: .characterDevice
            case 0o060000: .blockDevice
            case 0o010000: .fifo
            case 0o140000: .socket
            default: .unknown
            }
        self.size = size
    }
}

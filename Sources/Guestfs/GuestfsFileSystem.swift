import CGuestfs
import Foundation

/// The requests to a launched appliance.
extension Guestfs {
    /// The appliance's names for the drives, in the order they were added.
    package func devices() throws(GuestfsError) -> [String] {
        guard let list = guestfs_list_devices(handle) else { throw failure("list", "the appliance's drives") }
        return takeStrings(list)
    }

    /// Makes a whole-disk file system.
    /// - Parameter features: as mke2fs's `-O` takes them.
    package func makeFileSystem(
        _ type: String, on device: String, features: String, inodeSize: Int, blockSize: Int
    ) throws(GuestfsError) {
        let result = features.withCString { features in
            var options = guestfs_mkfs_opts_argv()
            for option in [GUESTFS_MKFS_OPTS_FEATURES, GUESTFS_MKFS_OPTS_INODE, GUESTFS_MKFS_OPTS_BLOCKSIZE] {
                options.bitmask |= 1 << UInt64(option)
            }
            options.features = features
            options.inode = Int32(inodeSize)
            options.blocksize = Int32(blockSize)
            return guestfs_mkfs_opts_argv(handle, type, device, &options)
        }
        try check(result, "make a file system of type \(type) on", device)
    }

    package func mountReadOnly(_ device: String, at folder: String) throws(GuestfsError) {
        try check(guestfs_mount_ro(handle, device, folder), "mount read-only", device)
    }

    package func unmountAll() throws(GuestfsError) {
        try check(guestfs_umount_all(handle), "unmount", "all file systems")
    }

    /// The names in a directory, sorted, without `.` and `..`.
    package func names(in folder: String) throws(GuestfsError) -> [String] {
        guard let list = guestfs_ls(handle, folder) else { throw failure("list", folder) }
        return takeStrings(list)
    }

    /// The status of each name in `folder`; nil for a name that does not exist.
    package func status(of names: [String], in folder: String) throws(GuestfsError) -> [FileStatus?] {
        guard let list = withCStrings(names, { guestfs_lstatnslist(handle, folder, $0) }) else {
            throw failure("look at the files of", folder)
        }
        defer { guestfs_free_statns_list(list) }
        return UnsafeBufferPointer(start: list.pointee.val, count: Int(list.pointee.len)).map {
            $0.st_ino == -1 ? nil : FileStatus(mode: $0.st_mode, size: $0.st_size)
        }
    }

    /// The first `count` bytes of a file, or fewer if it is shorter.
    /// - Parameter count: at most 2 MiB, because a message of the library's protocol is at most 4 MiB.
    package func read(_ file: String, count: Int) throws(GuestfsError) -> Data {
        var content = Data()
        while content.count < count {
            var length = 0
            let offset = Int64(content.count)
            guard let bytes = guestfs_pread(handle, file, Int32(count - content.count), offset, &length) else {
                throw failure("read", file)
            }
            defer { free(bytes) }
            if length == 0 { break }
            content.append(UnsafeRawPointer(bytes).assumingMemoryBound(to: UInt8.self), count: length)
        }
        return content
    }
}

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

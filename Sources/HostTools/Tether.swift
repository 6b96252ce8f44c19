import Foundation
import SystemPackage

/// What ties the programs that are started under a lock to it and to drydock.
///
/// Each of them, and whatever it starts, holds the lock's descriptor: the next drydock gets the lock when the last of
/// them is gone, not when drydock is. And each has a watcher in its process group, which kills the group when drydock's
/// end of a pipe closes, whatever drydock dies of. Not PR_SET_PDEATHSIG: what make starts would not hear of it, and it
/// tells of the end of a thread.
enum Tether {
    /// Arguments of sh(1) before a program and its own; the shell finds the pipe on standard input and the lock on standard error.
    ///
    /// The shell stays the program's parent, so that no watcher outlives it as a zombie of somebody else's; and since it
    /// leads the group, no other group can have come to its number.
    static let words = [
        "-c",
        #"""
        exec 9>&2 2>&1 8<&0 </dev/null || exit
        { trap '' TERM; read -r _ <&8; kill -s KILL 0; } 9>&- >/dev/null 2>&1 &
        watcher=$!
        # Terminated, as all of the group is, it waits for the program to clean up.
        trap : TERM
        "$@" 8<&-
        status=$?
        trap - TERM
        kill -s KILL $watcher 2>/dev/null
        wait $watcher 2>/dev/null
        # Only what ends a process: a program may exit with any number.
        case $status in
            129 | 130 | 131 | 13[4-9] | 141 | 143 | 152 | 153) kill -s $((status - 128)) $$ 2>/dev/null ;;
        esac
        exit $status
        """#, "sh",
    ]

    /// A pipe of which no program inherits the end that is written to: its closing is the end of drydock.
    static func pipe() throws(ToolError) -> (watched: FileDescriptor, held: FileDescriptor) {
        var ends: [Int32] = [-1, -1]
        // Not pipe(2): a program started by another thread before fcntl(2) would keep it open.
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
        guard socketpair(AF_UNIX, kind, 0, &ends) == 0 else {
            throw .cannotStart(tool: "sh", reason: "no pipe to it: \(String(cString: strerror(errno)))")
        }
        return (FileDescriptor(rawValue: ends[0]), FileDescriptor(rawValue: ends[1]))
    }
}

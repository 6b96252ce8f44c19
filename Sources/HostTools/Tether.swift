import Foundation
import SystemPackage

/// Ties the programs that are started under a lock to the lock and to drydock.
///
/// Each of them, and whatever it starts, holds the lock's descriptor: the next drydock gets the lock when the last of
/// them has ended, not when drydock ends. Each has a watcher in its process group. The watcher kills the group when
/// drydock's end of a pipe closes, however drydock ends. PR_SET_PDEATHSIG would not do: it does not reach what make
/// starts, and it reports the end of a thread.
enum Tether {
    /// Arguments of sh(1) before a program and its own; the shell has the pipe on standard input and the lock on
    /// standard error.
    ///
    /// The shell stays the program's parent, so that no watcher is left behind as a zombie of another process. Because
    /// the shell leads the group, no other group can have got its number.
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

    /// A pipe whose write end no program inherits: it closes when drydock ends.
    static func pipe() throws(ToolError) -> (watched: FileDescriptor, held: FileDescriptor) {
        var ends: [Int32] = [-1, -1]
        // Not pipe(2): a program that another thread starts before fcntl(2) would keep it open.
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
        guard socketpair(AF_UNIX, kind, 0, &ends) == 0 else {
            throw .cannotStart(tool: "sh", reason: "no pipe to it: \(String(cString: strerror(errno)))")
        }
        return (FileDescriptor(rawValue: ends[0]), FileDescriptor(rawValue: ends[1]))
    }
}

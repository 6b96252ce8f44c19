import Files
import Foundation
import HostTools
import KernelSources

/// The root directory of another system, whose make and compiler build trees of this host's cache.
///
/// A command enters it in a mount namespace of its own, so that its mounts end when it ends, however it ends. The
/// directory is not written to: the command's root is a file system in memory that shows the directory's content.
struct Chroot: Sendable {
    let folder: URL
    /// Has the same path inside.
    private let cache: KernelCache

    /// - Throws: `BuildError.notAChroot`, or `cannotEnterChroot` if this user may not enter.
    init(_ folder: URL, cache: KernelCache) async throws {
        self.folder = folder.standardizedFileURL
        self.cache = cache
        guard Files.exists(self.folder.appending(path: "bin/sh")) else {
            throw BuildError.notAChroot(path: folder.path)
        }
        try Files.createFolder(mountPoint)
        let entry = try await HostTool("env").run(words(["true"], in: "/"))
        guard entry.status == .exited(0) else {
            throw BuildError.cannotEnterChroot(path: folder.path, output: entry.tail(5))
        }
    }

    /// The words that run `command` inside.
    /// - Parameters:
    ///   - place: the working directory.
    ///   - folders: visible at the same paths, in addition to the cache.
    func words(_ command: [String], in place: String, seeing folders: [URL] = []) -> [String] {
        // A user who is not root may mount in a user namespace in which he is root.
        let user = geteuid() == 0 ? [] : ["--map-root-user"]
        let paths = Set(([cache.folder] + folders).map(\.standardizedFileURL.path)).sorted()
        return ["unshare", "--mount"] + user
            + ["bash", "-c", Self.enter, "bash", folder.path, mountPoint.path, place, "\(paths.count)"] + paths
            + command
    }

    /// An empty directory to all but the command.
    private var mountPoint: URL { cache.folder.appending(path: "chroot") }

    /// Binds the chroot's entries; a directory of the chroot on the way to one of this host is made anew, and its
    /// entries are bound one by one.
    private static let enter = #"""
        set -euo pipefail
        shopt -s nullglob dotglob
        PATH=$PATH:/usr/sbin:/sbin
        root=$1 new=$2 place=$3 count=$4
        shift 4
        folders=("${@:1:count}")
        shift "$count"

        show() {
            local entry path folder
            for entry in "$root$1"/*; do
                path=$1/${entry##*/}
                for folder in /dev /proc /tmp "${folders[@]}"; do
                    case $folder/ in "$path"/*)
                        mkdir -p "$new$path"
                        [ "$folder" = "$path" ] || [ -L "$entry" ] || show "$path"
                        continue 2
                    esac
                done
                if [ -L "$entry" ]; then
                    cp --no-dereference "$entry" "$new$path"
                elif [ -d "$entry" ]; then
                    mkdir "$new$path"
                    mount --rbind "$entry" "$new$path"
                else
                    : > "$new$path"
                    mount --bind "$entry" "$new$path"
                fi
            done
        }
        mount -t tmpfs -o mode=755 chroot "$new"
        show ""
        mkdir -p "$new/tmp" "$new/dev" "$new/proc"
        chmod 1777 "$new/tmp"
        mount --rbind /dev "$new/dev"
        mount --rbind /proc "$new/proc"
        for folder in "${folders[@]}"; do
            mkdir -p "$new$folder"
            # Without what is mounted in it: that is the new root itself.
            mount --bind "$folder" "$new$folder"
        done
        unset TMPDIR
        PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
            exec chroot "$new" /bin/sh -c 'cd "$0" && exec "$@"' "$place" "$@"
        """#
}

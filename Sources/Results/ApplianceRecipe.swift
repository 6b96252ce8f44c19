import Files
import Foundation

/// The parts of drydock's own libguestfs appliance: libguestfs's, with fewer packages and a shorter start.
///
/// libguestfs's own appliance has some 70 packages and starts udev, MD, LVM and dynamic disks; ours mounts whole-disk
/// ext2 only. Under TCG that is 3.5 s instead of 10 s for each launch.
package struct ApplianceRecipe: Equatable {
    /// The content of supermin's `packages`.
    package let packages: String

    /// Programs that the start and the daemon's mounts need, besides the libraries that the daemon is linked to.
    private static let programs: Set<String> = ["bash", "coreutils", "e2fsprogs", "kmod", "mount", "util-linux"]

    /// - Parameter packages: the content of the `packages` file of the installed libguestfs.
    package init(of packages: String) {
        let kept = packages.split(separator: "\n").map(String.init).filter {
            $0.hasPrefix("lib") || Self.programs.contains($0)
        }
        self.packages = kept.map { "\($0)\n" }.joined()
    }

    /// The parts that are unchanged from libguestfs.
    static let borrowed = ["base.tar.gz", "daemon.tar.gz", "excludefiles"]

    /// With `ld.so.cache` the daemon finds its libraries.
    static let hostFiles = "/etc/ld.so.cache\n"

    /// Drydock's own parts, by name.
    var own: [String: Data] {
        [
            "packages": Data(packages.utf8), "hostfiles": Data(Self.hostFiles.utf8),
            "init.tar": TarArchive.holding(Data(Self.start.utf8), named: "init"),
        ]
    }

    /// Identifies what is built from this; supermin itself notices an update of libguestfs.
    package var digest: Digest {
        Digest(inputs: [
            "packages": packages, "start": Self.start, "host files": Self.hostFiles,
            "borrowed": Self.borrowed.joined(separator: " "),
        ])
    }

    /// The appliance's `/init`.
    ///
    /// The daemon needs its port under the name that udev would give it. It asks `by-path` for the order of the drives:
    /// by their SCSI addresses, which libguestfs gives in the order in which the drives were added.
    static let start = """
        #!/bin/bash
        PATH=/sbin:/usr/sbin:/bin:/usr/bin
        export PATH
        mkdir -p /proc /sys /sysroot /run
        mount -t proc /proc /proc
        mount -t sysfs /sys /sys
        mount -t devtmpfs /dev /dev
        mount -t tmpfs -o mode=0755 tmpfs /run
        ln -s /proc/self/fd /dev/fd
        ln -sf /proc/mounts /etc/mtab
        mkdir -p /dev/pts /dev/shm /dev/virtio-ports /dev/disk/by-path
        shopt -s nullglob
        for name in /sys/class/virtio-ports/*/name; do
            port=${name%/name}
            ln -s "../${port##*/}" "/dev/virtio-ports/$(<"$name")"
        done
        for disk in /sys/block/sd*; do
            address=$(readlink -f "$disk/device")
            ln -s "../../${disk##*/}" "/dev/disk/by-path/scsi-${address##*/}"
        done
        options=()
        for word in $(</proc/cmdline); do
            case $word in
                guestfs_channel=*) options+=(--channel "${word#*=}") ;;
                guestfs_verbose=1) options+=(--verbose) ;;
            esac
        done
        guestfsd "${options[@]}"
        sync
        echo b >/proc/sysrq-trigger

        """
}

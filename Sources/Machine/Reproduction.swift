import Foundation
import Targets

/// A script that repeats a boot with plain QEMU, for those who have the run's folder and nothing else.
package enum Reproduction {
    /// A POSIX shell script to stand beside `bzImage` and `initramfs.cpio`.
    ///
    /// The console goes to standard output. The guest gets a fresh copy of `results.img`, or a new empty file system.
    package static func script(_ spec: MachineSpec) -> String {
        """
        #!/bin/sh
        # Repeats this boot with plain QEMU: sh reproduce.sh. The console comes on standard output, Ctrl-C ends the guest.
        # QEMU=program chooses another QEMU, ACCEL=kvm or tcg another accelerator.
        set -eu
        here=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)
        cd "$here"
        \(disk(spec))\(emptyFiles(spec))exec "${QEMU:-qemu-system-x86_64}" \\
            -machine \(quoted(spec.type)),usb=off -accel "${ACCEL:-\(spec.accelerator.rawValue)}" -cpu \(quoted(spec.cpu)) \\
            -m \(spec.memory) -smp \(spec.cpus) -nodefaults -no-user-config -display none -no-reboot \\
            -serial stdio -kernel bzImage\(spec.initrd == nil ? "" : " -initrd initramfs.cpio") \\
            -append \(quoted(spec.kernelParameters))\(clock(spec))\(ports(spec))\(drive(spec))

        """
    }

    private static func disk(_ spec: MachineSpec) -> String {
        guard spec.results != nil else { return "" }
        return """
            # What the guest writes lands in reproduced.img; list it with: debugfs -R 'ls -p' reproduced.img
            if [ -f results.img ]; then
                cp results.img reproduced.img
            else
                rm -f reproduced.img
                truncate -s 64M reproduced.img
                mke2fs -q -F -t ext2 -I 128 -O ^resize_inode,^dir_index,^ext_attr reproduced.img
            fi

            """
    }

    private static func emptyFiles(_ spec: MachineSpec) -> String {
        guard !spec.ports.isEmpty else { return "" }
        let files = spec.ports.map { quoted("reproduced-\($0.file.lastPathComponent)") }
        return """
            # With several processors only QEMU 10 or later repeats it, and not always: `drydock replay` also sees to it
            # that QEMU's main loop goes first. What the guest writes lands in these.
            rm -f \(files.joined(separator: " "))

            """
    }

    private static func clock(_ spec: MachineSpec) -> String {
        spec.instructionCount.map {
            " \\\n    -icount \($0) -rtc base=2020-01-01T00:00:00,clock=vm -uuid \(DomainXML.identity)"
        } ?? ""
    }

    private static func ports(_ spec: MachineSpec) -> String {
        spec.ports.map { port in
            let words = port.arguments(file: "reproduced-\(port.file.lastPathComponent)")
            return " \\\n    " + words.map(quoted).joined(separator: " ")
        }.joined()
    }

    private static func drive(_ spec: MachineSpec) -> String {
        spec.results.map { " \\\n    -drive file=reproduced.img,format=raw,if=\($0.bus.rawValue),cache=unsafe" } ?? ""
    }

    /// A word the shell leaves alone.
    private static func quoted(_ word: String) -> String {
        let plain = word.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_.+:/=,".contains($0)) }
        return plain && !word.isEmpty ? word : "'" + word.replacing("'", with: "'\\''") + "'"
    }
}

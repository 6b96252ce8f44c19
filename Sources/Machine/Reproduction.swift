import Foundation
import Targets

/// A script that repeats a boot with plain QEMU, for people who have only the run's directory.
package enum Reproduction {
    /// A POSIX shell script for the directory with `bzImage` and `initramfs.cpio`.
    ///
    /// The console goes to standard output. The guest gets a fresh copy of `results.img`, or a new empty file system.
    /// The machine is the one that libvirt makes from `DomainXML`, with the same order of devices, because a guest's
    /// time depends on it.
    package static func script(_ spec: MachineSpec) -> String {
        """
        #!/bin/sh
        # Repeats this boot with plain QEMU: sh reproduce.sh. The console comes on standard output, Ctrl-C ends the guest.
        # QEMU=program chooses another QEMU, ACCEL=kvm or tcg another accelerator.
        set -eu
        here=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)
        cd "$here"
        \(disk(spec))\(emptyFiles(spec))\(order(spec))exec \(spec.isRepeatable ? "$first " : "")"${QEMU:-qemu-system-x86_64}" \\
            -machine \(quoted(spec.type)),usb=off -accel "${ACCEL:-\(spec.accelerator.rawValue)}" -cpu \(quoted(spec.cpu)) \\
            -m \(spec.memory) -smp \(spec.cpus),sockets=\(spec.cpus),cores=1,threads=1 -boot strict=on \\
            -nodefaults -no-user-config -display none -no-reboot \\
            -chardev stdio,id=serial -device isa-serial,chardev=serial,index=0 \\
            -kernel bzImage\(spec.initrd == nil ? "" : " -initrd initramfs.cpio") \\
            -append \(quoted(spec.kernelParameters))\(clock(spec))\(ports(spec))\(drive(spec))

        """
    }

    private static func disk(_ spec: MachineSpec) -> String {
        guard spec.results != nil else { return "" }
        return """
            # What the guest writes is in reproduced.img; list it with: debugfs -R 'ls -p' reproduced.img
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
            # What the guest writes is in these files.
            rm -f \(files.joined(separator: " "))

            """
    }

    /// Does what `ThreadOrder` does, with the programs of util-linux.
    private static func order(_ spec: MachineSpec) -> String {
        guard spec.isRepeatable else { return "" }
        return """
            # `cmp trace.log reproduced-trace.log` shows if it is the same run. It is the same with the QEMU that
            # machine.json names, if its main loop goes first on the CPU that it shares with the guest's thread.
            case $("${QEMU:-qemu-system-x86_64}" --version) in
            *"version "[0-9].*)
                echo "reproduce.sh: ${QEMU:-qemu-system-x86_64} is older than QEMU 10: set QEMU= to one that is not" >&2
                exit 1 ;;
            esac
            first="taskset --cpu-list $(taskset -cp $$ | sed 's/.*: //; s/[,-].*//') chrt --reset-on-fork --fifo 1"
            if grep -qx -e -1 /proc/sys/kernel/sched_rt_runtime_us || ! $first true 2>/dev/null; then
                echo "reproduce.sh: no right to a realtime thread, so this may be a different run; try it as root" >&2
                first=
            fi

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

    /// A word that the shell does not change.
    private static func quoted(_ word: String) -> String {
        let plain = word.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_.+:/=,".contains($0)) }
        return plain && !word.isEmpty ? word : "'" + word.replacing("'", with: "'\\''") + "'"
    }
}

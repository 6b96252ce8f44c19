import Foundation
import HostTools
import Machine

/// A multiboot kernel of a few hundred bytes: prints a text on the serial port, then does one thing.
struct TinyGuest {
    enum Act: String {
        case loop = "1: jmp 1b"
        case hang = "1: hlt\n jmp 1b"
        /// ACPI's S5, as the PIIX4 of QEMU's `pc` knows it.
        case powerOff = "call linger\n movw $0x2000, %ax\n movw $0x604, %dx\n outw %ax, %dx\n1: jmp 1b"
        case reset = "call linger\n movb $0xfe, %al\n outb %al, $0x64\n1: jmp 1b"
    }

    let prints: String
    let then: Act

    /// - Returns: the kernel's file in `folder`.
    func build(in folder: URL, named name: String = "guest") async throws -> URL {
        let source = """
            .set MAGIC, 0x1BADB002
            .text
            .globl start
            header: .long MAGIC, 0, -MAGIC
            start:
             cld
             movl $0x90000, %esp
             movl $text, %esi
            print:
             lodsb
             testb %al, %al
             jz finished
             movb %al, %ah
            2:
             movw $0x3fd, %dx
             inb %dx, %al
             testb $0x20, %al
             jz 2b
             movw $0x3f8, %dx
             movb %ah, %al
             outb %al, %dx
             jmp print
            finished:
             \(then.rawValue)
            # At least a second by the real-time clock: libvirt takes a guest that left before libvirt had heard that it
            # runs for one that could not be started.
            linger:
             movl $2, %ecx
            3:
             call second
             movb %al, %ah
            4:
             call second
             cmpb %al, %ah
             je 4b
             loop 3b
             ret
            second:
             movb $0, %al
             outb %al, $0x70
             inb $0x71, %al
             ret
            text: .asciz \(quoted(prints))

            """
        try Data(source.utf8).write(to: folder.appending(path: "\(name).S"))
        try await HostTool("as").run(to: "assemble a guest", ["--32", "-o", "\(name).o", "\(name).S"], in: folder)
        try await HostTool("ld").run(
            to: "link a guest", ["-m", "elf_i386", "-N", "-Ttext", "0x100000", "-e", "start", "-o", name, "\(name).o"],
            in: folder)
        return folder.appending(path: name)
    }

    private func quoted(_ text: String) -> String {
        "\"" + text.replacing("\"", with: "\\\"").replacing("\n", with: "\\r\\n") + "\""
    }
}

/// QEMU of this host, and what is built beside the tests.
enum Host {
    static let emulator = URL(filePath: HostTool("qemu-system-x86_64").path ?? "qemu-system-x86_64")

    /// The folder the tests were built in.
    private static let products = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()

    /// The program of `Tests/GuestHolder`.
    static let guestHolder = products.appending(path: "GuestHolder")

    /// libvirt learns about QEMU once for all tests.
    static let cache = products.appending(path: "machine-test-cache")

    /// The QEMUs that run a domain whose name begins so.
    static func guests(of prefix: String) -> [pid_t] {
        ProcessTable.all().filter { process in
            let arguments = ProcessTable.arguments(of: process)
            guard let name = arguments.firstIndex(of: "-name"), name + 1 < arguments.count else { return false }
            return arguments[name + 1].hasPrefix("guest=\(prefix)")
        }
    }

    /// The QEMUs that libvirt's embedded driver started in a folder.
    static func emulators(of root: URL) -> [pid_t] {
        ProcessTable.all().filter { Warden.isEmulator(ProcessTable.arguments(of: $0), of: root) }
    }
}

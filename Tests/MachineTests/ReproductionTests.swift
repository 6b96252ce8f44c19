import Foundation
import HostTools
import Machine
import Testing

@Suite struct ReproductionTests {
    @Test func repeatsTheMachine() {
        let script = Reproduction.script(DomainXMLTests.spec(commandLine: ["init=/it's"]))
        #expect(script.hasPrefix("#!/bin/sh\n"))
        for part in [
            "-machine pc,usb=off -accel \"${ACCEL:-tcg}\" -cpu qemu64", "-m 256 -smp 2,sockets=2,", "-no-reboot",
            "-chardev stdio,id=serial ", "-kernel bzImage -initrd initramfs.cpio",
            "-append 'console=ttyS0 panic=5 init=/it'\\''s'",
            "-drive file=reproduced.img,format=raw,if=ide,cache=unsafe", "cp results.img reproduced.img",
        ] {
            #expect(script.contains(part), "\(part)")
        }
        #expect(!script.contains("/run/base"), "the files stand beside the script")
        #expect(!script.contains("chrt"), "nothing depends on the order of its threads")
    }

    @Test func withoutADiskNoneIsMade() {
        let script = Reproduction.script(DomainXMLTests.spec(disk: nil))
        #expect(!script.contains("reproduced.img"))
        #expect(!script.contains("-drive"))
    }

    @Test func countsInstructionsAsTheGuestDid() {
        let script = Reproduction.script(
            DomainXMLTests.spec(
                nanosecondsPerInstruction: 2, ports: [.init(address: 0x402, file: URL(filePath: "/run/trace.log"))]))
        #expect(script.contains(" -icount shift=1,sleep=off -rtc base=2020-01-01T00:00:00,clock=vm"))
        #expect(script.contains("-chardev file,id=port-402,path=reproduced-trace.log,append=on"))
        #expect(script.contains("rm -f reproduced-trace.log\n"))
    }

    /// Which stands for the one of Debian 12.
    @Test func anOlderQEMUIsRefusedWhereTheRunIsToBeTheSame() async throws {
        try await withFolder { folder in
            let spec = DomainXMLTests.spec(disk: nil, nanosecondsPerInstruction: 2)
            let script = folder.appending(path: "reproduce.sh")
            try Data(Reproduction.script(spec).utf8).write(to: script)
            let fake = folder.appending(path: "qemu")
            for (version, status) in [("7.2.22 (Debian 1:7.2)", 1 as Int32), ("10.0.2 (Debian 1:10.0.2)", 0)] {
                try Data("#!/bin/sh\necho 'QEMU emulator version \(version)'\n".utf8).write(to: fake)
                try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: fake.path)
                let run = try await HostTool("sh", environment: ["QEMU": fake.path]).run([script.path])
                #expect(run.status == .exited(status), "\(version): \(run.output)")
                #expect(run.output.contains("older than QEMU 10") == (status == 1), "\(run.output)")
            }
        }
    }

    /// A stand-in for QEMU shows what the shell makes of the script.
    @Test func theShellHandsQEMUWholeArguments() async throws {
        try await withFolder { folder in
            let script = folder.appending(path: "reproduce.sh")
            try Data(Reproduction.script(DomainXMLTests.spec(commandLine: ["a='b c'", "$HOME"])).utf8).write(to: script)
            let fake = folder.appending(path: "qemu")
            try Data("#!/bin/sh\nfor word; do echo \"<$word>\"; done\n".utf8).write(to: fake)
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: fake.path)
            try Data("disk".utf8).write(to: folder.appending(path: "results.img"))

            let syntax = try await HostTool("sh").run(["-n", script.path])
            #expect(syntax.status == .exited(0))
            let run = try await HostTool("sh", environment: ["QEMU": fake.path, "ACCEL": "kvm"]).run([script.path])
            #expect(run.status == .exited(0), "\(run.output)")
            #expect(run.lines.contains("<console=ttyS0 panic=5 a='b c' $HOME>"), "\(run.output)")
            #expect(run.lines.contains("<kvm>"))
            let copy = try Data(contentsOf: folder.appending(path: "reproduced.img"))
            #expect(copy == Data("disk".utf8))
        }
    }
}

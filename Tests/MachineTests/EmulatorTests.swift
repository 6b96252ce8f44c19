import Foundation
import Machine
import Testing

@Suite struct EmulatorTests {
    /// A program that says what QEMU says of its version.
    private func fake(_ said: String, at file: URL) throws {
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data("#!/bin/sh\necho '\(said)'\n".utf8).write(to: file)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file.path)
    }

    @Test(arguments: [("7.2.22", false), ("9.2.4", false), ("10.0.2", true), ("11.0.0", true), ("unknown", false)])
    func fromVersion10OnAGuestRepeats(version: String, repeats: Bool) {
        #expect(Emulator(program: URL(filePath: "/q"), version: version).isDeterministic == repeats)
    }

    @Test func theHostsOwnIsTakenWhereItRepeats() async throws {
        try await withFolder { folder in
            let host = folder.appending(path: "bin/qemu")
            try fake("QEMU emulator version 10.0.2 (Debian 1:10.0.2+ds-2)", at: host)
            try fake("QEMU emulator version 11.0.0", at: Emulator.place(in: folder))
            let found = try await Emulator.deterministic(host: host, cache: folder)
            #expect(found == Emulator(program: host, version: "10.0.2"))
            #expect(found.binary.path == host.resolvingSymlinksInPath().path)
        }
    }

    @Test func otherwiseTheOneThatSetupPutIntoTheCache() async throws {
        try await withFolder { folder in
            let host = folder.appending(path: "bin/qemu")
            let other = Emulator.place(in: folder)
            try fake("QEMU emulator version 7.2.22 (Debian 1:7.2+dfsg-7)", at: host)
            try fake("QEMU emulator version 10.0.2", at: other)
            #expect(try await Emulator.deterministic(host: host, cache: folder).program == other)
        }
    }

    /// The script beside an unpacked package says nothing of what is unpacked.
    @Test func theProgramItselfIsBehindTheScript() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "drydock-test-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let script = Emulator.place(in: folder)
        let binary = script.deletingLastPathComponent().appending(path: "usr/bin/qemu-system-x86_64")
        try fake("script", at: script)
        try fake("binary", at: binary)
        #expect(Emulator(program: script, version: "10.0.2").binary.path == binary.resolvingSymlinksInPath().path)
    }

    @Test func withoutEitherTheCureIsNamed() async throws {
        try await withFolder { folder in
            let host = folder.appending(path: "bin/qemu")
            try fake("QEMU emulator version 7.2.22", at: host)
            try fake("QEMU emulator version 8.2.0", at: Emulator.place(in: folder))
            let error = await #expect(throws: MachineError.self) {
                try await Emulator.deterministic(host: host, cache: folder)
            }
            let text = "\(try #require(error))"
            #expect(text.contains("needs QEMU 10 or later"))
            #expect(text.contains("\(host.path) is 7.2.22"))
            #expect(text.contains("make setup"))
        }
    }

    @Test func aProgramThatSaysNoVersionIsQuoted() async throws {
        try await withFolder { folder in
            let program = folder.appending(path: "bin/qemu")
            try fake("cannot find libfdt", at: program)
            await #expect(
                throws: MachineError.emulatorSaysNoVersion(program: program.path, said: "cannot find libfdt")
            ) { try await Emulator.ask(program) }
        }
    }
}

import Foundation
import Machine
import Testing

@Suite struct AcceleratorTests {
    @Test(arguments: [
        (
            KVMTrial.finished(seconds: 0.1), Accelerator.Kind.kvm,
            "KVM ran the 64-bit test loop in 0.10 s; TCG took 0.30 s"
        ),
        (.finished(seconds: 2.5), .tcg, "KVM is the slower: it took 2.50 s for the 64-bit test loop; TCG took 0.30 s"),
        (.unfinished(limitSeconds: 3), .tcg, "KVM did not end the 64-bit test loop within 3 s; TCG took 0.30 s"),
        (
            .unusable("/dev/kvm does not open: permission denied"), .tcg,
            "/dev/kvm does not open: permission denied; TCG took 0.30 s for the 64-bit test loop"
        ),
        (.failed("exit status 1"), .tcg, "KVM failed at the 64-bit test loop (exit status 1); TCG took 0.30 s"),
    ])
    func kvmMustBeFaster(_ trial: KVMTrial, _ kind: Accelerator.Kind, _ reason: String) {
        #expect(Accelerator(tcgSeconds: 0.304, kvm: trial) == Accelerator(kind: kind, reason: reason))
    }

    @Test func theAnswerIsKeptForThisHostOnly() async throws {
        try await withFolder { folder in
            let probe = try Self.probe(in: folder)
            let answer = Accelerator(kind: .kvm, reason: "a fable")
            let key = try probe.key(kvm: "opens")
            #expect(probe.kept(for: key) == nil)
            try probe.keep(answer, for: key)
            #expect(probe.kept(for: key) == answer)
            #expect(probe.kept(for: try probe.key(kvm: "permission denied")) == nil)
        }
    }

    @Test func anotherEmulatorOrSectorIsAnotherKey() async throws {
        try await withFolder { folder in
            let probe = try Self.probe(in: folder)
            let before = try probe.key(kvm: "opens")
            #expect(try probe.key(kvm: "opens") == before)
            try Data("QEMU, a later one".utf8).write(to: probe.emulator)
            let upgraded = try probe.key(kvm: "opens")
            #expect(upgraded != before)
            try Data("hlt".utf8).write(to: probe.sectorSource)
            #expect(try probe.key(kvm: "opens") != upgraded)
        }
    }

    @Test func aDamagedCacheIsMeasuredAgain() async throws {
        try await withFolder { folder in
            let probe = try Self.probe(in: folder)
            try FileManager.default.createDirectory(at: probe.cache, withIntermediateDirectories: true)
            try Data("{".utf8).write(to: probe.cache.appending(path: "accelerator.json"))
            #expect(probe.kept(for: try probe.key(kvm: "opens")) == nil)
        }
    }

    @Test func aMissingEmulatorIsNamed() async throws {
        try await withFolder { folder in
            let probe = AcceleratorProbe(
                sectorSource: URL(filePath: #filePath), cache: folder, emulator: URL(filePath: "/nowhere/qemu"))
            await #expect(throws: MachineError.noEmulator(name: "/nowhere/qemu")) { try await probe.measure() }
        }
    }

    private static func probe(in folder: URL) throws -> AcceleratorProbe {
        let probe = AcceleratorProbe(
            sectorSource: folder.appending(path: "sector.S"), cache: folder.appending(path: "cache"),
            emulator: folder.appending(path: "qemu"))
        try Data("nop".utf8).write(to: probe.sectorSource)
        try Data("QEMU".utf8).write(to: probe.emulator)
        return probe
    }
}

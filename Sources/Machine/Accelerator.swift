import Files
import Foundation
import HostTools

/// What executes the guest's code, and why it was chosen.
package struct Accelerator: Codable, Sendable, Equatable {
    package enum Kind: String, Codable, Sendable {
        case kvm
        case tcg
    }

    package let kind: Kind
    /// For people: what was tried and how long it took.
    package let reason: String

    package init(kind: Kind, reason: String) {
        self.kind = kind
        self.reason = reason
    }

    /// Chooses KVM only if it ran the test, and ran it faster than TCG.
    package init(tcgSeconds: Double, kvm: KVMTrial) {
        let tcg = "TCG took \(tcgSeconds.inHundredths) s"
        switch kvm {
        case .unusable(let why): self.init(kind: .tcg, reason: "\(why); \(tcg) for the 64-bit test loop")
        case .unfinished(let limit):
            self.init(kind: .tcg, reason: "KVM did not end the 64-bit test loop within \(limit) s; \(tcg)")
        case .failed(let said): self.init(kind: .tcg, reason: "KVM failed at the 64-bit test loop (\(said)); \(tcg)")
        case .finished(let seconds) where seconds < tcgSeconds:
            self.init(kind: .kvm, reason: "KVM ran the 64-bit test loop in \(seconds.inHundredths) s; \(tcg)")
        case .finished(let seconds):
            self.init(
                kind: .tcg,
                reason: "KVM is the slower: it took \(seconds.inHundredths) s for the 64-bit test loop; \(tcg)")
        }
    }
}

/// The result of the test loop under KVM.
package enum KVMTrial: Sendable, Equatable {
    /// `/dev/kvm` does not exist or cannot be opened.
    case unusable(String)
    case unfinished(limitSeconds: Int)
    case failed(String)
    case finished(seconds: Double)
}

extension Double {
    /// With two decimals.
    var inHundredths: String {
        let hundredths = Int((self * 100).rounded())
        return "\(hundredths / 100).\(hundredths % 100 < 10 ? "0" : "")\(hundredths % 100)"
    }
}

/// Finds the best way to execute guest code on this host, by executing some.
///
/// That `/dev/kvm` opens proves nothing: a nested, emulating KVM opens, reaches long mode, and is hundreds of times
/// slower than TCG. So a boot sector counts in 64-bit mode under both, and the time is measured.
package struct AcceleratorProbe: Sendable {
    /// The assembler source of the boot sector, `images/accelerator/sector.S`.
    package let sectorSource: URL
    /// A directory that outlives the run; the answer is kept in it.
    package let cache: URL
    /// QEMU's program.
    package let emulator: URL

    private static let rounds = 30_000_000
    private static let kvmLimitSeconds = 3
    private static let tcgLimitSeconds = 60
    /// QEMU's exit status after the sector wrote 0x21 to isa-debug-exit.
    private static let loopEnded: Int32 = 0x21 << 1 | 1

    package init(sectorSource: URL, cache: URL, emulator: URL) {
        self.sectorSource = sectorSource
        self.cache = cache
        self.emulator = emulator
    }

    /// The answer; from the cache if this host, its kernel, QEMU, the sector and the state of `/dev/kvm` are the same.
    /// - Throws: `MachineError`, `ToolError` or `CancellationError`.
    package func measure() async throws -> Accelerator {
        let kvm = Self.kvmComplaint()
        let key = try key(kvm: kvm ?? "opens")
        if let kept = kept(for: key) { return kept }
        let answer = try await trial(kvm: kvm)
        try keep(answer, for: key)
        return answer
    }

    package func kept(for key: Digest) -> Accelerator? {
        guard let entry: Entry = try? JSON.read(file), entry.key == key else { return nil }
        return entry.accelerator
    }

    package func keep(_ accelerator: Accelerator, for key: Digest) throws(MachineError) {
        do {
            try Files.createFolder(cache)
            try JSON.write(Entry(key: key, accelerator: accelerator), to: file)
        } catch {
            throw .cannotWrite(what: "accelerator's measure", path: file.path, said: error.systemReason)
        }
    }

    /// Everything the answer depends on.
    package func key(kvm: String) throws(MachineError) -> Digest {
        let program = emulator.resolvingSymlinksInPath().path
        guard let attributes = try? FileManager.default.attributesOfItem(atPath: program),
            let size = attributes[.size] as? Int, let changed = attributes[.modificationDate] as? Date
        else { throw .noEmulator(name: emulator.path) }
        guard let sector = try? String(contentsOf: sectorSource, encoding: .utf8) else {
            throw .missingFile(what: "accelerator test", path: sectorSource.path)
        }
        return Digest(inputs: [
            "processor": Self.hostLine("/proc/cpuinfo", startingWith: "model name"),
            "kernel": Self.hostLine("/proc/sys/kernel/osrelease", startingWith: ""),
            "emulator": "\(emulator.path) \(size) \(changed.timeIntervalSince1970)",
            "kvm": kvm,
            "sector": sector,
            "rounds": "\(Self.rounds)",
        ])
    }

    private struct Entry: Codable {
        let key: Digest
        let accelerator: Accelerator
    }

    private var file: URL { cache.appending(path: "accelerator.json") }

    private func trial(kvm complaint: String?) async throws -> Accelerator {
        let folder = FileManager.default.temporaryDirectory.appending(path: "drydock-sector-\(UUID().uuidString)")
        try Files.createFolder(folder)
        defer { try? FileManager.default.removeItem(at: folder) }
        let sector = try await assemble(in: folder)
        guard case .finished(let tcgSeconds) = try await run(sector, .tcg, limitSeconds: Self.tcgLimitSeconds) else {
            throw MachineError.probeFailed(said: "the loop did not end within \(Self.tcgLimitSeconds) s")
        }
        if let complaint { return Accelerator(tcgSeconds: tcgSeconds, kvm: .unusable(complaint)) }
        let trial = try await run(sector, .kvm, limitSeconds: Self.kvmLimitSeconds)
        return Accelerator(tcgSeconds: tcgSeconds, kvm: trial)
    }

    private func assemble(in folder: URL) async throws -> URL {
        let act = "assemble the accelerator test"
        let arguments = ["--64", "--defsym", "ROUNDS=\(Self.rounds)", "-o", "sector.o", sectorSource.path]
        try await HostTool("as").run(to: act, arguments, in: folder)
        try await HostTool("ld").run(
            to: act,
            [
                "-m", "elf_x86_64", "-Ttext", "0x7c00", "-e", "start", "--oformat", "binary", "-o", "sector.img",
                "sector.o",
            ], in: folder)
        return folder.appending(path: "sector.img")
    }

    private func run(_ sector: URL, _ kind: Accelerator.Kind, limitSeconds: Int) async throws -> KVMTrial {
        // Without --foreground, timeout(1) would take QEMU out of the process group that gets a Ctrl-C.
        let result = try await HostTool("timeout").run([
            "--foreground", "--signal=KILL", "\(limitSeconds)", emulator.path, "-machine", "pc",
            "-accel", kind.rawValue, "-nodefaults", "-no-user-config", "-display", "none", "-no-reboot",
            "-device", "isa-debug-exit,iobase=0xf4,iosize=1",
            "-drive", "file=\(sector.path),format=raw,if=ide",
        ])
        switch result.status {
        case .exited(Self.loopEnded): return .finished(seconds: result.duration / .seconds(1))
        case .exited(124), .exited(137), .signalled(9): return .unfinished(limitSeconds: limitSeconds)
        case .exited, .signalled:
            let said = result.tail(3).isEmpty ? "\(result.status)" : result.tail(3)
            if kind == .tcg { throw MachineError.probeFailed(said: said) }
            return .failed(said)
        }
    }

    /// Why KVM cannot be tried; nil if it can.
    private static func kvmComplaint() -> String? {
        let descriptor = open("/dev/kvm", O_RDWR | O_CLOEXEC)
        guard descriptor < 0 else {
            close(descriptor)
            return nil
        }
        return "/dev/kvm does not open: \(String(cString: strerror(errno)).lowercased())"
    }

    private static func hostLine(_ path: String, startingWith start: String) -> String {
        let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
        return text.split(separator: "\n").first { $0.hasPrefix(start) }.map(String.init) ?? ""
    }
}

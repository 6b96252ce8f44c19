import Foundation
import HostTools

/// A QEMU: the host's, or one that `make setup` put into the cache.
package struct Emulator: Sendable, Equatable {
    package let program: URL
    /// Such as `10.0.2`.
    package let version: String

    package init(program: URL, version: String) {
        self.program = program
        self.version = version
    }

    /// The first version that brings up a second CPU while its clock counts instructions; 7.2 stops there for ever.
    private static let firstDeterministic = 10

    /// Whether a guest with several CPUs is the same every time under it.
    package var isDeterministic: Bool {
        version.split(separator: ".").first.flatMap { Int($0) }.map { $0 >= Self.firstDeterministic } ?? false
    }

    /// The program itself, even if `program` is the script that tells an unpacked package where its data is.
    package var binary: URL {
        let unpacked = program.deletingLastPathComponent().appending(path: "usr/bin/\(program.lastPathComponent)")
        return (FileManager.default.isExecutableFile(atPath: unpacked.path) ? unpacked : program)
            .resolvingSymlinksInPath()
    }

    /// Where `make setup` puts a QEMU for deterministic guests, if the host's is not new enough.
    package static func place(in cache: URL) -> URL { cache.appending(path: "qemu/qemu-system-x86_64") }

    /// The QEMU for deterministic guests: the host's if it is new enough, else the cache's.
    /// - Throws: `MachineError.noDeterministicEmulator`, or what starting one throws.
    package static func deterministic(host: URL, cache: URL) async throws -> Emulator {
        let own = try await ask(host)
        if own.isDeterministic { return own }
        let other = place(in: cache)
        if FileManager.default.isExecutableFile(atPath: other.path) {
            let emulator = try await ask(other)
            if emulator.isDeterministic { return emulator }
        }
        throw MachineError.noDeterministicEmulator(
            host: host.path, version: own.version, needed: firstDeterministic, place: other.path)
    }

    /// - Throws: `MachineError.emulatorSaysNoVersion`.
    package static func ask(_ program: URL) async throws -> Emulator {
        let result = try await HostTool(program.path).run(["-version"])
        guard let match = result.output.firstMatch(of: /version (\d+(?:\.\d+)*)/) else {
            throw MachineError.emulatorSaysNoVersion(program: program.path, said: result.tail(3))
        }
        return Emulator(program: program, version: String(match.1))
    }
}

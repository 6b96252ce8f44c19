import Foundation
import Machine
import Testing

@Suite(.tags(.boots), .timeLimit(.minutes(2))) struct AcceleratorBootTests {
    private static let sector = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../images/accelerator/sector.S").standardized

    @Test func theHostIsMeasuredOnce() async throws {
        try await withFolder { folder in
            let probe = AcceleratorProbe(sectorSource: Self.sector, cache: folder, emulator: Host.emulator)
            let measured = try await probe.measure()
            #expect(measured.reason.contains("TCG took "), "\(measured)")
            let started = ContinuousClock.now
            #expect(try await probe.measure() == measured)
            #expect(ContinuousClock.now - started < .milliseconds(500), "the second answer comes from the cache")
        }
    }

    @Test func anEmulatorThatRunsNothingIsSaid() async throws {
        try await withFolder { folder in
            let probe = AcceleratorProbe(
                sectorSource: Self.sector, cache: folder, emulator: URL(filePath: "/bin/false"))
            await #expect(throws: MachineError.probeFailed(said: "exit status 1")) { try await probe.measure() }
        }
    }
}

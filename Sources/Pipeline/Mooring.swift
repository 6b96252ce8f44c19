import Evidence
import Foundation
import Image
import Kernel
import Machine
import Targets

/// A guest that is ready to be booted, and the run that keeps what it leaves.
struct Mooring: Sendable {
    let berth: Berth
    let run: RunDirectory
    /// The name of the mutant it boots; nil where it boots none.
    var mutant: String?
    /// Whether the run is one of many, in the folder of a test.
    var isOneOfMany = false

    /// Where its results disk lies until it was read.
    var disk: URL { run.folder(of: berth.guest).appending(path: "results.img") }

    /// The machine that `description` asks for, with this kernel in it.
    func machine(_ description: MachineDescription, _ host: Host) -> MachineSpec {
        let words = Self.words(berth.guest, in: isOneOfMany ? run.url : nil)
        return MachineSpec(
            name: words.joined(separator: "-"), machine: description, kernel: berth.build.bzImage,
            initrd: berth.image.file, results: disk, console: run.console(of: berth.guest),
            accelerator: berth.plan.nanosecondsPerInstruction == nil ? host.accelerator.kind : .tcg,
            countsInstructions: berth.plan.nanosecondsPerInstruction != nil, emulator: host.emulator)
    }

    /// What tells a guest from all others that may run: those of one run, or of the tests of which `run` is a part.
    static func words(_ guest: GuestName, in run: URL?) -> [String] {
        [guest.description.replacing(" ", with: "-")] + (run.map { [$0.lastPathComponent] } ?? [])
    }
}

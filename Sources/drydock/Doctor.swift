import ArgumentParser
import Files
import Foundation
import HostTools
import Machine
import Results
import Runs

/// `drydock doctor`.
struct Doctor: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Say what this host can do, and what it lacks.",
        discussion: """
            `ok`: it is there. `LACK`: it is missing, and every test needs it. `no`: it is missing, but only some tests
            need it. Exit status 69 if anything is LACK.
            """)

    @Option(help: ArgumentHelp("The libvirt connection to try; by default a private one.", valueName: "uri"))
    var connect: String?

    @OptionGroup var common: CommonOptions

    /// One thing that was checked.
    private struct Finding: Encodable {
        let subject: String
        let isFine: Bool
        /// Whether nothing can be tested without it.
        let isNeeded: Bool
        let detail: String

        init(_ subject: String, isFine: Bool = true, isNeeded: Bool = true, _ detail: String) {
            self.subject = subject
            self.isFine = isFine
            self.isNeeded = isNeeded
            self.detail = detail
        }

        /// The result of `look`, or the error that it throws.
        init(_ subject: String, isNeeded: Bool = true, _ look: () async throws -> String) async {
            do {
                self.init(subject, isNeeded: isNeeded, try await look())
            } catch {
                self.init(subject, isFine: false, isNeeded: isNeeded, "\(error)")
            }
        }

        var word: String { isFine ? "ok" : isNeeded ? "LACK" : "no" }
    }

    private static let tools = [
        ("gcc", "builds kernels"), ("make", "builds kernels"), ("flex", "builds kernels"), ("bison", "builds kernels"),
        ("bc", "builds kernels"), ("ld", "builds kernels"), ("flock", "keeps two drydocks apart"),
        ("curl", "downloads sources"), ("git", "gets sources from repositories"), ("patch", "applies the series"),
        ("musl-gcc", "builds the guest's programs"),
        ("cpio", "packs the initramfs"), ("qemu-system-x86_64", "runs the guests"),
        ("supermin", "builds libguestfs's appliance"),
    ]
    private static let otherTools = [
        ("rpmbuild", "source RPMs cannot be tested"),
        ("ccache", "a second clean build takes as long as the first"),
    ]

    /// About the size of a source, two trees with their objects and the images of a target; and of a run with its
    /// consoles.
    private static let (cacheMiB, runsMiB) = (4096, 512)

    func run() async throws {
        let workspace = try common.workspace()
        var findings = Self.tools.map { name, purpose in
            let path = HostTool(name).path
            return Finding(
                name, isFine: path != nil, path ?? "missing (it \(purpose)); `make setup` installs it")
        }
        findings += Self.otherTools.map { name, without in
            let path = HostTool(name).path
            return Finding(
                name, isFine: path != nil, isNeeded: false, path ?? "not here: \(without); `make setup` installs it")
        }
        findings += await machine(workspace)
        findings.append(Self.appliance)
        findings.append(await Finding("libguestfs") { try ResultsReader.libraryVersion() })
        findings.append(Finding("checkout", workspace.root.path))
        findings.append(Self.room("cache", workspace.cache, needed: Self.cacheMiB, option: "--cache"))
        findings.append(Self.room("runs", workspace.runs, needed: Self.runsMiB, option: "--runs"))
        try present(findings)
        if findings.contains(where: { !$0.isFine && $0.isNeeded }) { throw ExitStatus.couldNotJudge }
    }

    private func machine(_ workspace: Workspace) async -> [Finding] {
        let connect = connect
        return [
            await Finding("accelerator") {
                let accelerator = try await GuestHost.survey(workspace).accelerator
                return "\(accelerator.kind.rawValue.uppercased()): \(accelerator.reason)"
            },
            await Finding("deterministic", isNeeded: false) {
                let emulator = try await GuestHost.deterministicEmulator(workspace)
                return "QEMU \(emulator.version) at \(emulator.program.path)"
            },
            await Finding("libvirt") {
                try await GuestHost.withHypervisor(at: connect, workspace) { hypervisor in
                    "\(Hypervisor.libraryVersion) at \(hypervisor.uri), QEMU \(try await hypervisor.version())"
                }
            },
        ]
    }

    /// libguestfs's appliance boots a kernel of this host, which only root may read on some distributions.
    private static var appliance: Finding {
        let kernels = ((try? FileManager.default.contentsOfDirectory(atPath: "/boot")) ?? []).filter {
            $0.hasPrefix("vmlinuz")
        }.sorted()
        if let kernel = kernels.last(where: { access("/boot/\($0)", R_OK) == 0 }) {
            return Finding("appliance", kernel)
        }
        guard let kernel = kernels.last else {
            return Finding(
                "appliance", isFine: false, "no kernel in /boot for libguestfs's appliance; `make setup` installs one")
        }
        return Finding(
            "appliance", isFine: false,
            "/boot/\(kernel) is not readable for you, but libguestfs's appliance boots it; "
                + "`sudo chmod a+r /boot/\(kernel)` fixes this")
    }

    /// Whether files can be made in `directory`, or in the nearest existing directory above it, and there is enough
    /// room.
    private static func room(_ subject: String, _ directory: URL, needed: Int, option: String) -> Finding {
        var place = directory.standardizedFileURL
        while access(place.path, F_OK) != 0, place.path != "/" { place.deleteLastPathComponent() }
        // To ask for rights is not enough, because root has all of them even on a file system that accepts no files.
        do throws(FileError) {
            try Files.remove(try Files.createTemporary(in: place, named: ".drydock"))
        } catch {
            return Finding(
                subject, isFine: false,
                "\(directory.path) cannot be written to: \(place.path): \(error.reason); "
                    + "give another directory with \(option)")
        }
        guard let free = HostProcessors.freeBytes(at: place).map({ $0 >> 20 }) else {
            return Finding(subject, directory.path)
        }
        return Finding(
            subject, isFine: free >= needed,
            free >= needed
                ? "\(directory.path), \(free) MiB free"
                : "\(directory.path) has \(free) MiB free, but a test takes up to \(needed) MiB; "
                    + "free some space, or give another directory with \(option)")
    }

    private func present(_ findings: [Finding]) throws {
        if common.json { return try printJSON(findings) }
        let width = findings.map(\.subject.count).max() ?? 0
        for finding in findings {
            let subject = finding.subject.padding(toLength: width + 2, withPad: " ", startingAt: 0)
            print("\(finding.word.padding(toLength: 6, withPad: " ", startingAt: 0))\(subject)\(finding.detail)")
        }
    }
}

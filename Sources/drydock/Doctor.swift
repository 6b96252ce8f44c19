import ArgumentParser
import Foundation
import HostTools
import Machine
import Pipeline
import Results

/// `drydock doctor`.
struct Doctor: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Say what this host can do, and what it lacks.",
        discussion: "Exit status 69 where something is missing that a test needs.")

    @Option(help: ArgumentHelp("The libvirt connection to try; by default a private one.", valueName: "uri"))
    var connect: String?

    @OptionGroup var common: CommonOptions

    /// One thing that was looked at.
    private struct Finding: Encodable {
        let subject: String
        let isFine: Bool
        let detail: String
    }

    /// What a test cannot do without, and what it is for.
    private static let tools = [
        ("gcc", "builds kernels"), ("make", "builds kernels"), ("flex", "builds kernels"), ("bison", "builds kernels"),
        ("bc", "builds kernels"), ("ld", "builds kernels"), ("flock", "keeps two drydocks apart"),
        ("rpmbuild", "prepares source RPMs"), ("curl", "downloads sources"),
        ("git", "takes sources out of repositories"), ("patch", "applies the series"),
        ("musl-gcc", "builds the guest's programs"),
        ("cpio", "packs the initramfs"), ("qemu-system-x86_64", "runs the guests"),
        ("supermin", "builds libguestfs's appliance"),
    ]

    func run() async throws {
        let workspace = try common.workspace()
        var findings = Self.tools.map { name, purpose in
            let path = HostTool(name).path
            return Finding(
                subject: name, isFine: path != nil, detail: path ?? "missing (\(purpose)); `make setup` installs it")
        }
        findings.append(
            Finding(
                subject: "ccache", isFine: true,
                detail: HostTool("ccache").path ?? "not here; a second clean build takes as long as the first"))
        findings += await machine(workspace)
        let kernels = ((try? FileManager.default.contentsOfDirectory(atPath: "/boot")) ?? []).filter {
            $0.hasPrefix("vmlinuz") && FileManager.default.isReadableFile(atPath: "/boot/\($0)")
        }
        findings.append(
            Finding(
                subject: "appliance", isFine: !kernels.isEmpty,
                detail: kernels.max()
                    ?? "no readable kernel in /boot for libguestfs's appliance; `make setup` installs one"))
        findings.append(await Self.finding("libguestfs") { try ResultsReader.libraryVersion() })
        findings.append(Finding(subject: "checkout", isFine: true, detail: workspace.root.path))
        findings.append(Finding(subject: "cache", isFine: true, detail: workspace.cache.path))
        findings.append(Finding(subject: "runs", isFine: true, detail: workspace.runs.path))
        try present(findings)
        if findings.contains(where: { !$0.isFine }) { throw ExitStatus.couldNotJudge }
    }

    private func machine(_ workspace: Workspace) async -> [Finding] {
        let connect = connect
        return [
            await Self.finding("accelerator") {
                let accelerator = try await Host.survey(workspace).accelerator
                return "\(accelerator.kind.rawValue.uppercased()): \(accelerator.reason)"
            },
            await Self.deterministic(workspace),
            await Self.finding("libvirt") {
                try await Host.withHypervisor(at: connect, workspace) { hypervisor in
                    "\(Hypervisor.libraryVersion) at \(hypervisor.uri), QEMU \(try await hypervisor.version())"
                }
            },
        ]
    }

    /// Only --deterministic needs it, so that it is missing is no lack of the host.
    private static func deterministic(_ workspace: Workspace) async -> Finding {
        do {
            let emulator = try await Host.deterministicEmulator(workspace)
            return Finding(
                subject: "deterministic", isFine: true, detail: "QEMU \(emulator.version) at \(emulator.program.path)")
        } catch {
            return Finding(subject: "deterministic", isFine: true, detail: "not here: \(error)")
        }
    }

    private static func finding(_ subject: String, _ look: () async throws -> String) async -> Finding {
        do {
            return Finding(subject: subject, isFine: true, detail: try await look())
        } catch {
            return Finding(subject: subject, isFine: false, detail: "\(error)")
        }
    }

    private func present(_ findings: [Finding]) throws {
        if common.json { return try printJSON(findings) }
        let width = findings.map(\.subject.count).max() ?? 0
        for finding in findings {
            let subject = finding.subject.padding(toLength: width + 2, withPad: " ", startingAt: 0)
            print("\(finding.isFine ? "ok  " : "LACK")  \(subject)\(finding.detail)")
        }
    }
}

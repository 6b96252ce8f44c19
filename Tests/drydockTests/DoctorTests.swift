import Foundation
import HostTools
import Testing

@Suite struct DoctorTests {
    let command: Command

    init() throws { command = try Command() }

    private struct Finding: Decodable {
        let subject: String
        let isFine: Bool
        let isNeeded: Bool
        let detail: String
    }

    private func finding(_ subject: String, _ options: String...) async throws -> (Finding, ToolStatus) {
        let result = try await HostTool(try Command.program.path).run(
            ["doctor", "--json", "--root", command.folder.path] + options)
        let findings = try JSONDecoder().decode([Finding].self, from: Data(result.output.utf8))
        return (try #require(findings.first { $0.subject == subject }), result.status)
    }

    @Test("a cache and runs that cannot be made are red, with what to do", arguments: ["cache", "runs"])
    func unwritable(_ subject: String) async throws {
        // Nobody can make anything there.
        let (finding, status) = try await finding(subject, "--\(subject)", "/proc/drydock")
        #expect(!finding.isFine)
        #expect(finding.detail.contains("/proc/drydock cannot be written to"), "\(finding.detail)")
        #expect(finding.detail.contains("--\(subject)"))
        #expect(status == .exited(69))
    }

    @Test(
        "too little room is red",
        .enabled("this user cannot mount a file system of its own", SmallDisk.canBeMade))
    func tooLittleRoom() async throws {
        let place = command.folder.appending(path: "small").path
        let result = try await HostTool("bash").run([
            "-c", #"exec \#(SmallDisk.command(at: "$2", size: "4m")) "$0" doctor --root "$1" --cache "$2""#,
            try Command.program.path, command.folder.path, place,
        ])
        #expect(result.status == .exited(69))
        let line = result.lines.first { $0.contains(place) && $0.contains("cache") } ?? result.output
        #expect(line.hasPrefix("LACK"), "\(line)")
        #expect(line.contains("MiB free, but a test takes up to"), "\(line)")
    }

    @Test("if only some tests need it, it is not LACK")
    func optional() async throws {
        for subject in ["rpmbuild", "ccache", "deterministic"] {
            #expect(try await finding(subject).0.isNeeded == false)
        }
        #expect(try await finding("gcc").0.isNeeded)
    }
}

import Foundation
import HostTools
import Testing

/// What every workload shares, `images/workloads/lib`, compiled with the real musl-gcc and run on this host.
@Suite struct WorkloadHeaderTests {
    private static let headers = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "images/workloads/lib")

    /// Runs a workload with this body of `main`.
    private func run(_ body: String, outside: String = "", including header: String = "ktap.h") async throws
        -> ToolResult
    {
        let folder = try TemporaryFolder()
        let program = folder.url.appending(path: "workload").path
        try folder.write(
            "#include \"\(header)\"\n\(outside)\nint main(int argc, char **argv) { ktap_start(argc, argv); \(body) }",
            to: "workload.c")
        let compiled = try await HostTool("musl-gcc").run([
            "-static", "-O2", "-std=gnu99", "-pthread", "-I", Self.headers.path, "-o", program,
            folder.url.appending(path: "workload.c").path,
        ])
        #expect(compiled.status == .exited(0), "\(compiled.tail())")
        return try await HostTool(program).run(["--seed", "1"])
    }

    @Test func whatWasNotMetIsNoFailure() async throws {
        let result = try await run(
            "ktap_plan(1); check(1, \"holds\"); unmet(\"CPU 1 ran in none of %d rounds\", 7); return ktap_end();")
        #expect(result.status == .exited(3))
        #expect(result.lines.contains("# unmet: CPU 1 ran in none of 7 rounds"))
    }

    @Test func aFailureOutranksWhatWasNotMet() async throws {
        let result = try await run("ktap_plan(1); unmet(\"nothing\"); check(0, \"holds\"); return ktap_end();")
        #expect(result.status == .exited(1))
    }

    @Test func aPlannedCheckThatWasNotMetIsMadeAllTheSame() async throws {
        let result = try await run("ktap_plan(1); unmet(\"nothing\"); unmet_check(\"holds\"); return ktap_end();")
        #expect(result.status == .exited(3))
        #expect(result.lines.contains("ok 1 holds # SKIP not met"))
    }

    /// With CPUs that take turns, as QEMU may execute them, and with threads that sleep for each other.
    @Test(arguments: ["unsetenv", "setenv"]) func whoMeetsIsNeverARoundAhead(_ call: String) async throws {
        let arguments = call == "setenv" ? "\"DRYDOCK_TRACE_PORT\", \"234\", 1" : "\"DRYDOCK_TRACE_PORT\""
        let result = try await run(
            """
            pthread_t thread;
            \(call)(\(arguments));
            ktap_plan(1);
            start_thread(&thread, other, NULL);
            go_round(0);
            end_thread(thread);
            check(apart == 0, "both are in the same round");
            return ktap_end();
            """,
            outside: """
                static struct meeting begin, end;
                static volatile unsigned rounds[2], apart;
                static void go_round(int self)
                {
                    while (rounds[self] < 300) {
                        rounds[self]++;
                        meet(&begin);
                        __sync_fetch_and_add(&apart, rounds[0] != rounds[1]);
                        meet(&end);
                    }
                }
                static void *other(void *unused)
                {
                    go_round(1);
                    return unused;
                }
                """,
            including: "race.h")
        #expect(result.status == .exited(0), "\(result.tail())")
    }
}

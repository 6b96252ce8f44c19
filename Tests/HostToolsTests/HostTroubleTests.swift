import HostTools
import Testing

struct HostTroubleTests {
    /// As gcc 12, binutils 2.40, make 4.3, dash, bash, GNU patch and coreutils print them.
    @Test(
        arguments: [
            ("/tmp/ccX.s: Assembler messages:", nil),
            (
                "{standard input}: Fatal error: can't write 45 bytes to section .text of mm/mmap.o: 'No space left on device'",
                .noSpace
            ),
            ("cc1: fatal error: error writing to /tmp/ccnsS6.s: No space left on device", .noSpace),
            ("/usr/bin/ld: final link failed: No space left on device", .noSpace),
            ("mm/mmap.c:1: fatal error: opening dependency file mm/.mmap.o.d: No space left on device", .noSpace),
            ("/bin/sh: 1: echo: write error: No space left on device", .noSpace),
            ("patch: **** Can't create file mm/mmap.c.o : No space left on device", .noSpace),
            ("cat: write error: Disk quota exceeded", .noSpace),
            ("mm/mmap.o: Fatal error: can't close mm/mmap.o: File too large", .fileSizeLimit),
            ("gcc: fatal error: File size limit exceeded signal terminated program as", .fileSizeLimit),
            ("cc1: out of memory allocating 65536 bytes after a total of 1 bytes", .noMemory),
            ("virtual memory exhausted: Cannot allocate memory", .noMemory),
            ("as: virtual memory exhausted", .noMemory),
            ("/bin/sh: 1: Cannot fork", .noProcess),
            ("make: fork: Resource temporarily unavailable", .noProcess),
            ("bash: fork: retry: Resource temporarily unavailable", .noProcess),
            ("gcc: fatal error: cannot execute 'cc1': vfork: Cannot allocate memory", .noMemory),
            ("mm/mmap.c:7:10: fatal error: linux/mm.h: Too many open files", .noDescriptor),
            ("gcc: fatal error: Killed signal terminated program cc1", .killed),
            ("gcc: internal compiler error: Killed (program cc1)", .killed),
            ("collect2: fatal error: ld terminated with signal 9 [Killed]", .killed),
            ("make[1]: *** [Makefile:21: mm/mmap.o] Killed", .killed),
            ("Killed", .killed),
            ("mm/mmap.c:9:1: fatal error: include/linux/mm.h: Input/output error", .disk),
            ("Cannot create temporary file in /nowhere/: No such file or directory", .noTemporaryFolder),
            ("gcc: fatal error: cannot execute 'cc1': execvp: No such file or directory", .noProgram),
            ("/bin/sh: 1: printf: printf: I/O error", .disk),
            ("mawk: write failure (No space left on device)", .noSpace),
            (
                "gcc: internal compiler error: CPU time limit exceeded signal terminated program cc1",
                .processorTimeLimit
            ),
            ("gcc: fatal error: Hangup signal terminated program cc1", .killed),
            ("gcc: fatal error: Interrupt signal terminated program cc1", .killed),
            ("make[2]: *** [scripts/Makefile.build:250: mm/mmap.o] Error 129", .killed),
            ("make: *** [Makefile:9: x] Error 130", .killed),
            ("make[1]: *** [Makefile:21: mm/mmap.o] Error 152", .processorTimeLimit),
            ("make[1]: *** [Makefile:21: mm/mmap.o] Alarm clock", .killed),
            ("ccache: error: Failed to create directory /root/.cache/ccache/tmp: Permission denied", .compilerCache),
            ("ccache: error: /etc/ccache.conf:1: invalid size: \"banana\"", .compilerCache),
            ("/bin/sh: 1: cat: not found", .noProgram),
            ("bash: line 3: perl: command not found", .noProgram),
            ("/bin/sh: line 1: bc: command not found", .noProgram),
            // What a patch does.
            ("gcc: internal compiler error: Segmentation fault signal terminated program cc1", nil),
            ("make[1]: *** [Makefile:21: mm/mmap.o] Error 139", nil),
            ("make[1]: *** [Makefile:21: mm/mmap.o] Error 2", nil),
            ("ld: cannot find -lbanana: No such file or directory", nil),
            ("mm/mmap.c:3:2: error: #error sh: 1: cat: not found", nil),
            ("mm/mmap.c:30:9: error: 'six' undeclared (first use in this function)", nil),
            ("mm/mmap.c:3:2: error: #error No space left on device", nil),
            ("   30 | \tprintk(\"Killed", nil),
            ("|Subject: say: No space left on device", nil),
            ("make[1]: *** [Makefile:21: mm/mmap.o] Error 1", nil),
            ("ld: mm/mmap.o: undefined reference to `Killed'", nil),
            ("  CC      drivers/Killed", nil),
            ("mm/oom.c:12:3: warning: Killed", nil),
        ] as [(String, HostTrouble?)])
    func aLineOfAProgram(_ line: String, _ trouble: HostTrouble?) async throws {
        let result = try await HostTool("sh").run(["-c", #"printf '%s\n' "$0"; exit 2"#, line])
        #expect(result.hostTrouble?.trouble == trouble)
    }

    /// As gcc 4.8 prints it: the line below a diagnostic is the source's, and the one above must not hide what comes later.
    @Test func gccBeforeNineShowsSourceWithoutAMargin() async throws {
        let lines = [
            "mm/mmap.c:3:9: error: 'six' undeclared", "  msg = \"x: No space left on device\"", "         ^",
            "mm/mmap.c:4:9: warning: unused",
        ]
        func trouble(_ lines: [String]) async throws -> HostTrouble? {
            try await HostTool("sh").run(["-c", #"printf '%s\n' "$@"; exit 2"#, "sh"] + lines).hostTrouble?.trouble
        }
        #expect(try await trouble(lines) == nil)
        #expect(try await trouble(lines + ["cc1: fatal error: error writing: No space left on device"]) == .noSpace)
    }

    @Test func aProgramThatSucceedsHadNoTrouble() async throws {
        #expect(try await HostTool("echo").run(["Killed"]).hostTrouble == nil)
    }

    @Test func aProgramThatWasKilledIsTheHosts() async throws {
        #expect(try await HostTool("sh").run(["-c", "kill -9 $$"]).hostTrouble?.trouble == .killed)
    }
}

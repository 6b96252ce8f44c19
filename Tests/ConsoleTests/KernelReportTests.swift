import Console
import Evidence
import Testing

/// What is a report on a console, of what kind, and of which function.
@Suite struct KernelReportTests {
    private func reports(_ console: String) -> [FindingHeadline] {
        var headlines: [FindingHeadline] = []
        KernelReport.forEach(in: ConsoleLine.all(in: console), markers: []) { headlines.append($0.headline) }
        return headlines
    }

    @Test(
        "what no text of the catalogue knows is still noticed",
        arguments: [
            ("alignment check: 0000 [1] SMP ", FindingKind.oops),
            ("glued to itsegment-related general protection fault: e030 [#12] SMP", .oops),
            ("------------[ cut here ]------------\nan entirely new complaint", .warning),
            ("text\n---[ end trace 4b1d ]---", .warning),
            ("WARNING: [count < 0] mm/mmap.c:12 at exit_mmap+0x1/0x2, CPU#0: a/1", .warning),
            ("doneBUG: something new", .bug),
            ("okok BUG kmalloc-64 (Not tainted): Poison overwritten", .memoryCorruption),
            ("BUG kmalloc-64: Redzone overwritten", .memoryCorruption),
            ("ok 1 abcBad pte = 00012345, process = foo, vm_flags = 100073, vaddr = 2aaaa000", .memoryCorruption),
            ("[    2.100000] EXT2-fs (sda): error: ext2_get_inode: bad inode number: 1", .fileSystemError),
            ("kernel stack overflow (double-fault): 0000 [#1] SMP", .oops),
            ("Jan  1 00:00:00 host kernel: WARNING: CPU: 0 PID: 1 at mm/mmap.c:12 foo+0x1/0x2", .warning),
        ])
    func catchAll(console: String, kind: FindingKind) { #expect(reports(console).map(\.kind) == [kind]) }

    @Test(
        "ordinary lines are quiet",
        arguments: [
            "Kernel command line: BUG: oops=panic", "dmesg DEBUG: mapped", "irq 14 is shared [1]",
            "[    1.000000] a[1] b",
            "Linux version 6.1.0 (Kernel panic - not syncing)", "swap: 12 Bad swapfiles were removed",
            "EXT2-fs: mounted (device sda)", "pte at 0x12 is bad", "note: notifier[84] exited",
            "memory leak checks: on",
            "unreferenced objects are freed", "kmemleak: Kernel memory leak detector initialized",
            "VFS: Mounted root (ext2 filesystem)", "page allocation: order 0", "WARNING: the clock may be slow",
            "softirq entered", "smp: csd: lock debugging on", "DEBUG x: BUGS found: none", "PANIC settings: reboot",
            "---[ end of text",
        ])
    func quiet(line: String) { #expect(reports(line).isEmpty) }

    @Test func aReportKnownByItsTextIsNotCountedAgainForItsFrame() {
        let console = """
            ------------[ cut here ]------------
            kernel BUG at mm/mmap.c:3661!
            invalid opcode: 0000 [#1] SMP
            Call Trace:
             mm_take_all_locks+0x1/0x2
            ---[ end trace 1 ]---
            """
        #expect(reports(console).map(\.kind) == [.bug])
    }

    @Test(
        "the function is the caller of the helper that found the trouble",
        arguments: [
            (
                "BUG: KASAN: use-after-free in memcmp+0x1/0x2\nCall Trace:\n dump_stack+0x1/0x2\n memcmp+0x1/0x2\n"
                    + " anon_vma_clone+0x1/0x2", "anon_vma_clone"
            ),
            (
                "INFO: task a:1 blocked for more than 20 seconds.\nCall Trace:\n __schedule+0x1/0x2\n schedule+0x1/0x2\n"
                    + " rwsem_down_write_slowpath+0x1/0x2\n mm_take_all_locks+0x1/0x2", "mm_take_all_locks"
            ),
            (
                "WARNING: possible circular locking dependency detected\na/1 is trying to acquire lock:\n"
                    + "(&anon_vma->rwsem){++++}, at: [<ffff>] mm_take_all_locks+0x1/0x2\nbut task is already holding lock:\n"
                    + "(&mapping->rwsem){++++}, at: [<ffff>] vma_adjust+0x1/0x2", "mm_take_all_locks"
            ),
            (
                "BUG: using smp_processor_id() in preemptible [0] code: a/1\ncaller is __this_cpu_preempt_check+0x1/0x2\n"
                    + "Call Trace:\n dump_stack+0x1/0x2\n __this_cpu_preempt_check+0x1/0x2\n ? f+0x1/0x2\n g+0x1/0x2",
                "g"
            ),
            (
                "BUG: soft lockup - CPU#0 stuck for 11s! [a:1]\nRIP: 0010:_raw_spin_lock+0x1/0x2\nCall Trace:\n"
                    + " vma_adjust+0x1/0x2\n mprotect_fixup+0x1/0x2\n sys_mprotect+0x1/0x2\n do_syscall_64+0x1/0x2",
                "sys_mprotect"
            ),
            (
                "INFO: rcu_sched self-detected stall on CPU\nrcu_sched R running\nCall Trace:\n rcu_gp_kthread+0x1/0x2\n"
                    + "NMI backtrace for cpu 1\nCall Trace:\n <IRQ>\n print_cpu_stall+0x1/0x2\n apic_timer_interrupt+0x1/0x2\n"
                    + " </IRQ>\nRIP: 0010:native_safe_halt+0x1/0x2\n f+0x1/0x2\n sys_read+0x1/0x2\n vfs_read+0x1/0x2",
                "sys_read"
            ),
            (
                "WARNING: CPU: 0 PID: 1 at mm/a.c:1 kmalloc_slab+0x1/0x2\nKernel panic - not syncing: panic_on_warn set ...\n"
                    + "Call Trace:\n dump_stack+0x1/0x2\n panic+0x1/0x2\n __warn+0x1/0x2\nRIP: 0010:kmalloc_slab+0x1/0x2\n"
                    + "RAX: 0\n notifier_alloc+0x1/0x2", "notifier_alloc"
            ),
        ])
    func function(console: String, function: String) { #expect(reports(console).first?.function == function) }

    @Test func whereACPUIsStuckIsSaidTooBecauseItChanges() {
        let console = """
            BUG: soft lockup - CPU#0 stuck for 11s! [a:1]
            RIP: 0010:_raw_spin_lock+0x1/0x2
            Call Trace:
             vma_adjust+0x1/0x2
             sys_mprotect+0x1/0x2
             do_syscall_64+0x1/0x2
            """
        #expect(reports(console).map(\.words) == ["soft lockup in sys_mprotect, at vma_adjust"])
    }
}

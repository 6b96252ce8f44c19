import Evidence

/// The texts with which kernels from 2.6.18 to 6.1 report trouble; the first entry that matches a line decides.
///
/// The texts are those of the kernels' own printk calls. Any other message that begins with `BUG: ` is a BUG by the
/// last entries. Both the watch over a running guest and the judge of its console use these entries.
package enum ReportCatalogue {
    package static let patterns: [ReportPattern] = deaths + lockups + locking + memory + complaints + remaining

    /// The first pattern that matches, and the part of the line that is the report.
    package static func match(_ line: ConsoleLine) -> (pattern: ReportPattern, text: Substring)? {
        let candidates = index.candidates(in: line.text)
        guard !candidates.isEmpty, !line.isOrdinary else { return nil }
        let starts = line.messageStarts
        for candidate in candidates {
            if let text = patterns[candidate].match(line, starts) { return (patterns[candidate], text) }
        }
        return nil
    }

    private static let index = PatternIndex(patterns)

    private static let deaths: [ReportPattern] = [
        .holds(
            .panic, "Kernel panic", "corrupted stack end",
            example: "Kernel panic - not syncing: corrupted stack end detected inside scheduler",
            places: [.anchor, .trace]),
        .holds(
            .panic, "Kernel panic - not syncing", example: "Kernel panic - not syncing: Fatal exception in interrupt"),
        .holds(.panic, "Kernel panic: ", example: "Kernel panic: Aiee, killing interrupt handler!"),
        // From the decompressor, before there is a kernel that can panic.
        .holds(.panic, "-- System halted", example: " -- System halted", oneLine: true),
        .holds(.panic, "PANIC: double fault", example: "traps: PANIC: double fault, error_code: 0x0"),
        .starts(.panic, "PANIC: ", example: "PANIC: early exception 0x0e IP 10:ffffffff81a2d2a5 error 0 cr2 0x0"),
        .holds(
            .oops, "BUG: kernel NULL pointer dereference",
            example: "BUG: kernel NULL pointer dereference, address: 0000000000000010"),
        .holds(
            .oops, "BUG: unable to handle",
            example: "BUG: unable to handle page fault for address: ffffffffdeadbeef"),
        .holds(
            .oops, "Unable to handle kernel",
            example: "Unable to handle kernel NULL pointer dereference at 0000000000000008 RIP: "),
        .starts(
            .oops, "Oops: ", example: "Oops: 0002 [#1] PREEMPT SMP NOPTI", continues: true),
        .starts(
            .oops, "invalid opcode: ", example: "invalid opcode: 0000 [1] SMP ", continues: true),
        .starts(
            .oops, "general protection fault", example: "general protection fault: 0000 [1] SMP ", continues: true),
        .starts(.oops, "divide error: ", example: "divide error: 0000 [#1] SMP", continues: true),
        .starts(.oops, "double fault: ", example: "double fault: 0000 [1] SMP", continues: true),
        .starts(.oops, "stack segment: ", example: "stack segment: 0000 [1] SMP", continues: true),
        .starts(.oops, "int3: ", example: "int3: 0000 [#1] SMP", continues: true),
        .holds(
            .oops, "stack guard page was hit",
            example:
                "BUG: TASK stack guard page was hit at 00000000c2a2d2a5 (stack is 000000005d6c0d5a..0000000007f00dc1)"),
        .holds(
            .oops, "Corrupted page table at address",
            example: "notifier: Corrupted page table at address 7f2a0c000000"),
        .holds(
            .oops, "Fixing recursive fault but reboot is needed",
            example: "Fixing recursive fault but reboot is needed!", outlook: .mayBeStuck, oneLine: true),
        .holds(
            .oops, "Recursive die() failure", example: "Recursive die() failure, output suppressed", places: [],
            oneLine: true),
        .holds(.bug, "ernel BUG at ", example: "kernel BUG at mm/mmap.c:3661!"),
    ]

    private static let lockups: [ReportPattern] = [
        .holds(
            .softLockup, "BUG: soft lockup",
            example: "watchdog: BUG: soft lockup - CPU#1 stuck for 26s! [notifier:84]"),
        .holds(
            .hardLockup, "Watchdog detected hard LOCKUP",
            example: "watchdog: Watchdog detected hard LOCKUP on cpu 0"),
        .holds(.hardLockup, "NMI Watchdog detected LOCKUP", example: "NMI Watchdog detected LOCKUP on CPU 0"),
        .holds(
            .workqueueLockup, "BUG: workqueue lockup",
            example: "BUG: workqueue lockup - pool cpus=0 node=0 flags=0x0 nice=0 stuck for 31s!"),
        .holds(
            .spinlockLockup, "BUG: ", "lockup on CPU#",
            example: "BUG: spinlock lockup on CPU#0, notifier/412, ffff81000e0b2c40"),
        .holds(
            .spinlockLockup, "BUG: ", "lockup suspected on CPU#",
            example: "BUG: spinlock lockup suspected on CPU#1, notifier/412"),
        .holds(
            .spinlockLockup, "non-responsive CSD lock",
            example: "smp: csd: Detected non-responsive CSD lock (#1) on CPU#1, waiting 5000000042 ns for CPU#00"),
        .holds(
            .hungTask, "INFO: task ", "blocked for more than",
            example: "INFO: task notifier:84 blocked for more than 20 seconds."),
        .holds(
            .rcuStall, "INFO: rcu_", "detected", "stall",
            example: "rcu: INFO: rcu_preempt detected stalls on CPUs/tasks:"),
        .holds(
            .rcuStall, "RCU detected CPU", "stall",
            example: "INFO: RCU detected CPU 0 stall (t=4294900742/10000 jiffies)"),
    ]

    private static let locking: [ReportPattern] = [
        lockdep("possible circular locking dependency detected"),
        lockdep("possible recursive locking detected"),
        lockdep("inconsistent lock state"),
        lockdep("possible irq lock inversion dependency detected"),
        .holds(
            .lockdep, "-unsafe lock order detected",
            example: "[ INFO: hard-safe -> hard-unsafe lock order detected ]"),
        lockdep("bad unlock balance detected!"),
        lockdep("bad contention detected!"),
        lockdep("held lock freed!"),
        lockdep("lock held at task exit time!"),
        lockdep("Nested lock was not taken"),
        lockdep("chain_key collision"),
        .holds(.lockdep, "still has locks held!", example: "WARNING: notifier/84 still has locks held!"),
        lockdep("lock held when returning to user space!"),
        .holds(.lockdep, "suspicious RCU usage", example: "WARNING: suspicious RCU usage", places: [.trace]),
        .holds(
            .lockdep, "suspicious rcu_dereference", "usage",
            example: "[ INFO: suspicious rcu_dereference_check() usage. ]", places: [.trace], continues: true),
        .holds(.lockdep, "Invalid wait context", example: "[ BUG: Invalid wait context ]"),
        .holds(
            .lockdep, "INFO: trying to register non-static key", example: "INFO: trying to register non-static key."),
        .starts(.lockdep, "BUG: MAX_", "too low", example: "BUG: MAX_LOCK_DEPTH too low!"),
        .starts(
            .lockdep, "BUG: key ", "has not been registered",
            example: "BUG: key ffff8880042f1a18 has not been registered!", prologue: true),
        .starts(.lockdep, "[ INFO: ", " ]", example: "[ INFO: a lock report of another kernel ]"),
        .starts(.lockdep, "[ BUG: ", " ]", example: "[ BUG: circular locking deadlock detected! ]"),
        .holds(.lockMisuse, "BUG: spinlock ", example: "BUG: spinlock bad magic on CPU#0, notifier/84"),
        .holds(.lockMisuse, "BUG: rwlock ", example: "BUG: rwlock wrong owner on CPU#1, notifier/84, ffff8880042f1a18"),
    ]

    private static let memory: [ReportPattern] = [
        .holds(
            .listCorruption, "list_add corruption",
            example:
                "list_add corruption. next->prev should be prev (ffff88800400), but was 0000000000000000. (next=ffff88800440).",
            prologue: true),
        .holds(
            .listCorruption, "list_del corruption",
            example: "list_del corruption, ffff8880042f1a18->next is LIST_POISON1 (dead000000000100)", prologue: true),
        .holds(.memoryCorruption, "Bad page state", example: "BUG: Bad page state in process notifier  pfn:04a2b"),
        .holds(
            .memoryCorruption, "BUG: Bad page map",
            example: "BUG: Bad page map in process notifier  pte:800000000dead067 pmd:0412f067"),
        .holds(
            .memoryCorruption, "BUG: Bad page cache", example: "BUG: Bad page cache in process notifier  pfn:04a2b"),
        .holds(
            .memoryCorruption, "BUG: Bad rss-counter",
            example: "BUG: Bad rss-counter state mm:00000000a1b2c3d4 type:MM_FILEPAGES val:3", oneLine: true),
        .holds(
            .memoryCorruption, "BUG: non-zero ", "on freeing mm",
            example: "BUG: non-zero pgtables_bytes on freeing mm: 4096", oneLine: true),
        .holds(
            .memoryCorruption, "Eeek! page_mapcount", example: "Eeek! page_mapcount(page) went negative! (-1)",
            prologue: true),
        badEntry("pte"), badEntry("pmd"), badEntry("pud"), badEntry("p4d"), badEntry("pgd"),
        // All that 2.6.18 says of a corrupt page table.
        .holds(
            .memoryCorruption, "Bad pte = ", "vm_flags = ",
            example: "Bad pte = 80000000dead0067, process = notifier, vm_flags = 100073, vaddr = 2b0c4a000000"),
        .holds(
            .memoryCorruption, ": Bad swap ", example: "swap_dup: Bad swap file entry 2800000000001234", oneLine: true),
        .holds(
            .memoryCorruption, "swap_free: ", example: "swap_free: Unused swap offset entry 00001234", oneLine: true),
        .holds(
            .memoryCorruption, ": Unused swap ", example: "swap_info_get: Unused swap offset entry 00001234",
            oneLine: true),
        .holds(
            .memoryCorruption, "Slab corruption",
            example: "Slab corruption (Not tainted): size-64 start=ffff81000e0b2c40, len=64"),
        .holds(
            .memoryCorruption, "slab error in ",
            example:
                "slab error in cache_free_debugcheck(): cache `size-64': double free, or memory outside object was overwritten"
        ),
        .holds(
            .memoryCorruption, "Internal list corruption detected in cache",
            example: "slab: Internal list corruption detected in cache 'size-64'(59), slabp ffff81000e0b2c40(9).",
            prologue: true),
        .holds(
            .memoryCorruption, "slab: double free detected",
            example: "slab: double free detected in cache 'size-64', objp ffff81000e0b2c40", prologue: true),
        .holds(
            .memoryCorruption, "kfree_debugcheck: ", example: "kfree_debugcheck: out of range ptr deadbeefh.",
            prologue: true),
        .starts(.memoryCorruption, "pagealloc: ", example: "pagealloc: memory corruption"),
        .finds(.memoryCorruption, "BUG ", example: "BUG kmalloc-64 (Not tainted): Poison overwritten", ReportForm.slub),
        .holds(
            .memoryLeak, "unreferenced object 0x", example: "unreferenced object 0xffff8880042f1a18 (size 64):"),
        .holds(.memoryLeak, "BUG: memory leak", example: "BUG: memory leak", prologue: true),
        .holds(
            .memoryLeak, "kmemleak: ", "new suspected memory leaks",
            example: "kmemleak: 3 new suspected memory leaks (see /sys/kernel/debug/kmemleak)", oneLine: true),
        .holds(
            .bug, "VFS: Close: file count is 0", example: "VFS: Close: file count is 0", oneLine: true),
        .holds(
            .bug, "VFS: Busy inodes after unmount",
            example: "VFS: Busy inodes after unmount of ext2. Self-destruct in 5 seconds.  Have a nice day...",
            oneLine: true),
        .holds(
            .fileSystemError, "-fs (", "): error: ",
            example: "EXT2-fs (sda): error: ext2_get_inode: bad inode number: 1",
            oneLine: true),
        .holds(
            .fileSystemError, "-fs error (device ",
            example: "EXT2-fs error (device sda): ext2_check_page: bad entry in directory #2", oneLine: true),
        .holds(
            .fileSystemError, "XFS (", "): Internal error ",
            example: "XFS (sda): Internal error i != 1 at line 3661 of file fs/xfs/libxfs/xfs_btree.c."),
        .holds(
            .fileSystemError, "XFS (", "): Corruption ",
            example: "XFS (sda): Corruption of in-memory data (0x8) detected at xfs_defer_finish_noroll+0x3f1/0x5a0",
            oneLine: true),
        .holds(
            .addressSanitizer, "BUG: KASAN: ",
            example: "BUG: KASAN: use-after-free in mn_hlist_release+0x1a8/0x230"),
        .holds(
            .addressSanitizer, "BUG: KFENCE: ",
            example: "BUG: KFENCE: use-after-free read in mn_hlist_release+0x1a8/0x230"),
        .holds(.addressSanitizer, "BUG: KMSAN: ", example: "BUG: KMSAN: uninit-value in mn_hlist_release+0x1a8/0x230"),
        .holds(
            .addressSanitizer, "BUG: KCSAN: ",
            example: "BUG: KCSAN: data-race in mm_take_all_locks / unlink_anon_vmas"),
    ]

    private static let complaints: [ReportPattern] = [
        .holds(
            .sleepingInAtomic, "sleeping function called from invalid context",
            example: "BUG: sleeping function called from invalid context at kernel/locking/mutex.c:580"),
        .holds(
            .sleepingInAtomic, "BUG: assuming ", " context at",
            example: "BUG: assuming atomic context at kernel/time/timer.c:98"),
        .holds(
            .schedulingWhileAtomic, "scheduling while atomic",
            example: "BUG: scheduling while atomic: notifier/84/0x00000002"),
        .holds(
            .schedulingWhileAtomic, "scheduling from the idle thread",
            example: "bad: scheduling from the idle thread!"),
        .holds(.undefinedBehaviour, "UBSAN: ", " in ", example: "UBSAN: shift-out-of-bounds in mm/mmap.c:3661:12"),
        .holds(
            .outOfMemoryKill, ": Killed process ",
            example: "Out of memory: Killed process 84 (truncate) total-vm:262144kB, anon-rss:180000kB", oneLine: true),
        .holds(
            .outOfMemoryKill, ": Kill process ",
            example: "Out of memory: Kill process 84 (truncate) score 911 or sacrifice child", oneLine: true),
        .holds(.outOfMemoryKill, "VM: killing process ", example: "VM: killing process truncate", oneLine: true),
        .holds(
            .warning, "WARNING: CPU: ",
            example: "WARNING: CPU: 1 PID: 84 at mm/mmu_notifier.c:540 mmu_notifier_unregister+0x9e/0x140"),
        // With an old printk, text that was printed before without a line feed is in the same line.
        .holds(.warning, "WARNING: at ", example: "WARNING: at mm/mmu_notifier.c:540 mmu_notifier_unregister()"),
        .holds(
            .warning, "BUG: warning at ", example: "BUG: warning at mm/mmu_notifier.c:212/mmu_notifier_unregister()"),
        .holds(
            .warning, "BUG: warning: ",
            example: "BUG: warning: (count < 0) at mm/mmu_notifier.c:212/mmu_notifier_unregister()"),
        .holds(.warning, "Badness in ", example: "Badness in mmu_notifier_unregister at mm/mmu_notifier.c:212"),
        .holds(.warning, "Badness at ", example: "Badness at mm/mmu_notifier.c:212"),
        .holds(
            .warning, "WARNING: ", ".c:", " at ",
            example: "WARNING: [mm->map_count < 0] mm/mmap.c:3661 at exit_mmap+0x9e/0x140, CPU#1: notifier/84"),
        .holds(
            .warning, "WARNING: ", ".h:", " at ",
            example: "WARNING: ./include/linux/mmap_lock.h:71 at exit_mmap+0x9e/0x140, CPU#1: notifier/84"),
        .holds(
            .schedulingWhileAtomic, "note: ", " exited with irqs disabled",
            example: "note: notifier[84] exited with irqs disabled", continues: true, oneLine: true),
        .holds(.warning, "stack overflow: ", example: "do_IRQ: stack overflow: 512"),
        .holds(
            .warning, "near stack overflow",
            example: "do_IRQ: notifier near stack overflow (cur:ffff81000e0b2000,rsp:ffff81000e0b2100)"),
        .holds(
            .schedulingWhileAtomic, "note: ", " exited with preempt_count ",
            example: "note: notifier[84] exited with preempt_count 1", continues: true, oneLine: true),
        // A softirq, or a timer, which the kernel then dies of.
        .holds(
            .schedulingWhileAtomic, "huh, entered ", " with preempt_count ",
            example: "huh, entered softirq 3 ffffffff8100a2d5 with preempt_count 00000101, exited with 00000102?",
            prologue: true),
        .starts(
            .schedulingWhileAtomic, "initcall at ", "preemption imbalance",
            example: "initcall at 0xffffffff8046a1b2: mn_init+0x0/0x40(): returned with preemption imbalance",
            places: [.firstLine], oneLine: true),
        .holds(
            .warning, "WARNING: kernel stack ",
            example: "WARNING: kernel stack regs at 00000000a1b2c3d4 in notifier:84 has bad 'bp' value 0000000000000000"
        ),
        .holds(
            .warning, "irq ", ": nobody cared",
            example: "irq 14: nobody cared (try booting with the \"irqpoll\" option)", places: []),
        .holds(
            .warning, "irq event ", ": bogus return value", example: "irq event 14: bogus return value ffffffff",
            places: []),
        // With these the kernel prints a stack, and nothing that says that it is a warning.
        .holds(.warning, "low stack detected by irq handler", example: "low stack detected by irq handler"),
        .holds(
            .warning, "kmem_cache_create: duplicate cache", example: "kmem_cache_create: duplicate cache mn_cache"),
        .holds(
            .warning, "don't try to register things with the same name",
            example: "kobject_add failed for mn with -EEXIST, don't try to register things with the same name in the "
                + "same directory."),
        .holds(
            .warning, "sysfs: cannot create duplicate filename",
            example: "sysfs: cannot create duplicate filename '/kernel/mn'"),
        .holds(
            .warning, "idr_remove called for id=", example: "idr_remove called for id=12 which is not allocated."),
        .holds(
            .bug, "Attempt to kill tasklet from interrupt", example: "Attempt to kill tasklet from interrupt",
            oneLine: true),
    ]

    // Whatever the words are.
    private static let remaining: [ReportPattern] = [
        // The kernel counts its deaths in brackets: [#1], before 2.6.25 without the sign.
        .finds(.oops, "]", example: "alignment check: 0000 [#1] SMP", continues: true, ReportForm.dieHeader),
        .finds(
            .bug, "BUG: ", example: "BUG: using smp_processor_id() in preemptible [00000000] code: notifier/84",
            ReportForm.bug),
    ]

    private static func lockdep(_ words: String) -> ReportPattern {
        .holds(.lockdep, words, example: "WARNING: \(words)")
    }

    private static func badEntry(_ level: String) -> ReportPattern {
        .holds(
            .memoryCorruption, ": bad \(level) ",
            example: "mm/memory.c:112: bad \(level) ffff81000e0b2c40(00000000deadbeef).",
            oneLine: true)
    }
}

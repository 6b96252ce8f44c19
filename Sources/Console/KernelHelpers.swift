/// Functions that a report names although it is not about them: they find or report trouble, or do a small service for
/// whoever called them.
enum KernelHelpers {
    static func contains(_ name: String) -> Bool {
        let bare = String(decoding: name.utf8.drop { $0 == UInt8(ascii: "_") }, as: UTF8.self)
        return names.contains(bare) || startLengths.contains { starts.contains(String(bare.utf8.prefix($0)) ?? "") }
            || parts.contains(where: bare.holds)
    }

    /// Whether it hands work to others: a system call, an interrupt or a queue that calls whoever asked for it.
    static func dispatches(_ name: String) -> Bool {
        dispatchers.contains(name) || dispatcherStarts.contains(where: name.hasPrefix)
            || dispatcherParts.contains(where: name.holds)
    }

    /// The words of the text; the lines that begin with `#` are comments.
    private static func words(_ text: String) -> [String] {
        text.split(separator: "\n").filter { !$0.hasPrefix("#") }.flatMap { $0.split(separator: " ") }.map(String.init)
    }

    /// Without leading underscores, like `starts` and `parts`.
    private static let names = Set(
        words(
            """
            # Sleeping and waiting.
            barrier cond_resched const_udelay context_switch cpu_relax delay_tsc down io_schedule might_fault
            preempt_schedule rep_nop schedule switch_to udelay up yield
            # Reports and traps.
            alloc_debug_processing backtrace_for_cpu bad_area bad_area_nosemaphore bad_page bug cant_migrate cant_sleep
            check_new_page check_object check_poison_obj check_slab check_slabp die idr_remove
            do_invalid_op do_page_fault exc_invalid_op exc_page_fault fixup_bug free_debug_processing handle_bug
            invalid_op no_context object_err oops_begin oops_end page_fault panic raw_smp_processor_id rcu_lockdep_current_cpu_online
            rcu_read_lock rcu_read_unlock report_bug slab_err smp_processor_id stack_chk_fail
            sysfs_create_dir_ns sysfs_warn_dup thread_return warn xfs_corruption_error
            # How a processor gets into the kernel, and back.
            acpi_idle_do_entry acpi_idle_enter acpi_safe_halt arch_cpu_idle child_rip cpu_idle cpu_startup_entry
            default_idle default_idle_call do_fast_syscall_32 do_idle do_int80_syscall_32 do_syscall_32_irqs_on
            do_syscall_64 do_syscall_x64 halt intel_idle kthread mwait_idle native_halt native_safe_halt poll_idle
            process_one_work process_scheduled_works pv_native_safe_halt ret_from_fork ret_from_fork_asm ret_from_intr
            safe_halt secondary_startup_64 start_secondary sysret_check system_call tracesys worker_thread
            # Memory.
            alloc_inode alloc_pages allocate_slab cache_alloc cache_flusharray cache_free cache_grow
            copyin copyout create_object
            kfree_debugcheck kmem_cache_create slab_put_obj
            drain_array flush_work free_block get_page_from_freelist kcalloc kernel_poison_pages
            kernel_unpoison_pages kfree kmalloc kmemdup krealloc ksize
            kstrdup kstrdup_const kvfree kzalloc lock_sock lock_sock_nested memchr new_slab pcpu_mem_zalloc pointer
            post_alloc_hook prep_new_page
            radix_tree_node_alloc rb_erase rb_first rb_insert_color rb_next rb_prev release_sock sk_alloc sk_prot_alloc
            sock_kmalloc strchr strcmp strcpy string string_nocheck strlcpy strlen strncmp strncpy strnlen strnstr
            strscpy strstr vfree vmalloc vzalloc
            """))

    private static let startLengths = Set(starts.map(\.utf8.count)).sorted()
    private static let starts = Set(
        words(
            """
            # Reports and their checks.
            add_lock_to_list asan_ asm_exc_ assign_lock_key bfs check_bytes check_chain check_deadlock check_flags
            check_heap_object check_irq_usage check_lock check_memory_region check_noncircular check_object_size
            check_preemption_disabled check_prev check_unlock check_usage debug_check debug_dma_ debug_mutex
            debug_object debug_print debug_rt_ debug_smp_processor_id debug_spin do_divide do_double_fault do_error
            do_general_protection do_invalid do_trap dump_backtrace dump_stack dump_trace exc_ find_held_lock fortify_
            general_protection handle_overflow hwasan_ ilog2 kasan_ kcsan_ kfence_ kmemleak_ kmsan_ lock_acquire
            lock_class lock_commit lock_downgrade lock_is_held lock_map_ lock_release lock_set lockdep_ mark_held_locks
            mark_lock mark_usage might_resched might_sleep msan_ odebug paranoid_ print_ proc_create proc_mkdir
            proc_register proc_symlink reacquire_held_locks register_lock_class report_ rwlock_bug sanitizer_
            schedule_bug show_regs show_stack show_trace spin_bug spin_dump this_cpu_preempt_check trace_hardirqs
            trace_softirqs tsan_ ubsan_ usercopy_ validate_chain warn_
            # Locks, and what waits for something.
            arch_atomic atomic64_ atomic_ autoremove_wake bh_lock bit_wait call_rcu call_rwsem clear_bit csd_
            default_wake do_raw_ do_wait_for_common do_wait_intr down_ finish_wait generic_exec_single instrument_
            io_schedule_ klist_ kobject_ kref_ kset_ ldsem_ local_bh mutex_ native_ native_queued on_each_cpu osq_
            out_of_line_wait owner_on_cpu percpu_down percpu_rwsem percpu_up preempt_ prepare_to_wait pv_ pv_queued
            queued_ raw_atomic raw_read_ raw_spin_ raw_write_ read_lock read_seq read_trylock read_unlock ref_tracker
            refcount_ rt_mutex_ rt_spin_ rwbase_ rwsem_ schedule_ semaphore seqcount set_bit smp_call_function spin_lock
            spin_trylock spin_unlock swake_up synchronize_ test_and_ test_bit ticket_ try_to_wake_up ttwu_ up_read
            up_write virt_spin wait_event wait_for_ wait_on_ wait_rcu_gp wake_up write_lock write_trylock write_unlock
            ww_mutex_
            # Memory, lists and strings.
            alloc_page alloc_pages arch_copy arch_local_irq arch_spin arch_stack cache_alloc cache_free
            cancel_delayed_work cancel_work clear_user console_lock console_trylock console_unlock copy_from_ copy_mc
            copy_page_from_iter copy_page_to_iter copy_to_ copy_user debug_lockdep del_timer dev_err dev_info dev_printk
            dev_warn error_code error_entry error_exit fill_ptr_key find_first find_next flush_work_ free_pages get_user
            hex_string hlist_ kallsyms kasprintf kmalloc_ kmem_cache_ kvasprintf kvm_wait kvmalloc list_
            look_up_lock_class memchr memcmp memcpy memdup memmove memscan memset mod_timer plist_ printk put_user
            raw_copy raw_cpu_ read_word_at_a_time save_stack sched_clock sched_show_task scnprintf serial8250_console
            set_track skb_over_panic skb_panic skb_pull skb_push skb_put skb_under_panic slab_ slub_ snprintf
            sprint_symbol sprintf stack_depot stack_trace this_cpu_ timer_delete timer_is_static try_to_del_timer
            uart_console unwind_ vprintk vscnprintf vsnprintf work_is_static
            # Interrupts and entries.
            apic_timer asm_common asm_sysvec bpf_trace call_function_ call_softirq call_timer_fn common_interrupt
            cpuidle_ cstar_ default_do_nmi do_IRQ do_nmi do_softirq end_repeat_nmi entry_ expire_timers ftrace_ hrtimer_
            ia32_sys indirect_thunk invalidate_interrupt invoke_softirq irq_enter irq_exit kthread_ lapic_next
            local_apic_timer nmi perf_trace rcu_ repeat_nmi reschedule_interrupt restore_ ret_from retint_ run_ksoftirqd
            run_timer smp_apic softirq_ softlockup sys_call sysenter sysvec_ tick_ timer_tick trace_call trace_event
            trigger_ update_process_times watchdog x86_indirect
            """))

    private static let parts = words("_slowpath _lock_slow _indirect_thunk _lock_irq _unlock_irq")

    private static let dispatchers = Set(
        words(
            """
            accept call_mmap do_dentry_open do_mmap do_one_initcall do_page_fault exc_page_fault kthread listen
            mmap_region page_fault setsockopt sock_mmap start_secondary system_call vfs_open worker_thread x64_sys_call
            """))

    private static let dispatcherStarts = words(
        """
        __sock_release sock_do_ioctl sock_ioctl sock_recvmsg sock_release sock_sendmsg
        """)

    private static let dispatcherParts = words(
        """
        __do_fault __fput blkdev_driver_ioctl blkdev_ioctl call_read_iter call_timer_fn call_write_iter compat_ioctl
        compat_sys_ioctl cpu_startup_entry do_fast_syscall_ do_iter_read do_iter_write do_softirq do_syscall_
        entry_SYSCALL exit_to_usermode hrtimer_run kernel_accept kernel_listen kernel_setsockopt ksys_ioctl
        netif_receive_skb netlink_dump new_sync_read new_sync_write nfnetlink_rcv_msg process_one_work ret_from_fork
        rtnetlink_rcv_msg run_ksoftirqd run_timer sk_common_release smpboot_thread_fn sock_common_setsockopt
        sysenter_dispatch system_call_fastpath task_work_run tasklet_action tasklet_hi_action tracesys vfs_ioctl
        vfs_iter_read vfs_iter_write vfs_read vfs_write
        """)
}

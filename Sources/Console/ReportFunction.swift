/// Finds the function that a report is about.
///
/// A report names many functions: that which found the trouble, those of locks, memory and strings that it was found in,
/// and the one that called them. The last is meant, so helpers are passed over as long as there is another.
struct ReportFunction {
    /// The lines of the report.
    let lines: ArraySlice<ConsoleLine>
    /// The kernel's message in its first line.
    let text: Substring

    /// The function, and the call further in at which a CPU was stuck.
    /// - Parameter places: where to look, in order.
    func names(in places: [ReportPattern.FunctionPlace]) -> (function: String?, innermost: String?) {
        var helper: String?
        for place in places {
            let names = names(in: place)
            if place == .interrupted || place == .anchor, let name = Self.stable(names) {
                let innermost = names.first { !KernelHelpers.contains($0) }
                return (name, innermost == name ? nil : innermost)
            }
            for name in names where place != .anchor {
                if !KernelHelpers.contains(name) { return (name, nil) }
                // The innermost call of a trace is what prints the trace.
                if place != .trace, place != .waiting { helper = helper ?? name }
            }
        }
        return (helper, nil)
    }

    private func names(in place: ReportPattern.FunctionPlace) -> [String] {
        switch place {
        case .firstLine: KernelSymbol.function(ofReport: text).map { [$0] } ?? []
        case .caller: caller.map { [$0] } ?? []
        case .lock: lock.map { [$0] } ?? []
        case .instructionPointer: KernelSymbol.functionOfInstructionPointer(in: lines).map { [$0] } ?? []
        case .trace, .anchor: trace
        case .interrupted: interrupted
        case .waiting: waiting
        case .lastFunction: lastFunction.map { [$0] } ?? []
        }
    }

    /// `caller is name+0x1a/0x30`.
    private var caller: String? {
        lines.lazy.compactMap { $0.text.after("caller is ") ?? $0.text.after("caller ") }
            .compactMap(KernelSymbol.function(in:)).first
    }

    /// `(&mm->mmap_sem){++++}, at: [<ffffffff8100>] name+0x1a/0x30`; the address and the name may be on the next line.
    private var lock: String? {
        for index in lines.indices {
            guard let rest = lines[index].text.after(" at:") else { continue }
            if let name = KernelSymbol.function(in: rest) { return name }
            if rest.trimmed.isEmpty, index + 1 < lines.endIndex,
                let name = KernelSymbol.function(in: lines[index + 1].text)
            {
                return name
            }
        }
        return nil
    }

    /// The calls in the report's first trace, the innermost first, without those that the unwinder is not sure of.
    ///
    /// The kernel may print registers between two calls, because an exception interrupted one of them.
    private var trace: [String] {
        var names: [String] = []
        var isInside = false
        for line in lines {
            let message = line.message
            if Self.traceStarts.contains(where: message.holds), !message.begins(with: "stack ") {
                if !names.isEmpty { break }
                isInside = true
            } else if isInside, !names.isEmpty, Self.traceEnds.contains(where: message.holds) {
                break
            }
            // 2.6.18 prints the first call in the line of the trace's start.
            if isInside, let name = Self.call(message) { names.append(name) }
        }
        return names
    }

    private static let traceStarts = ["Call Trace:", "Call trace:", "Backtrace:", "backtrace:", "backtrace (crc"]
    private static let traceEnds = [
        "---[ end", "Allocated", "Freed", "======", "Showing all locks", "NMI backtrace for cpu", "Kernel Offset",
        "Memory state around", "Last potentially related", "Mem-Info", "the dependencies between",
    ]

    /// What ran on a CPU when the interrupt came that found it stuck, in the first trace with an interrupt: first the
    /// function that was interrupted, then its callers.
    private var interrupted: [String] {
        var names: [String] = []
        var isInside = false
        for line in lines {
            let message = line.message
            if message.begins(with: "RIP: 0010:") || message.begins(with: "RIP: e030:"),
                names.isEmpty || names.allSatisfy(KernelHelpers.contains)
            {
                isInside = true
                names = KernelSymbol.function(in: message).map { [$0] } ?? []
            } else if let name = Self.call(message) {
                if Self.interrupts.contains(where: name.hasPrefix) {
                    isInside = true
                    names = []
                } else if isInside {
                    names.append(name)
                    if KernelHelpers.dispatches(name) { break }
                }
            }
        }
        return names
    }

    private static let interrupts = [
        "apic_timer_interrupt", "smp_apic_timer_interrupt", "sysvec_apic_timer_interrupt",
        "asm_sysvec_apic_timer_interrupt", "timer_interrupt", "smp_local_timer_interrupt", "end_repeat_nmi",
        "asm_exc_nmi",
    ]

    /// Without what only waits.
    private var waiting: [String] {
        trace.filter { name in
            // Not mm_take_all_locks.
            !name.hasSuffix("_lock")
                && !["_lock_", "sched", "down", "rwsem", "wait", "completion"].contains(where: name.contains)
        }
    }

    /// `last function: name`.
    private var lastFunction: String? {
        lines.lazy.compactMap { $0.text.after("last function: ") }.map { String($0.prefix { $0 != " " }) }
            .compactMap(KernelSymbol.name).first
    }

    /// Who does the work in which a CPU is stuck: the last call before one that hands work to others; nil if there is none.
    /// The calls further in change from one report to the next.
    private static func stable(_ calls: [String]) -> String? {
        if calls.contains(where: { $0.hasPrefix("smp_call_function") }) { return "smp_call_function" }
        guard let place = calls.firstIndex(where: KernelHelpers.dispatches), place > 0 else { return nil }
        return calls[place - 1]
    }

    /// The function of a line of a trace; nil if it is not one, or if the unwinder is not sure of it (`? name`).
    private static func call(_ message: Substring) -> String? {
        guard message.holds("+0x") || message.holds("[inline]") else { return nil }
        var rest = message.drop { $0 == " " }
        for mark in ["Call Trace:", "<IRQ>", "</IRQ>", "<EOI>", "<TASK>", "<NMI>", "</NMI>", "<<EOE>>"]
        where rest.begins(with: mark) {
            rest = rest.dropFirst(mark.count).drop { $0 == " " }
        }
        while rest.begins(with: "[<"), let end = rest.firstIndex(of: "]") {
            rest = rest[rest.index(after: end)...].drop { $0 == " " }
        }
        guard !rest.begins(with: "?"), !rest.begins(with: "RIP:") else { return nil }
        let word = rest.prefix { $0 != " " }
        if word.contains("+0x") { return KernelSymbol.function(in: word) }
        return rest.holds("[inline]") ? KernelSymbol.name(String(word)) : nil
    }
}

import Evidence

/// What the guests of one kernel left unfinished, and the guests that will settle it.
package struct OpenQuestions: Sendable {
    /// A guest to boot next.
    package struct Guest: Sendable, Equatable {
        /// The planned guest after which it is modelled.
        package let like: GuestName
        /// Whether its clock must count instructions, so that a busy host cannot stretch its time.
        package let isDeterministic: Bool
        package let workloads: [PlannedWorkload]
    }

    /// The most guests that continue after another died.
    private static let mostRests = 8
    /// The most workloads that run once more in a guest of their own; if more are unfinished, they are not the cause.
    private static let mostSingles = 16
    /// A second run gets this many times the time.
    private static let timeFactor = 2

    private let guests: [GuestVerdict]
    private let plans: [GuestName: BootPlan]
    /// Guests that the host will not let run any better now.
    private let hopeless: Set<GuestName>

    /// - Parameters:
    ///   - guests: all that were booted of one kernel so far, in order.
    ///   - endings: how each ended.
    package init(_ guests: [GuestVerdict], plans: [BootPlan], endings: [GuestName: Ending]) {
        self.guests = guests
        self.plans = Dictionary(uniqueKeysWithValues: plans.map { ($0.guest, $0) })
        hopeless = Set(
            endings.compactMap { guest, ending in
                if case .hostInterference(let interference) = ending, interference.lasts { guest } else { nil }
            })
    }

    /// A fresh guest for what a guest left undone that did not come to its end; nil if there is nothing.
    ///
    /// If a guest died and showed something, the rest is worth another guest; one that showed nothing gets one more
    /// chance.
    package var rest: Guest? {
        guard guests.count(where: { $0.again != nil }) < Self.mostRests else { return nil }
        return guests.lazy.reversed().compactMap { guest in
            let undone = undone(by: guest)
            guard !undone.isEmpty, isWorthAnother(guest) else { return nil }
            return Guest(like: like(guest), isDeterministic: false, workloads: undone)
        }.first
    }

    /// What is unfinished in guests that came to their end, each for a guest of its own and with more time.
    package var singles: [Guest] {
        let open = Comparison.named(guests).filter { entry in
            entry.verdict.isOpen && !hopeless.contains(entry.guest.guest) && cameFarEnough(entry.verdict, entry.guest)
                && (entry.guest.again == nil || entry.guest.workloads.count > 1)
        }
        guard open.count <= Self.mostSingles else { return [] }
        return open.compactMap { _, verdict, guest in
            planned(verdict, on: guest).map { planned in
                let isOfTime = verdict.doubt == .host && planned.expectation == .pass && !wasAskedByTurns(verdict.name)
                return Guest(
                    like: like(guest), isDeterministic: isOfTime, workloads: [planned.allowing(times: Self.timeFactor)])
            }
        }
    }

    /// Whether it ran in a guest that counts instructions; that guest has no disk, so what needs a disk then runs in
    /// another.
    private func wasAskedByTurns(_ name: String) -> Bool {
        guests.contains { $0.isDeterministic == true && $0.workloads.contains { $0.name == name } }
    }

    private func isWorthAnother(_ guest: GuestVerdict) -> Bool {
        switch guest.machine.state {
        case .fine, .warned, .asExpected, .survived, .heldDisk, .initFailed: false
        // A kernel that cannot boot shows so in every guest. A single boot that fails may be QEMU's doing.
        case .neverReachedInit:
            guest.again == nil && (guests.count == 1 || guests.contains(where: \.machine.state.isComplete))
        case .panicked, .died, .hung, .stopped: guest.workloads.contains { !$0.outcome.isUnknown }
        case .lost, .resultsUnreadable, .incomplete, .starved: guest.again == nil && !hopeless.contains(guest.guest)
        }
    }

    /// Whether the workload's turn came; what ended the guest before its turn would do so again.
    private func cameFarEnough(_ verdict: WorkloadVerdict, _ guest: GuestVerdict) -> Bool {
        switch guest.machine.state {
        case .fine, .warned, .asExpected, .survived, .heldDisk, .panicked, .died, .hung, .stopped, .initFailed: true
        case .starved: verdict.doubt == .host
        case .neverReachedInit, .lost, .resultsUnreadable, .incomplete: false
        }
    }

    private func undone(by guest: GuestVerdict) -> [PlannedWorkload] {
        // If the host kept the guest from getting on, another guest of the same kind would do no better.
        Comparison.named(guests).filter {
            $0.guest == guest && $0.verdict.outcome.isUnknown && $0.verdict.doubt != .host
        }
        .compactMap { planned($0.verdict, on: guest) }
    }

    private func planned(_ verdict: WorkloadVerdict, on guest: GuestVerdict) -> PlannedWorkload? {
        guard let plan = plans[guest.guest], plan.workloads.indices.contains(verdict.number - 1) else { return nil }
        return plan.workloads[verdict.number - 1]
    }

    private func like(_ guest: GuestVerdict) -> GuestName { GuestName(guest.subject, alone: guest.alone) }
}

import Console
import Evidence
import Libvirt
import Machine
import Testing

@Suite struct BootMonitorTests {
    private let limits = BootLimits(bootSeconds: 60, runSeconds: 100)

    private func monitor(_ sightings: (Double, ConsoleWatch.Sighting)...) -> BootMonitor {
        var monitor = BootMonitor(limits: limits)
        for (seconds, sighting) in sightings { monitor.saw([sighting], bytes: 80, at: seconds) }
        return monitor
    }

    @Test func initMustComeInTime() {
        var monitor = monitor()
        #expect(monitor.decide(.running, at: 59.9) == .wait)
        #expect(monitor.decide(.running, at: 60) == .destroy(.neverReachedInit(limitSeconds: 60)))
    }

    @Test func theRunsClockStartsAtInit() {
        var monitor = monitor((50, .marker(.initBegan)))
        #expect(monitor.secondsToInit == 50)
        #expect(monitor.decide(.running, at: 149) == .wait)
        #expect(monitor.decide(.running, at: 150) == .destroy(.destroyedAtDeadline(limitSeconds: 100)))
    }

    @Test func aPanicIsGivenTimeToFinishItsReport() {
        var monitor = monitor((3, .marker(.initBegan)), (10, .trouble(.panic, isOver: true)))
        #expect(monitor.progress == "kernel panic")
        #expect(monitor.decide(.running, at: 11.9) == .wait)
        #expect(monitor.decide(.running, at: 12) == .destroy(.destroyedAfterFatalConsole))
    }

    @Test func aPanicJustBeforeTheDeadlineIsReadToItsEnd() {
        var monitor = monitor((59.5, .trouble(.panic, isOver: true)))
        #expect(monitor.decide(.running, at: 60.5) == .wait)
        #expect(monitor.decide(.running, at: 61.5) == .destroy(.destroyedAfterFatalConsole))
    }

    @Test func aLockupEndsAGuestThatDoesNotGetOn() {
        var monitor = monitor((3, .marker(.initBegan)), (10, .trouble(.softLockup, isOver: false)))
        #expect(monitor.decide(.running, at: 39) == .wait)
        #expect(monitor.decide(.running, at: 40) == .destroy(.destroyedAfterFatalConsole))
    }

    @Test func aLockupIsForgivenWhenTheGuestGetsOn() {
        var monitor = monitor(
            (3, .marker(.initBegan)), (10, .trouble(.rcuStall, isOver: false)),
            (20, .marker(.end(number: 1, ending: .exit(code: 0), detail: ""))))
        #expect(monitor.decide(.running, at: 41) == .wait)
    }

    @Test func aConsoleThatNeverStopsEndsTheGuest() {
        var monitor = BootMonitor(limits: BootLimits(bootSeconds: 60, runSeconds: 100, consoleBytes: 1000))
        monitor.saw([], bytes: 1001, at: 1)
        #expect(monitor.decide(.running, at: 1) == .destroy(.consoleFlooded(limitBytes: 1000)))
    }

    /// A host that slept, a QEMU that was stopped, processors that others had: none of it is the guest's time.
    @Test func limitsDoNotCountWhatTheHostKeptFromTheGuest() {
        var monitor = monitor((50, .marker(.initBegan)))
        monitor.withheldSeconds = 40
        #expect(monitor.decide(.running, at: 189) == .wait)
        #expect(monitor.decide(.running, at: 190) == .destroy(.destroyedAtDeadline(limitSeconds: 100)))
        #expect(monitor.secondsToInit == 50)
    }

    @Test func theBootsLimitDoesNotCountItEither() {
        var monitor = monitor()
        monitor.withheldSeconds = 30
        #expect(monitor.decide(.running, at: 89) == .wait)
        #expect(monitor.decide(.running, at: 90) == .destroy(.neverReachedInit(limitSeconds: 60)))
    }

    @Test func andYetTheyEndSomeTime() {
        var monitor = monitor((50, .marker(.initBegan)))
        monitor.withheldSeconds = 2000
        #expect(monitor.decide(.running, at: 1049) == .wait)
        #expect(monitor.decide(.running, at: 1050) == .destroy(.destroyedAtDeadline(limitSeconds: 100)))
    }

    @Test func aGuestThatQEMUPausedForItsDiskIsTheHostsTrouble() {
        var monitor = BootMonitor(limits: limits, place: "/run/base")
        #expect(
            monitor.decide(.paused(byDiskError: true), at: 5)
                == .destroy(.hostInterference(.diskError(path: "/run/base"))))
    }

    @Test(arguments: [Guest.Status.running, .paused(byDiskError: false)])
    func aGuestThatSomebodyStoppedIsGivenUpAfterAWhile(_ status: Guest.Status) {
        var monitor = monitor((3, .marker(.initBegan)))
        #expect(monitor.decide(status, isStopped: true, at: 500) == .wait)
        #expect(monitor.decide(status, isStopped: true, at: 619) == .wait)
        #expect(monitor.decide(status, isStopped: true, at: 620) == .destroy(.hostInterference(.paused(seconds: 120))))
    }

    @Test func whoeverLetsItRunAgainIsInTime() {
        var monitor = monitor((3, .marker(.initBegan)))
        #expect(monitor.decide(.running, isStopped: true, at: 10) == .wait)
        #expect(monitor.decide(.running, at: 90) == .wait)
        #expect(monitor.decide(.running, isStopped: true, at: 91) == .wait)
        #expect(monitor.decide(.running, isStopped: true, at: 200) == .wait)
    }

    @Test(arguments: [
        (LifecycleEvent.StopReason.shutdown, Ending.poweredOff),
        (.crashed, .crashed),
        (.failed, .lost(reason: "QEMU ended by itself")),
        (.destroyed, .lost(reason: "somebody else destroyed the guest")),
        (.other(7), .lost(reason: "libvirt stopped the guest (detail 7)")),
    ])
    func libvirtSaysHowTheGuestLeft(_ reason: LifecycleEvent.StopReason, _ ending: Ending) {
        var monitor = monitor((3, .marker(.initBegan)))
        #expect(monitor.decide(.stopped(reason), at: 5) == .ended(ending))
    }

    @Test func aGuestThatWasDoneWasNotLost() {
        var monitor = monitor((3, .marker(.initBegan)), (5, .marker(.done)))
        #expect(monitor.decide(.stopped(.failed), at: 5) == .ended(.poweredOff))
    }

    @Test func libvirtIsGivenAMomentToSayHow() {
        var monitor = monitor((3, .marker(.initBegan)))
        #expect(monitor.decide(.unknown, at: 5) == .wait)
        #expect(monitor.decide(.unknown, at: 6) == .wait)
        guard case .ended(.lost) = monitor.decide(.unknown, at: 7) else {
            Issue.record("a vanished guest is waited for")
            return
        }
    }
}

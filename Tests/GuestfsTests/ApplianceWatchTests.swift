import Guestfs
import Testing

@Suite struct ApplianceWatchTests {
    @Test func theFirstReasonStands() {
        let watch = ApplianceWatch()
        #expect(watch.reason == nil)
        watch.kill(because: "cancelled")
        watch.kill(because: "no answer within 5 s")
        #expect(watch.reason == "cancelled")
        #expect(watch.process == nil)
    }
}

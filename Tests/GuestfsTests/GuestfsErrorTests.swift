import Guestfs
import Testing

@Suite struct GuestfsErrorTests {
    @Test(arguments: [
        (
            GuestfsError(act: "mount read-only", value: "/dev/sda", code: 22, message: "wrong fs type"),
            "cannot mount read-only /dev/sda: wrong fs type"
        ),
        (GuestfsError(act: "launch", message: "no", nextStep: "install it"), "cannot launch: no; install it"),
        (
            GuestfsError(act: "launch", message: "no\n  line", nextStep: "install it"),
            "cannot launch: no\n  line\ninstall it"
        ),
    ])
    func theMessageNamesActValueReasonAndNextStep(error: GuestfsError, text: String) {
        #expect("\(error)" == text)
    }
}

/// A libguestfs call failed.
package struct GuestfsError: Error, Equatable, CustomStringConvertible {
    /// What was being done, as an infinitive: "mount read-only".
    package let act: String
    /// The drive, file or setting at fault; may be empty.
    package let value: String
    /// The `errno` of the call; 0 if libguestfs has none.
    package let code: Int32
    /// The library's own words.
    package let message: String
    /// What the user can do about it.
    package let nextStep: String?

    package init(act: String, value: String = "", code: Int32 = 0, message: String, nextStep: String? = nil) {
        self.act = act
        self.value = value
        self.code = code
        self.message = message
        self.nextStep = nextStep
    }

    package var description: String {
        let step = nextStep.map { (message.contains("\n") ? "\n" : "; ") + $0 } ?? ""
        return "cannot \(act)" + (value.isEmpty ? "" : " \(value)") + ": \(message)" + step
    }
}

/// What executes the guest's code, and why it was chosen.
package struct Accelerator: Codable, Sendable, Equatable {
    package enum Kind: String, Codable, Sendable {
        case kvm
        case tcg
    }

    package let kind: Kind
    /// For people: what was tried and how long it took.
    package let reason: String

    package init(kind: Kind, reason: String) {
        self.kind = kind
        self.reason = reason
    }

    /// Chooses KVM only if it ran the test, and ran it faster than TCG.
    package init(tcgSeconds: Double, kvm: KVMTrial) {
        let tcg = "TCG took \(tcgSeconds.inHundredths) s"
        switch kvm {
        case .unusable(let why): self.init(kind: .tcg, reason: "\(why); \(tcg) for the 64-bit test loop")
        case .unfinished(let limit):
            self.init(kind: .tcg, reason: "KVM did not end the 64-bit test loop within \(limit) s; \(tcg)")
        case .failed(let said): self.init(kind: .tcg, reason: "KVM failed at the 64-bit test loop (\(said)); \(tcg)")
        case .finished(let seconds) where seconds < tcgSeconds:
            self.init(kind: .kvm, reason: "KVM ran the 64-bit test loop in \(seconds.inHundredths) s; \(tcg)")
        case .finished(let seconds):
            self.init(
                kind: .tcg,
                reason: "KVM is the slower: it took \(seconds.inHundredths) s for the 64-bit test loop; \(tcg)")
        }
    }
}

/// The result of the test loop under KVM.
package enum KVMTrial: Sendable, Equatable {
    /// `/dev/kvm` does not exist or cannot be opened.
    case unusable(String)
    case unfinished(limitSeconds: Int)
    case failed(String)
    case finished(seconds: Double)
}

extension Double {
    /// With two decimals.
    var inHundredths: String {
        let hundredths = Int((self * 100).rounded())
        return "\(hundredths / 100).\(hundredths % 100 < 10 ? "0" : "")\(hundredths % 100)"
    }
}

import CLibvirt

/// What libvirt said when it refused a call.
package struct LibvirtError: Error, Equatable, CustomStringConvertible {
    /// The part of libvirt that complains (`virErrorDomain`).
    package let domain: Int32
    /// What it complains about (`virErrorNumber`).
    package let code: Int32
    /// libvirt's own sentence.
    package let message: String
    /// What was being done: "connect to", "start domain".
    package let act: String
    /// What it was being done to: a URI, a domain's name.
    package let value: String

    package init(domain: Int32, code: Int32, message: String, act: String, value: String) {
        self.domain = domain
        self.code = code
        self.message = message
        self.act = act
        self.value = value
    }

    package var description: String { "cannot \(act) \(value): \(message)" }

    /// The domain does not exist or does not run, so a destroy has nothing left to do (codes 42 and 55).
    package var meansGone: Bool {
        code == Int32(VIR_ERR_NO_DOMAIN.rawValue) || code == Int32(VIR_ERR_OPERATION_INVALID.rawValue)
    }

    /// The calling thread's last error; read it before any `await`.
    static func last(_ act: String, _ value: String) -> LibvirtError {
        guard let error = virGetLastError() else {
            return LibvirtError(domain: 0, code: 0, message: "libvirt gave no reason", act: act, value: value)
        }
        return LibvirtError(
            domain: error.pointee.domain, code: error.pointee.code,
            message: error.pointee.message.map { String(cString: $0) } ?? "libvirt gave no reason",
            act: act, value: value)
    }
}

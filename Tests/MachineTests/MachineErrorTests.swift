import Foundation
import Libvirt
import Machine
import Testing

@Suite struct MachineErrorTests {
    private static func refusal(_ message: String) -> MachineError {
        MachineError(
            connecting: LibvirtError(domain: 7, code: 38, message: message, act: "connect to", value: "qemu:///system"))
    }

    @Test func aMissingDaemonIsToldHowToStart() {
        let said = "Failed to connect socket to '/var/run/libvirt/libvirt-sock': No such file or directory"
        #expect(Self.refusal(said) == .noDaemon(uri: "qemu:///system", said: said))
        let advice = "start the daemons (`virtlogd -d`, `libvirtd -d`) or leave out --connect"
        #expect("\(Self.refusal(said))".hasSuffix(advice))
    }

    @Test(arguments: [
        "Failed to connect socket to '/var/run/libvirt/libvirt-sock': Permission denied",
        "authentication unavailable: no polkit agent available to authenticate action 'org.libvirt.unix.manage'",
        "access denied by policy",
    ])
    func missingRightsAreNotAMissingDaemon(_ said: String) {
        #expect(Self.refusal(said) == .noRights(uri: "qemu:///system", said: said))
    }

    @Test func theUserLibvirtWasBuiltForIsNamed() {
        let error = Self.refusal("invalid argument: Failed to parse user 'libvirt-qemu'")
        #expect("\(error)".contains("libvirt-daemon-system"))
    }

    @Test func aSocketThatIsNotThere() async throws {
        try await withFolder { folder in
            let uri = "qemu+unix:///system?socket=\(folder.path)/none"
            let error = await #expect(throws: MachineError.self) {
                try await Hypervisor.open(
                    uri: uri, cache: folder, warden: URL(filePath: "/bin/false"))
            }
            guard case .noDaemon(uri, _)? = error else {
                Issue.record("\(error as Any)")
                return
            }
        }
    }

    @Test func aURINobodyKnows() async throws {
        try await withFolder { folder in
            let error = await #expect(throws: MachineError.self) {
                try await Hypervisor.open(
                    uri: "nonsense:///", cache: folder, warden: URL(filePath: "/bin/false"))
            }
            #expect(error?.description.hasPrefix("cannot connect to nonsense:///: ") == true)
        }
    }
}

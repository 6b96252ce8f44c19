import Foundation
import Machine
import Targets
import Testing

@Suite struct DomainXMLTests {
    static func spec(
        disk: DiskBus? = .ide, accelerator: Accelerator.Kind = .tcg, commandLine: [String] = [],
        nanosecondsPerInstruction: Int? = nil, ports: [MachineSpec.Port] = []
    ) -> MachineSpec {
        MachineSpec(
            name: "base", cpus: 2, memory: 256, type: "pc", cpu: "qemu64", kernel: URL(filePath: "/run/base/bzImage"),
            initrd: URL(filePath: "/run/base/initramfs.cpio"), commandLine: commandLine,
            results: disk.map { .init(file: URL(filePath: "/run/base/results.img"), bus: $0) },
            console: URL(filePath: "/run/base/console.log"), accelerator: accelerator,
            nanosecondsPerInstruction: nanosecondsPerInstruction, ports: ports,
            emulator: URL(filePath: "/usr/bin/qemu-system-x86_64"))
    }

    @Test func isMinimal() throws {
        let text = try DomainXML(Self.spec(commandLine: ["quiet", "a=\"<b>\""]), named: "drydock-1-base").text()
        #expect(
            text == """
                <domain type="qemu">
                  <name>drydock-1-base</name>
                  <memory unit="MiB">256</memory>
                  <vcpu>2</vcpu>
                  <os>
                    <type arch="x86_64" machine="pc">hvm</type>
                    <kernel>/run/base/bzImage</kernel>
                    <initrd>/run/base/initramfs.cpio</initrd>
                    <cmdline>console=ttyS0 panic=5 quiet a=&quot;&lt;b&gt;&quot;</cmdline>
                  </os>
                  <features>
                    <acpi />
                    <apic />
                  </features>
                  <cpu mode="custom" match="exact" check="none">
                    <model fallback="forbid">qemu64</model>
                  </cpu>
                  <clock offset="utc" />
                  <on_poweroff>destroy</on_poweroff>
                  <on_reboot>destroy</on_reboot>
                  <on_crash>destroy</on_crash>
                  <devices>
                    <emulator>/usr/bin/qemu-system-x86_64</emulator>
                    <disk type="file" device="disk">
                      <driver name="qemu" type="raw" cache="unsafe" error_policy="stop" rerror_policy="stop" />
                      <source file="/run/base/results.img" />
                      <target dev="hda" bus="ide" />
                    </disk>
                    <controller type="usb" model="none" />
                    <serial type="file">
                      <source path="/run/base/console.log" append="on" />
                      <target port="0" />
                    </serial>
                    <memballoon model="none" />
                  </devices>
                </domain>

                """)
    }

    @Test func allThreadsCanShareOneOfTheHostsProcessors() throws {
        let text = try DomainXML(Self.spec(), named: "x", on: 3).text()
        #expect(text.contains("<vcpu cpuset=\"3\">2</vcpu>"))
    }

    @Test func virtioAndKVM() throws {
        let text = try DomainXML(Self.spec(disk: .virtio, accelerator: .kvm), named: "x").text()
        #expect(text.hasPrefix("<domain type=\"kvm\">"))
        #expect(text.contains("<target dev=\"vda\" bus=\"virtio\" />"))
    }

    @Test func noDisk() throws {
        let text = try DomainXML(Self.spec(disk: nil), named: "x").text()
        #expect(!text.contains("<disk"))
    }

    @Test func aClockThatCountsInstructionsIsQEMUs() throws {
        let text = try DomainXML(Self.spec(nanosecondsPerInstruction: 2), named: "x").text()
        #expect(text.hasPrefix("<domain type=\"qemu\" xmlns:qemu=\"http://libvirt.org/schemas/domain/qemu/1.0\">"))
        #expect(text.contains("<clock offset=\"absolute\" start=\"1577836800\">"))
        #expect(text.contains("<timer name=\"rtc\" track=\"guest\" />"))
        #expect(text.contains("<qemu:arg value=\"-icount\" />\n    <qemu:arg value=\"shift=1,sleep=off\" />"))
    }

    @Test func aPortIsAFile() throws {
        let port = MachineSpec.Port(address: 0xe9, file: URL(filePath: "/run/a,b/results.tar"))
        let text = try DomainXML(Self.spec(disk: nil, ports: [port]), named: "x").text()
        #expect(text.contains("<qemu:arg value=\"file,id=port-e9,path=/run/a,,b/results.tar,append=on\" />"))
        #expect(text.contains("<qemu:arg value=\"isa-debugcon,iobase=0xe9,chardev=port-e9\" />"))
        #expect(!text.contains("-icount"))
    }
}

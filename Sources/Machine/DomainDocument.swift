import XMLCoder

/// The elements of libvirt's domain format that drydock writes (libvirt.org/formatdomain.html).
struct DomainDocument: Encodable {
    @Attribute var type: String
    /// Only if `commandLine` needs it.
    var qemuNamespace: Attribute<String>?
    let name: String
    let memory: Memory
    let vcpu: Processors
    let os: OperatingSystem
    let features = Features()
    let cpu: CPU
    let clock: Clock
    // A guest ends only once, in whatever way.
    let onPoweroff = "destroy"
    let onReboot = "destroy"
    let onCrash = "destroy"
    let devices: Devices
    /// QEMU arguments that libvirt has no element for.
    var commandLine: CommandLine?

    enum CodingKeys: String, CodingKey {
        case type
        case qemuNamespace = "xmlns:qemu"
        case name, memory, vcpu, os, features, cpu, clock
        case onPoweroff = "on_poweroff"
        case onReboot = "on_reboot"
        case onCrash = "on_crash"
        case devices
        case commandLine = "qemu:commandline"
    }

    struct Memory: Encodable {
        @Attribute var unit: String
        let value: Int

        enum CodingKeys: String, CodingKey {
            case unit
            case value = ""
        }
    }

    struct Processors: Encodable {
        /// The host CPUs on which all of QEMU's threads may run; nil for any.
        var cpuset: Attribute<String>?
        let value: Int

        enum CodingKeys: String, CodingKey {
            case cpuset
            case value = ""
        }
    }

    struct OperatingSystem: Encodable {
        let type: Kind
        let kernel: String
        let initrd: String?
        let cmdline: String

        struct Kind: Encodable {
            @Attribute var arch: String
            @Attribute var machine: String
            let value: String

            enum CodingKeys: String, CodingKey {
                case arch, machine
                case value = ""
            }
        }
    }

    struct Features: Encodable {
        let acpi = Empty()
        let apic = Empty()
    }

    struct Empty: Encodable {}

    struct CPU: Encodable {
        @Attribute var mode: String
        @Attribute var match: String
        @Attribute var check: String
        let model: Model

        struct Model: Encodable {
            @Attribute var fallback: String
            let value: String

            enum CodingKeys: String, CodingKey {
                case fallback
                case value = ""
            }
        }
    }

    struct Clock: Encodable {
        @Attribute var offset: String
        var start: Attribute<Int>?
        var timer: Timer?

        struct Timer: Encodable {
            @Attribute var name: String
            @Attribute var track: String
        }
    }

    struct CommandLine: Encodable {
        let arguments: [Argument]

        enum CodingKeys: String, CodingKey { case arguments = "qemu:arg" }

        struct Argument: Encodable {
            @Attribute var value: String
        }
    }

    struct Devices: Encodable {
        let emulator: String
        let disk: Disk?
        let controller: Controller
        let serial: Serial
        let memballoon: Balloon

        struct Disk: Encodable {
            @Attribute var type: String
            @Attribute var device: String
            let driver: Driver
            let source: Source
            let target: Target

            struct Driver: Encodable {
                @Attribute var name: String
                @Attribute var type: String
                @Attribute var cache: String
                @Attribute var errorPolicy: String
                @Attribute var readErrorPolicy: String

                enum CodingKeys: String, CodingKey {
                    case name, type, cache
                    case errorPolicy = "error_policy"
                    case readErrorPolicy = "rerror_policy"
                }
            }

            struct Source: Encodable {
                @Attribute var file: String
            }

            struct Target: Encodable {
                @Attribute var dev: String
                @Attribute var bus: String
            }
        }

        struct Controller: Encodable {
            @Attribute var type: String
            @Attribute var model: String
        }

        struct Serial: Encodable {
            @Attribute var type: String
            let source: Source
            let target: Target

            struct Source: Encodable {
                @Attribute var path: String
                @Attribute var append: String
            }

            struct Target: Encodable {
                @Attribute var port: Int
            }
        }

        struct Balloon: Encodable {
            @Attribute var model: String
        }
    }
}

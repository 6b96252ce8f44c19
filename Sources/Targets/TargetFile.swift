import Foundation
import Yams

/// `target.yaml` as it is written, before the defaults are filled in.
struct TargetFile: Decodable {
    struct Source: Decodable {
        let debianPackage: String?
        let directory: String?
        let tarball: Tarball?
        let given: String?

        enum CodingKeys: String, CodingKey, CaseIterable {
            case debianPackage = "debian-package"
            case directory, tarball, given
        }
    }

    struct Tarball: Decodable {
        let file: String
        let url: String?
        let sha256: String?

        enum CodingKeys: String, CodingKey, CaseIterable { case file, url, sha256 }
    }

    struct Toolchain: Decodable {
        let makeArguments: [String]?
        let compiler: String?
        let hostCompiler: String?
        let patches: String?

        enum CodingKeys: String, CodingKey, CaseIterable {
            case makeArguments = "make-arguments"
            case compiler
            case hostCompiler = "host-compiler"
            case patches
        }
    }

    struct Configuration: Decodable {
        let base: String?
        let fragments: [String]?
        let variants: [String: [String]]?
        let variant: String?

        enum CodingKeys: String, CodingKey, CaseIterable { case base, fragments, variants, variant }
    }

    struct Machine: Decodable {
        let cpus: Int?
        let memory: Int?
        let type: String?
        let cpu: String?
        let disk: DiskBus?
        let commandLine: [String]?
        let variantCommandLines: [String: [String]]?
        let bootSeconds: Int?

        enum CodingKeys: String, CodingKey, CaseIterable {
            case cpus, memory, type, cpu, disk
            case commandLine = "command-line"
            case variantCommandLines = "variant-command-lines"
            case bootSeconds = "boot-seconds"
        }
    }

    let summary: String?
    let source: Source
    let toolchain: Toolchain?
    let configuration: Configuration?
    let machine: Machine?
    let series: String?
    let seriesProvides: String?
    let mutants: String?
    let workloads: [String]?
    let knownFindings: [KnownFindingDescription]?

    enum CodingKeys: String, CodingKey, CaseIterable {
        case summary, source, toolchain, configuration, machine, series
        case seriesProvides = "series-provides"
        case mutants, workloads
        case knownFindings = "known-findings"
    }

    /// The fields that each section may have; any other field is taken for a spelling mistake.
    private static let known: [String: [String]] = [
        "": CodingKeys.allCases.map(\.stringValue),
        "source": Source.CodingKeys.allCases.map(\.stringValue),
        "source.tarball": Tarball.CodingKeys.allCases.map(\.stringValue),
        "toolchain": Toolchain.CodingKeys.allCases.map(\.stringValue),
        "configuration": Configuration.CodingKeys.allCases.map(\.stringValue),
        "machine": Machine.CodingKeys.allCases.map(\.stringValue),
    ]

    /// The first field that a description cannot have, as `section.field`; nil if there is none.
    static func unknownField(in yaml: String) throws -> String? {
        guard let document = try Yams.load(yaml: yaml) as? [String: Any] else { return nil }
        for (section, fields) in known.sorted(by: { $0.key < $1.key }) {
            let mapping = section.split(separator: ".").reduce(document) { $0[String($1)] as? [String: Any] ?? [:] }
            if let field = mapping.keys.sorted().first(where: { !fields.contains($0) }) {
                return section.isEmpty ? field : "\(section).\(field)"
            }
        }
        return unknownFieldOfFinding(in: document)
    }

    private static func unknownFieldOfFinding(in document: [String: Any]) -> String? {
        let fields = KnownFindingDescription.CodingKeys.allCases.map(\.stringValue)
        let entries = document["known-findings"] as? [[String: Any]] ?? []
        return entries.flatMap { $0.keys.sorted() }.first { !fields.contains($0) }.map { "known-findings.\($0)" }
    }
}

/// A workload that is known to fail on some trees of a target: an entry of `known-findings`.
package struct KnownFindingDescription: Codable, Sendable, Equatable {
    package let workload: String
    /// Written as one range or as a list of ranges. Default: all trees.
    package let trees: [TreeRange]?
    /// One sentence on what is wrong with the kernel.
    package let reason: String
    /// Where it is described, such as a commit or a bug number.
    package let reference: String

    enum CodingKeys: String, CodingKey, CaseIterable { case workload, trees, reason, reference }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        workload = try container.decode(String.self, forKey: .workload)
        reason = try container.decode(String.self, forKey: .reason)
        reference = try container.decode(String.self, forKey: .reference)
        if (try? container.nestedUnkeyedContainer(forKey: .trees)) != nil {
            let ranges = try container.decode([TreeRange].self, forKey: .trees)
            guard !ranges.isEmpty else {
                throw DecodingError.dataCorruptedError(
                    forKey: .trees, in: container,
                    debugDescription: "an empty list means no tree; for all trees leave trees out")
            }
            trees = ranges
        } else {
            trees = try container.decodeIfPresent(TreeRange.self, forKey: .trees).map { [$0] }
        }
    }

    /// - Parameter version: of the tree, such as `2.6.18-238.el5`.
    package func isAbout(_ version: String) -> Bool {
        trees?.contains { $0.contains(TreeVersion(version)) } ?? true
    }
}

extension Target {
    /// This target with another of its variants.
    /// - Throws: `TargetError.unknownVariant`.
    package func choosing(variant: String) throws(TargetError) -> Target {
        let known = configuration.variants.keys.sorted()
        guard known.contains(variant) else {
            throw .unknownVariant(target: name, variant: variant, known: known)
        }
        return replacing(
            configuration: ConfigurationDescription(
                base: configuration.base, fragments: configuration.fragments, variants: configuration.variants,
                variant: variant))
    }

    /// This target with this number of CPUs in its guests.
    package func choosing(cpus: Int) -> Target {
        replacing(
            machine: MachineDescription(
                cpus: cpus, memory: machine.memory, type: machine.type, cpu: machine.cpu, disk: machine.disk,
                commandLine: machine.commandLine, variantCommandLines: machine.variantCommandLines,
                bootSeconds: machine.bootSeconds))
    }

    /// The target's own kernel parameters for the variant that is booted.
    package var commandLine: [String] {
        configuration.variant.flatMap { machine.variantCommandLines[$0] } ?? machine.commandLine
    }

    private func replacing(
        configuration: ConfigurationDescription? = nil, machine: MachineDescription? = nil
    ) -> Target {
        Target(
            name: name, folder: folder, summary: summary, source: source, toolchain: toolchain,
            configuration: configuration ?? self.configuration, machine: machine ?? self.machine, series: series,
            seriesProvides: seriesProvides, mutants: mutants, workloads: workloads, knownFindings: knownFindings)
    }
}

/// Says what is wrong with a description, for the person who wrote it.
package enum YAMLFault {
    /// - Parameter error: from reading the file, from Yams, or from decoding.
    package static func reason(of error: any Error) -> String {
        func field(_ path: [any CodingKey]) -> String {
            path.reduce("") { text, key in
                key.intValue.map { "\(text)[\($0)]" } ?? (text.isEmpty ? key.stringValue : "\(text).\(key.stringValue)")
            }
        }
        return switch error {
        case let error as YamlError: "\(error)"
        case DecodingError.keyNotFound(let key, let context):
            "the field \(field(context.codingPath + [key])) is missing"
        case DecodingError.typeMismatch(_, let context), DecodingError.dataCorrupted(let context),
            DecodingError.valueNotFound(_, let context):
            context.codingPath.isEmpty
                ? context.debugDescription : "\(field(context.codingPath)): \(context.debugDescription)"
        default: error.localizedDescription
        }
    }
}

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

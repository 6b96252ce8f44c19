import Evidence
import Foundation
import Targets
import Yams

/// The workloads of a checkout.
package struct WorkloadCatalogue: Sendable {
    /// The directory `images/workloads/`.
    package let folder: URL

    package init(folder: URL) { self.folder = folder }

    /// Every workload, sorted by name.
    package func all() throws(ImageError) -> [Workload] {
        guard let entries = try? FileManager.default.contentsOfDirectory(atPath: folder.path) else {
            throw .noWorkloads(path: folder.path)
        }
        var workloads: [Workload] = []
        for name in entries.sorted() where FileManager.default.fileExists(atPath: description(of: name).path) {
            workloads.append(try load(name))
        }
        guard !workloads.isEmpty else { throw .noWorkloads(path: folder.path) }
        return workloads
    }

    /// The workloads of these names, in this order; all if there are no names.
    package func select(_ names: [String]) throws(ImageError) -> [Workload] {
        let all = try all()
        if names.isEmpty { return all }
        var selected: [Workload] = []
        for name in names {
            guard let workload = all.first(where: { $0.name == name }) else {
                throw .unknownWorkload(name: name, known: all.map(\.name))
            }
            selected.append(workload)
        }
        return selected
    }

    private func description(of name: String) -> URL { folder.appending(path: "\(name)/workload.yaml") }

    private func load(_ name: String) throws(ImageError) -> Workload {
        let path = "images/workloads/\(name)/workload.yaml"
        let file: WorkloadFile
        do {
            let yaml = try String(contentsOf: description(of: name), encoding: .utf8)
            let fields = try Yams.load(yaml: yaml) as? [String: Any] ?? [:]
            let known = WorkloadFile.CodingKeys.allCases.map(\.stringValue)
            if let unknown = fields.keys.sorted().first(where: { !known.contains($0) }) {
                throw ImageError.malformedWorkload(
                    file: path, reason: "it has a field \(unknown) that drydock does not know")
            }
            file = try YAMLDecoder().decode(WorkloadFile.self, from: yaml)
        } catch let error as ImageError {
            throw error
        } catch {
            throw .malformedWorkload(file: path, reason: YAMLFault.reason(of: error))
        }
        let timeout = file.timeout ?? 30
        guard (1...3600).contains(timeout) else {
            throw .malformedWorkload(file: path, reason: "timeout is \(timeout), it must be 1 to 3600 seconds")
        }
        let workload = Workload(
            name: name, folder: folder.appending(path: name), summary: file.summary, kind: file.kind,
            claims: file.claims ?? [], timeoutSeconds: timeout, expectation: file.expect ?? .pass,
            needsProbe: file.needs?.contains(.probe) ?? false, isRace: file.race ?? false,
            arguments: file.arguments ?? [])
        guard FileManager.default.fileExists(atPath: workload.program.path) else {
            throw .malformedWorkload(file: path, reason: "there is no \(name).c beside it")
        }
        return workload
    }
}

/// `workload.yaml` as it is written.
private struct WorkloadFile: Decodable {
    enum Need: String, Decodable { case probe }

    let summary: String
    let kind: String
    let claims: [String]?
    let timeout: Int?
    let needs: [Need]?
    let expect: Expectation?
    let race: Bool?
    let arguments: [String]?

    enum CodingKeys: String, CodingKey, CaseIterable {
        case summary, kind, claims, timeout, needs, expect, race, arguments
    }
}

/// A program that runs inside the guest and prints KTAP: a directory under `images/workloads/`.
package struct Workload: Sendable, Equatable {
    /// The name of the directory and of the C file in it.
    package let name: String
    package let folder: URL
    /// One line for people.
    package let summary: String
    /// Its subject, for grouping: `vmtruncate`, `notifier` or `locks`.
    package let kind: String
    /// The claims of the patch's description that it tests, such as `C2`.
    package let claims: [String]
    /// Its hard limit in seconds of guest time. Default: 30.
    package let timeoutSeconds: Int
    /// Default: `pass`.
    package let expectation: Expectation
    /// Whether it uses the probe module. Default: no.
    package let needsProbe: Bool
    /// Whether its result depends on the order in which the CPUs do their steps. Default: no.
    package let isRace: Bool
    /// Default: none.
    package let arguments: [String]

    package var program: URL { folder.appending(path: "\(name).c") }

    /// The workload as an entry of a plan.
    /// - Parameter known: its known failure on the kernel of that plan.
    package func planned(seed: UInt64, known: KnownFinding? = nil) -> PlannedWorkload {
        PlannedWorkload(
            name: name, summary: summary, kind: kind, claims: claims, expectation: expectation,
            timeoutSeconds: timeoutSeconds, seed: seed, arguments: arguments, known: known)
    }
}

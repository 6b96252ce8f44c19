import Foundation
import Yams

/// The target descriptions of a checkout.
package struct TargetCatalogue: Sendable {
    /// The directory `kernel-patches/`.
    package let folder: URL

    package init(folder: URL) { self.folder = folder }

    /// The names of all targets, sorted.
    package func names() throws(TargetError) -> [String] {
        guard let entries = try? FileManager.default.contentsOfDirectory(atPath: folder.path) else {
            throw .noCatalogue(path: folder.path)
        }
        return entries.filter { FileManager.default.fileExists(atPath: file(of: $0).path) }.sorted()
    }

    package func load(_ name: String) throws(TargetError) -> Target {
        let known = try names()
        guard known.contains(name) else { throw .unknownTarget(name: name, known: known) }
        let path = "kernel-patches/\(name)/target.yaml"
        let written: TargetFile
        do {
            let yaml = try String(contentsOf: file(of: name), encoding: .utf8)
            if let field = try TargetFile.unknownField(in: yaml) {
                throw TargetError.unknownField(file: path, field: field)
            }
            written = try YAMLDecoder().decode(TargetFile.self, from: yaml)
        } catch let error as TargetError {
            throw error
        } catch {
            throw .malformed(file: path, reason: YAMLFault.reason(of: error))
        }
        let target = try target(name, written, path)
        if let variant = target.configuration.variant, target.configuration.variants[variant] == nil {
            throw .malformed(
                file: path, reason: "configuration.variant is \(variant), which configuration.variants does not name")
        }
        let variants = target.configuration.variants
        if let variant = target.machine.variantCommandLines.keys.sorted().first(where: { variants[$0] == nil }) {
            throw .malformed(
                file: path,
                reason: "machine.variant-command-lines is for \(variant), which configuration.variants does not name")
        }
        return target
    }

    private func file(of name: String) -> URL { folder.appending(path: "\(name)/target.yaml") }

    private func target(_ name: String, _ written: TargetFile, _ path: String) throws(TargetError) -> Target {
        Target(
            name: name, folder: folder.appending(path: name), summary: written.summary ?? name,
            source: try source(written.source, name, path),
            toolchain: ToolchainDescription(
                makeArguments: written.toolchain?.makeArguments ?? [], compiler: written.toolchain?.compiler,
                hostCompiler: written.toolchain?.hostCompiler, patches: written.toolchain?.patches),
            configuration: ConfigurationDescription(
                base: written.configuration?.base ?? "allnoconfig",
                fragments: written.configuration?.fragments ?? ["config"],
                variants: written.configuration?.variants ?? [:], variant: written.configuration?.variant),
            machine: try machine(written.machine, path),
            series: written.series ?? "series", seriesProvides: written.seriesProvides,
            mutants: written.mutants ?? "mutants", workloads: written.workloads ?? [],
            knownFindings: written.knownFindings ?? [])
    }

    private func source(_ written: TargetFile.Source, _ name: String, _ path: String) throws(TargetError)
        -> SourceDescription
    {
        let kinds = [
            written.debianPackage.map(SourceDescription.debianPackage),
            written.directory.map {
                .directory(URL(filePath: $0, relativeTo: folder.appending(path: "\(name)/")).path)
            },
            try written.tarball.map { tarball throws(TargetError) in .tarball(try self.tarball(tarball, name, path)) },
            written.given.map(SourceDescription.given),
        ].compactMap(\.self)
        guard kinds.count == 1 else { throw .sourceKinds(file: path, count: kinds.count) }
        return kinds[0]
    }

    /// A name without a slash is a file in the cache; a path is relative to the description.
    private func tarball(_ written: TargetFile.Tarball, _ name: String, _ path: String) throws(TargetError)
        -> TarballDescription
    {
        if let sum = written.sha256, sum.wholeMatch(of: /[0-9a-fA-F]{64}/) == nil {
            throw .malformedTarball(file: path, field: "sha256", must: "must be 64 hexadecimal digits")
        }
        if written.url != nil, written.sha256 == nil {
            throw .malformedTarball(file: path, field: "sha256", must: "must be given if there is a url")
        }
        let isPath = written.file.contains("/")
        if isPath, written.url != nil {
            throw .malformedTarball(file: path, field: "file", must: "must be a name, not a path, if there is a url")
        }
        let file =
            isPath ? URL(filePath: written.file, relativeTo: folder.appending(path: "\(name)/")).path : written.file
        return TarballDescription(file: file, url: written.url, sha256: written.sha256)
    }

    private func machine(_ written: TargetFile.Machine?, _ path: String) throws(TargetError) -> MachineDescription {
        func value(_ field: String, _ given: Int?, _ otherwise: Int, _ allowed: ClosedRange<Int>) throws(TargetError)
            -> Int
        {
            let value = given ?? otherwise
            guard allowed.contains(value) else {
                throw .outOfRange(file: path, field: "machine.\(field)", value: value, allowed: allowed)
            }
            return value
        }
        return MachineDescription(
            cpus: try value("cpus", written?.cpus, 2, 1...64),
            memory: try value("memory", written?.memory, 256, 32...65536),
            type: written?.type ?? "pc", cpu: written?.cpu ?? "qemu64", disk: written?.disk ?? .ide,
            commandLine: written?.commandLine ?? [], variantCommandLines: written?.variantCommandLines ?? [:],
            bootSeconds: try value("boot-seconds", written?.bootSeconds, 60, 1...3600))
    }
}

import Evidence
import Files
import Foundation
import HostTools

/// The files that are copied out of a built tree.
extension KernelBuilder {
    /// How many builds of a slot are kept, about 5 MiB each; many, because other drydocks may be using some, and a
    /// mutant should be built only once.
    private static func keptBuilds(of subject: Subject) -> Int { subject.isMutant ? 64 : 4 }

    /// The paths of the kernel image; before 2.6.24 the two x86 architectures were separate.
    private static let images = ["arch/x86/boot/bzImage", "arch/x86_64/boot/bzImage"]

    /// Copies image, symbols and configuration out of the tree, and completes what external modules need.
    func collect(_ subject: Subject, _ slot: TreeSlot, _ state: BuildState) throws {
        func require(_ paths: [String]) throws -> URL {
            guard let path = paths.first(where: { Files.exists(slot.tree.appending(path: $0)) }) else {
                throw BuildError.incompleteBuild(subject: subject, artefact: paths[0], log: slot.log.path)
            }
            return slot.tree.appending(path: path)
        }
        try provideSymbolVersions(slot)
        let partial = slot.artefacts.appending(path: "partial")
        let place = slot.artefacts.appending(path: state.digest.short)
        try Files.remove(partial)
        defer { try? Files.remove(partial) }
        // In the oldest trees the second name is a link to the directory of the first.
        let originals = [
            "bzImage": try require(Self.images).resolvingSymlinksInPath(), "System.map": try require(["System.map"]),
            "config": try require([".config"]),
        ]
        for (name, original) in originals { try Files.copy(original, to: partial.appending(path: name)) }
        try state.keep(in: partial.appending(path: BuildState.name))
        for name in BuildState.artefacts + [BuildState.name] {
            try SealedFile.put(partial.appending(path: name), at: partial.appending(path: name))
        }
        try Files.flush(partial)
        try Files.remove(place)
        try Files.move(partial, to: place)
        try Files.flush(slot.artefacts)
        try dropOldArtefacts(subject, slot)
    }

    func code(_ subject: Subject, _ slot: TreeSlot) async throws -> Digest {
        let vmlinux = slot.tree.appending(path: "vmlinux")
        guard Files.exists(vmlinux) else {
            throw BuildError.incompleteBuild(subject: subject, artefact: "vmlinux", log: slot.log.path)
        }
        return try await KernelCode.digest(of: vmlinux, scratch: slot.folder.appending(path: "code"))
    }

    /// Since 5.18 a build without modules leaves the exported symbols in `vmlinux.symvers`; older kernels write
    /// `Module.symvers` themselves.
    private func provideSymbolVersions(_ slot: TreeSlot) throws {
        let exported = slot.tree.appending(path: "vmlinux.symvers")
        guard Files.exists(exported) else { return }
        let content = try Files.read(exported)
        let modules = slot.tree.appending(path: "Module.symvers")
        if (try? Data(contentsOf: modules)) != content { try Files.write(content, to: modules) }
    }

    private func dropOldArtefacts(_ subject: Subject, _ slot: TreeSlot) throws {
        func age(_ folder: URL) -> Date {
            (try? folder.resourceValues(forKeys: [.contentModificationDateKey]).contentModificationDate) ?? .distantPast
        }
        let builds = Files.names(in: slot.artefacts).map { slot.artefacts.appending(path: $0) }
        for build in builds.sorted(by: { age($0) > age($1) }).dropFirst(Self.keptBuilds(of: subject)) {
            try Files.remove(build)
        }
    }

    /// As make prints it, because kernels before 2.6.24 have no file with it at this path.
    func release(_ subject: Subject, _ slot: TreeSlot, _ make: Make) async throws -> String {
        let file = slot.tree.appending(path: "include/config/kernel.release")
        if let content = try? Data(contentsOf: file) {
            return String(decoding: content, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        }
        let result = try await make.run(["--silent", "kernelrelease"])
        guard result.status == .exited(0), let release = result.lines.last else {
            throw BuildError.incompleteBuild(subject: subject, artefact: "kernel release", log: slot.log.path)
        }
        return release
    }
}

/// The part of a kernel that runs: code and data, without debugging information, notes and symbols.
private enum KernelCode {
    /// The digest of the parts of `vmlinux` that a boot loader unpacks; two kernels with the same digest behave alike.
    ///
    /// Without the notes, because ld's identity in them covers debugging information too, and without `.init.ramfs`,
    /// because that archive has the time at which it was packed.
    static func digest(of vmlinux: URL, scratch: URL) async throws -> Digest {
        defer { try? Files.remove(scratch) }
        try await HostTool("objcopy").run(
            to: "read the code of \(vmlinux.path)",
            [
                "--output-target=binary", "--strip-all", "--remove-section=.note*", "--remove-section=.init.ramfs",
                vmlinux.path, scratch.path,
            ])
        return try Digest(ofFile: scratch)
    }
}

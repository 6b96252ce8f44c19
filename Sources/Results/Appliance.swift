import Files
import Foundation
import Guestfs

/// The libguestfs appliance as drydock launches it.
struct Appliance: Sendable {
    /// Where built appliances are kept, about 230 MB each.
    let cacheFolder: URL
    let forceTCG: Bool

    /// The parts from which the appliance is built.
    enum Make: Sendable, CaseIterable {
        /// Those of `ApplianceRecipe`.
        case small
        /// libguestfs's own: slow, but works wherever libguestfs does.
        case stock
    }

    /// Launches an appliance with `drives`; if the small one does not start, libguestfs's own.
    func converse<Result: Sendable>(
        drives: [Drive], onProgress: @escaping @Sendable (String) -> Void,
        _ body: @escaping @Sendable (borrowing Guestfs) throws -> Result
    ) async throws -> Result {
        do {
            return try await converse(.small, drives: drives, onProgress: onProgress, body)
        } catch let failure as LaunchFailure {
            onProgress("the small appliance did not start (\(failure.reason)); trying libguestfs's own")
        }
        do {
            return try await converse(.stock, drives: drives, onProgress: onProgress, body)
        } catch let failure as LaunchFailure {
            throw failure.error
        }
    }

    private func converse<Result: Sendable>(
        _ make: Make, drives: [Drive], onProgress: @escaping @Sendable (String) -> Void,
        _ body: @escaping @Sendable (borrowing Guestfs) throws -> Result
    ) async throws -> Result {
        do {
            return try await Guestfs.converse { guestfs in
                do {
                    onProgress("launching the libguestfs appliance")
                    let home = try set(up: make, guestfs)
                    for drive in drives { try guestfs.addDrive(drive.image, readOnly: drive.isReadOnly) }
                    try launch(make, in: home, guestfs)
                } catch let error as GuestfsError {
                    throw LaunchFailure(error: .appliance(error))
                } catch let error as ResultsError {
                    throw LaunchFailure(error: error)
                }
                return try body(guestfs)
            }
        } catch let error as GuestfsError {
            throw ResultsError.appliance(error)
        }
    }

    /// A failure before the appliance answered, so that another make of appliance may work.
    private struct LaunchFailure: Error {
        let error: ResultsError

        var reason: String { "\(error)".split(separator: "\n").first.map(String.init) ?? "" }
    }

    private func launch(_ make: Make, in home: URL, _ guestfs: borrowing Guestfs) throws {
        let note = ApplianceNote(home: home)
        try ResultsError.step("remove the appliance in", home) { try note.dropUnfit() }
        do {
            try guestfs.launch(within: make == .small ? 90 : 300)
        } catch {
            note.remove()
            throw error
        }
        try ResultsError.step("write to", home) { try note.write() }
    }

    /// - Returns: the directory in which the appliance is built.
    private func set(up make: Make, _ guestfs: borrowing Guestfs) throws -> URL {
        if forceTCG { try guestfs.forceTCG() }
        switch make {
        case .small:
            let home = try parts(searchPath: guestfs.searchPath)
            try guestfs.setSearchPath(home.path)
            try guestfs.setCacheFolder(home)
            try guestfs.setMemory(mebibytes: 256)
            // To interpret ACPI's tables costs 0.8 s under TCG, and virtio's interrupts work without ACPI.
            try guestfs.setCommandLine(appending: "acpi=off")
            // libguestfs uses `max` under TCG; fewer features need less time to set up.
            if forceTCG { try guestfs.setEmulator("-cpu", "qemu64") }
            return home
        case .stock:
            // supermin takes everything in the cache directory for its own, so each make has its own directory.
            let home = cacheFolder.appending(component: "appliance-stock")
            try ResultsError.step("make", home) { try Files.createFolder(home) }
            try guestfs.setCacheFolder(home)
            return home
        }
    }

    /// The directory with the small appliance's `supermin.d`; written if it does not exist.
    func parts(searchPath: String) throws(ResultsError) -> URL {
        let system = searchPath.split(separator: ":").map {
            URL(filePath: String($0)).appending(component: "supermin.d")
        }
        guard let source = system.first(where: { Files.exists($0.appending(component: "packages")) }) else {
            throw ResultsError.noApplianceParts(searchPath: searchPath)
        }
        let packages = source.appending(component: "packages")
        guard let text = try? String(contentsOf: packages, encoding: .utf8) else {
            throw ResultsError.file(FileError("read", packages, reason: "not text that can be read"))
        }
        let recipe = ApplianceRecipe(of: text)
        let home = cacheFolder.appending(component: "appliance-\(recipe.digest.short)")
        let target = home.appending(component: "supermin.d")
        if isWhole(target, recipe) { return home }
        try ResultsError.step("make", home) { try Files.createFolder(home) }
        try ResultsError.step("remove", target) { try Files.remove(target) }
        let draft = home.appending(component: "supermin.d.\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: draft) }
        do {
            try write(recipe, to: draft, borrowingFrom: source)
            try Files.move(draft, to: target)
        } catch {
            // Another drydock may have written the same content first.
            guard isWhole(target, recipe) else {
                throw ResultsError.file(FileError("write", target, because: error))
            }
        }
        return home
    }

    private func write(_ recipe: ApplianceRecipe, to folder: URL, borrowingFrom source: URL) throws {
        try Files.createFolder(folder)
        for name in ApplianceRecipe.borrowed {
            try FileManager.default.createSymbolicLink(
                at: folder.appending(component: name), withDestinationURL: source.appending(component: name))
        }
        for (name, content) in recipe.own { try content.write(to: folder.appending(component: name)) }
    }

    private func isWhole(_ folder: URL, _ recipe: ApplianceRecipe) -> Bool {
        recipe.own.allSatisfy { name, content in (try? Data(contentsOf: folder.appending(component: name))) == content }
            && ApplianceRecipe.borrowed.allSatisfy { Files.exists(folder.appending(component: $0)) }
    }
}

/// The state of a built appliance when it last started well, kept beside it; without a match, the appliance is built
/// again before a launch.
///
/// Size, path and inode are compared: supermin sets the times of its files at each launch, and to read 230 MB would
/// take as long as the rest. Damaged bytes are found by a launch that fails, which removes the note.
struct ApplianceNote {
    /// libguestfs's cache directory.
    let home: URL

    private var file: URL { home.appending(component: "launched") }

    /// In it, libguestfs has one directory for each user.
    private var built: URL { home.appending(components: ".guestfs-\(geteuid())", "appliance.d") }

    /// Removes a built appliance that is not the one that started well.
    func dropUnfit() throws {
        guard Files.exists(built),
            (try? String(contentsOf: file, encoding: .utf8)) != signature
        else { return }
        try FileManager.default.removeItem(at: built)
    }

    func write() throws { try Data(signature.utf8).write(to: file, options: .atomic) }

    func remove() { try? FileManager.default.removeItem(at: file) }

    private var signature: String {
        Files.names(in: built).map { name in
            var status = stat()
            guard stat(built.appending(component: name).path, &status) == 0 else { return "\(name) gone\n" }
            return "\(name) \(status.st_size) \(status.st_blocks) \(status.st_ino)\n"
        }.joined()
    }
}

import Evidence
import Files
import Foundation
import HostTools
import Results
import Synchronization
import Testing

/// These launch libguestfs's appliance, always under TCG, from one cache directory.
@Suite(.serialized, .tags(.boots), .timeLimit(.minutes(5))) struct ResultsBootTests {
    /// Nothing else ends the life of a static.
    private static let shared: Result<TemporaryFolder, any Error> = Result {
        let folder = try TemporaryFolder()
        atexit { try? FileManager.default.removeItem(at: ResultsBootTests.shared.get().url) }
        return folder
    }

    private let cache: URL
    private let folder: TemporaryFolder

    init() throws {
        cache = try Self.shared.get().url
        folder = try TemporaryFolder()
    }

    @Test func oneLaunchReadsAllDisksAndRefusesWhatIsNoResult() async throws {
        let good = try await disk("good", ["01-a.ktap": Data("KTAP version 1\n".utf8), "empty.status": Data()])
        let odd = try await disk("odd", ["ok.status": Data("ended=exit\n".utf8)]) { files in
            try FileManager.default.createSymbolicLink(
                atPath: "\(files.path)/02-link.ktap", withDestinationPath: "/etc/passwd")
            try Data(repeating: 65, count: 2 << 20).write(to: files.appending(component: "03-limit.ktap"))
            try Data(repeating: 65, count: 2 << 20 + 1).write(to: files.appending(component: "04-big.ktap"))
            try FileManager.default.createDirectory(
                at: files.appending(components: "05-folder.ktap", "inner"), withIntermediateDirectories: true)
            try Data("x".utf8).write(to: files.appending(component: "06 with spaces.ktap"))
            try #require(mkfifo("\(files.path)/07-fifo.ktap", 0o644) == 0)
        }
        let disks = [good, try noSuperblock(), try empty(), try await noInodes(), odd]
        let before = try disks.map { try Digest(ofFile: $0) }
        let launches = Mutex(0)
        let images = folder.url
        let reader = ResultsReader(cacheFolder: cache, forceTCG: true) { line in
            if line.hasPrefix("launching") { launches.withLock { $0 += 1 } }
            // A read-only drive is an overlay: QEMU is not given the image itself.
            #expect((try? Self.appliances(of: images)) == [])
        }
        let results = try await reader.read(disks: disks)
        #expect(launches.withLock { $0 } == 1)
        try #require(results.count == disks.count)
        #expect(results[0] == .read(["01-a.ktap": Data("KTAP version 1\n".utf8), "empty.status": Data()]))
        for index in 1...3 {
            guard case .unreadable(let reason) = results[index] else {
                Issue.record("disk \(index) was read: \(results[index])")
                continue
            }
            #expect(reason.hasPrefix("\(disks[index].path): cannot "))
        }
        guard case .read(let files) = results[4] else {
            Issue.record("the odd disk was not read: \(results[4])")
            return
        }
        #expect(files.keys.sorted() == ["03-limit.ktap", ResultsReader.notesName, "ok.status"])
        #expect(files["03-limit.ktap"] == Data(repeating: 65, count: 2 << 20))
        #expect(
            String(decoding: files[ResultsReader.notesName] ?? Data(), as: UTF8.self) == """
                left out "06 with spaces.ktap": not the name of a result file
                left out 02-link.ktap: a symbolic link, not a regular file
                left out 04-big.ktap: 2097153 bytes, the limit is 2097152 a file
                left out 05-folder.ktap: a directory, not a regular file
                left out 07-fifo.ktap: a fifo, not a regular file

                """)
        #expect(try disks.map { try Digest(ofFile: $0) } == before)
        #expect(try appliances().isEmpty)
    }

    @Test func theTemplateIsOneAnOldKernelMounts() async throws {
        let template = try await ResultsDisk.template(in: cache, forceTCG: true).file
        let disk = folder.url.appending(component: "disk.img")
        try ResultsDisk.create(from: template, at: disk)
        let facts = try await HostTool("dumpe2fs").run(to: "look at the disk", ["-h", disk.path]).lines
        let features = facts.first { $0.hasPrefix("Filesystem features:") }?.split(separator: " ").dropFirst(2)
        #expect(features?.joined(separator: " ") == "filetype sparse_super large_file")
        #expect(facts.contains { $0.hasPrefix("Inode size:") && $0.hasSuffix(" 128") })
        #expect(facts.contains { $0.hasPrefix("Filesystem state:") && $0.hasSuffix(" clean") })
        try await HostTool("e2fsck").run(to: "check the disk", ["-fn", disk.path])
        var status = stat()
        #expect(stat(disk.path, &status) == 0)
        #expect(status.st_size == ResultsDisk.size)
        #expect(status.st_blocks * 512 < 2 << 20)
        // A second call finds the first one's.
        let again = try await ResultsDisk.template(in: cache, forceTCG: true) { Issue.record("made again: \($0)") }
        #expect(again.file == template && again.reused)
        let left = try FileManager.default.contentsOfDirectory(atPath: cache.path)
        #expect(!left.contains { $0.hasSuffix(".part") })
    }

    /// Half of the parts, half of what was built of them, and half a template.
    @Test func whatIsSpoiltInTheCacheIsMadeAgain() async throws {
        let template = try await ResultsDisk.template(in: cache, forceTCG: true).file
        let found = try await HostTool("find").run(
            to: "look for the appliance", [cache.path, "-name", "init.tar", "-o", "-name", "root", "-size", "+1M"])
        #expect(found.lines.count == 2, "\(found.lines)")
        for path in found.lines + [template.path] {
            var status = stat()
            try #require(stat(path, &status) == 0 && truncate(path, status.st_size / 2) == 0)
        }
        let told = Mutex<[String]>([])
        let again = try await ResultsDisk.template(in: cache, forceTCG: true) { line in
            told.withLock { $0.append(line) }
        }
        #expect(
            told.withLock { $0 } == ["making the template of the results disks", "launching the libguestfs appliance"])
        try await HostTool("e2fsck").run(to: "check the disk", ["-fn", again.file.path])
    }

    @Test func cancellingALaunchLeavesNoAppliance() async throws {
        let disks = [try await disk("good", [:])]
        let reader = ResultsReader(cacheFolder: cache, forceTCG: true) { line in
            if line.hasPrefix("reading") { Issue.record("the launch went on to its end") }
        }
        let task = Task { try await reader.read(disks: disks) }
        while try appliances().isEmpty { try await Task.sleep(for: .milliseconds(10)) }
        task.cancel()
        await #expect(throws: CancellationError.self) { _ = try await task.value }
        #expect(try appliances().isEmpty)
    }

    @Test func anApplianceThatDiesTakesOneDiskWithIt() async throws {
        let disks = [
            try await disk("1", ["a": Data([1])]), try await disk("2", ["a": Data([2])]),
            try await disk("3", ["a": Data([3])]),
        ]
        let cache = cache
        let deaths = Mutex(0)
        let reader = ResultsReader(cacheFolder: cache, forceTCG: true) { line in
            guard line == "reading 2.img" else { return }
            for process in (try? Self.appliances(of: cache)) ?? [] where kill(process, SIGKILL) == 0 {
                deaths.withLock { $0 += 1 }
            }
        }
        let results = try await reader.read(disks: disks)
        try #require(results.count == 3)
        #expect(deaths.withLock { $0 } == 1)
        #expect(results[0] == .read(["a": Data([1])]))
        #expect(results[2] == .read(["a": Data([3])]))
        guard case .unreadable(let reason) = results[1] else {
            Issue.record("a dead appliance read \(results[1])")
            return
        }
        #expect(reason.contains("cannot mount read-only"))
    }

    // MARK: Disks

    private func disk(
        _ name: String, _ content: [String: Data], _ more: (URL) throws -> Void = { _ in }
    ) async throws -> URL {
        let files = folder.url.appending(component: "\(name).files")
        try FileManager.default.createDirectory(at: files, withIntermediateDirectories: true)
        for (name, bytes) in content { try bytes.write(to: files.appending(component: name)) }
        try more(files)
        let image = folder.url.appending(component: "\(name).img")
        let options = ["-q", "-F", "-t", "ext2", "-b", "4096", "-I", "128", "-d", files.path]
        try await HostTool("mke2fs").run(to: "make \(name)", options + [image.path, "16M"])
        return image
    }

    private func noSuperblock() throws -> URL {
        let image = folder.url.appending(component: "no-superblock.img")
        try Data(repeating: 0x5A, count: 1 << 20).write(to: image)
        return image
    }

    private func empty() throws -> URL {
        let image = folder.url.appending(component: "empty.img")
        try Data().write(to: image)
        return image
    }

    /// Its superblock promises what is not there.
    private func noInodes() async throws -> URL {
        let image = try await disk("no-inodes", [:])
        let handle = try FileHandle(forWritingTo: image)
        try handle.seek(toOffset: 4096)
        try handle.write(contentsOf: Data(repeating: 0x5A, count: 1 << 20))
        try handle.close()
        return image
    }

    // MARK: Processes

    private func appliances() throws -> [pid_t] { try Self.appliances(of: cache) }

    /// The processes of QEMU that run an appliance out of `cache`.
    private static func appliances(of cache: URL) throws -> [pid_t] {
        try FileManager.default.contentsOfDirectory(atPath: "/proc").compactMap { pid_t($0) }.filter { process in
            guard let bytes = FileManager.default.contents(atPath: "/proc/\(process)/cmdline") else { return false }
            let line = String(decoding: bytes, as: UTF8.self)
            return line.contains("qemu-system") && line.contains(cache.path)
        }
    }
}

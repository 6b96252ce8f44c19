import Evidence
import Foundation
import Results
import Testing

@Suite struct ResultsDiskTests {
    @Test func aCopyHasTheBytesAndTheHoles() throws {
        let folder = try TemporaryFolder()
        let template = folder.url.appending(component: "template")
        let size = 8 << 20
        var content = Data(count: size)
        content.replaceSubrange(1024..<1028, with: [1, 2, 3, 4])
        content[size - 70_000] = 9
        try content.write(to: template)
        let copy = folder.url.appending(component: "copy")
        try Data("what stood there before".utf8).write(to: copy)
        try ResultsDisk.create(from: template, at: copy)
        #expect(try Data(contentsOf: copy) == content)
        var status = stat()
        #expect(stat(copy.path, &status) == 0)
        #expect(status.st_blocks * 512 < 1 << 20)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path).sorted() == ["copy", "template"])
    }

    @Test func aMissingTemplateIsNamed() throws {
        let folder = try TemporaryFolder()
        let template = folder.url.appending(component: "template")
        let error = #expect(throws: ResultsError.self) {
            try ResultsDisk.create(from: template, at: folder.url.appending(component: "copy"))
        }
        #expect(error?.description.contains("cannot copy \(template.path) to") == true)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path).isEmpty)
    }

    @Test func aCacheFolderThatCannotBeIsNamed() async throws {
        let error = await #expect(throws: ResultsError.self) {
            _ = try await ResultsDisk.template(in: URL(filePath: "/dev/null/cache"), forceTCG: true)
        }
        #expect(error?.description.hasPrefix("cannot make /dev/null/cache/") == true)
    }

    @Test func disksThatCannotBeTakenNeedNoAppliance() async throws {
        let folder = try TemporaryFolder()
        let disks = [folder.url, folder.url.appending(component: "missing")]
        let reader = ResultsReader(cacheFolder: folder.url, forceTCG: true) { Issue.record("an appliance: \($0)") }
        #expect(
            try await reader.read(disks: disks) == [
                .unreadable(reason: "cannot read \(disks[0].path): it is a folder, not a disk image"),
                .unreadable(reason: "cannot read \(disks[1].path): there is no such file"),
            ])
    }
}

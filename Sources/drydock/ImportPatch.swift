import ArgumentParser
import Evidence
import Files
import Foundation
import KernelSources
import PatchImport
import Runs
import Targets

/// `drydock series import`.
struct ImportPatch: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Find the patch in a web page or a mail, repair it, and add it to a target's series.",
        discussion: """
            A page is text saved from a browser, HTML with <pre>, or a mail. Each repair is reported in one line. With
            --source the patch's tabs and spaces are compared with that tree. docs/import.md says what is repaired and
            what is refused.

              drydock series import page.txt --target el5
              drydock series import page.html --dry-run >fix.patch
            """)

    @Argument(help: "The page: a file, or - for standard input.")
    var page: String

    @Option(help: ArgumentHelp("The target to whose series the patch is added.", valueName: "target"))
    var target: String?

    @Option(help: ArgumentHelp("The patch's file name; by default made from the Subject.", valueName: "name"))
    var name: String?

    @Option(help: ArgumentHelp("Which patch, if the page has several.", valueName: "n"))
    var choose: Int?

    @Flag(help: "Add nothing: print the patch, and the repairs on standard error.")
    var dryRun = false

    @OptionGroup var tree: SourceOptions
    @OptionGroup var common: CommonOptions

    func validate() throws {
        if target == nil && !dryRun {
            throw ValidationError("Give --target NAME, to add the patch to its series, or --dry-run, to look at it.")
        }
    }

    func run() async throws {
        let file = try await PageFile(try content(), scratch: scratch)
        let patch = try PatchPage(file.text).patch(choose)
        let isProven = try await source().map(patch.check(against:)) ?? false
        // If a tree has the lines exactly as they are, no tab was lost.
        let mends = (file.mends + patch.mends).filter { !isProven || !$0.isAboutTabs }
        if dryRun {
            // A patch that is only printed needs no name.
            try show(patch, named: try? patch.name(name), mends)
        } else {
            try await add(patch, named: try patch.name(name), mends)
        }
    }

    /// The tree to compare with; a directory need not be a kernel tree.
    private func source() async throws -> URL? {
        switch try await tree.description() {
        case nil: nil
        case .directory(let path): URL(filePath: path)
        case let other?:
            try await KernelSource.obtain(other, cache: KernelCache(folder: common.workspace().cache)).tree
        }
    }

    private var scratch: URL {
        FileManager.default.temporaryDirectory.appending(path: "drydock-page-\(UUID().uuidString)")
    }

    private func content() throws(PatchImportError) -> Data {
        do {
            if page == "-" { return try FileHandle.standardInput.readToEnd() ?? Data() }
            return try Data(contentsOf: URL(filePath: page))
        } catch {
            throw .unreadablePage(page: page, reason: error.systemReason)
        }
    }

    private func show(_ patch: PagePatch, named name: String?, _ mends: [PatchMend]) throws {
        if common.json {
            let text = String(data: patch.content, encoding: .utf8) ?? String(data: patch.content, encoding: .isoLatin1)
            return try printJSON(ImportReport(patch, name: name, mends: mends, text: text))
        }
        for mend in mends { printToStandardError("\(mend)") }
        // Not by print(), because it need not be UTF-8.
        try FileHandle.standardOutput.write(contentsOf: patch.content)
    }

    private func add(_ patch: PagePatch, named name: String, _ mends: [PatchMend]) async throws {
        let workspace = try common.workspace()
        let target = try TargetCatalogue(folder: workspace.targets).load(self.target ?? "")
        let addition = try await SeriesAddition(
            patch, named: name, to: target.seriesFile, lock: workspace.cache.appending(path: "series.lock"))
        if common.json {
            return try printJSON(ImportReport(patch, name: name, mends: mends, addition: addition))
        }
        for mend in mends { print(mend) }
        print("added \(addition.patch.path) as the last of \(addition.series.path)")
    }
}

/// The output of `drydock series import --json`.
struct ImportReport: Encodable {
    let name: String?
    let subject: String?
    let files: [String]
    let strip: Int
    /// One line each.
    let mends: [String]
    /// The paths of the patch and of the series that now names it; nil for a dry run.
    let patch: String?
    let series: String?
    /// Only for a dry run.
    let text: String?

    init(_ patch: PagePatch, name: String?, mends: [PatchMend], addition: SeriesAddition? = nil, text: String? = nil) {
        self.name = name
        subject = patch.subject
        files = patch.files
        strip = patch.strip
        self.mends = mends.map(\.description)
        self.patch = addition?.patch.path
        series = addition?.series.path
        self.text = text
    }
}

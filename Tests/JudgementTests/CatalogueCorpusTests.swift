import Console
import Evidence
import Judgement
import Testing

/// The catalogue beside the corpus: each entry has a log that it must find, and one that it must not.
@Suite struct CatalogueCorpusTests {
    /// The entries that find a line in a log of the corpus that fails.
    private static let reported: Set<String> = {
        let lines = CorpusCase.all.filter { $0.value("answer") == "failed" }.flatMap {
            ConsoleLine.all(in: $0.console)
        }
        return Set(lines.compactMap { ReportCatalogue.match($0)?.pattern.words })
    }()

    @Test func noTwoEntriesLookForTheSame() {
        #expect(Set(ReportCatalogue.patterns.map(\.words)).count == ReportCatalogue.patterns.count)
    }

    @Test("an entry has a log that reports it", arguments: ReportCatalogue.patterns.map(\.words))
    func reports(_ entry: String) {
        let isReported = Self.reported.contains(entry)
        #expect(isReported)
    }

    @Test("an entry has a quiet log that resembles it", arguments: ReportCatalogue.patterns.map(\.words))
    func resembles(_ entry: String) throws {
        let log = try #require(CorpusCase.all.first { $0.values("resembles").contains(entry) })
        #expect(log.value("answer") == "passed")
        #expect(log.value("finding") == nil)
        // A line has half of its words.
        let words = entry.lowercased().split { !$0.isLetter }.filter { $0.count > 1 }
        let most = log.console.lowercased().split(separator: "\n").map { line in words.count { line.contains($0) } }
            .max()
        #expect((most ?? 0) * 2 >= words.count)
    }

    @Test("a log resembles entries that there are")
    func names() {
        let entries = Set(ReportCatalogue.patterns.map(\.words))
        for log in CorpusCase.all {
            for entry in log.values("resembles") { #expect(entries.contains(entry), "\(log.name)") }
        }
    }
}

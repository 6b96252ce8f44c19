import Foundation

/// The lines `Field: words` above the first empty line of a mutant's file; a line that begins with a blank goes on.
struct MutantHeader {
    private static let fields = ["Subject", "Breaks", "Killed-by", "Variant", "Only", "Not"]

    private let file: String
    private var words: [String: [String]] = [:]

    /// - Throws: `MutantError.malformed`.
    init(_ text: String, of file: URL) throws(MutantError) {
        self.file = file.path
        var current: String?
        for line in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
            if line.allSatisfy(\.isWhitespace) { break }
            if let current, line.first?.isWhitespace == true {
                words[current]? += Self.words(of: line)
                continue
            }
            current = try begin(line)
        }
    }

    private mutating func begin(_ line: Substring) throws(MutantError) -> String {
        guard let colon = line.firstIndex(of: ":"), let field = Self.fields.first(where: { $0 == line[..<colon] })
        else {
            throw fault(
                "\"\(line.prefix(60))\" is no field of its header; the fields are "
                    + "\(Self.fields.joined(separator: ", ")), and an empty line ends them")
        }
        guard words[field] == nil else { throw fault("the field \(field) is given twice") }
        words[field] = Self.words(of: line[line.index(after: colon)...])
        return field
    }

    private static func words(of text: Substring) -> [String] {
        text.split(whereSeparator: \.isWhitespace).map(String.init)
    }

    private func fault(_ reason: String) -> MutantError { .malformed(file: file, reason: reason) }

    func required(_ field: String) throws(MutantError) -> [String] {
        guard words[field] != nil else { throw fault("the field \(field) is missing") }
        return try optional(field)
    }

    /// Empty where the field is not given.
    func optional(_ field: String) throws(MutantError) -> [String] {
        guard let words = words[field] else { return [] }
        guard !words.isEmpty else { throw fault("the field \(field) is empty") }
        return words
    }

    func single(_ field: String) throws(MutantError) -> String? {
        let words = try optional(field)
        guard words.count <= 1 else { throw fault("the field \(field) holds \(words.count) words, it must hold one") }
        return words.first
    }
}

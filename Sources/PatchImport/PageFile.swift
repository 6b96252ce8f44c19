import Files
import Foundation
import HostTools
import Patches

/// A page as it was saved (plain text, HTML or an encoded mail), turned into the text that a reader sees.
package struct PageFile: Sendable {
    /// The text for `PatchPage`.
    package let text: Data
    package let mends: [PatchMend]

    /// - Parameter scratch: a directory for the tools' files, made here and removed again.
    package init(_ content: Data, scratch: URL) async throws {
        // Latin-1 accepts any byte, and the search is only for ASCII.
        let page = String(data: content, encoding: .isoLatin1) ?? ""
        let lines = PageText(content).lines.map(\.text)
        let first = lines.indices.first { DiffReader.begins(at: $0, in: lines) } ?? lines.endIndex
        let above = lines[..<first]
        let isHTML =
            page.contains(/<\/pre\s*>/.ignoresCase()) && above.contains { $0.contains(/<pre[\s>]/.ignoresCase()) }
        let isEncoded = above.contains {
            $0.contains(/^Content-Transfer-Encoding:\s*(quoted-printable|base64)/.ignoresCase())
                || $0.contains(/^(Subject|From):.*=\?[^?]+\?[bqBQ]\?/.ignoresCase())
        }
        guard isHTML || isEncoded else {
            (text, mends) = (content, [])
            return
        }
        try Files.createFolder(scratch)
        defer { try? Files.remove(scratch) }
        let tools = PageTools(scratch: scratch)
        if isHTML {
            let (elements, text) = try await tools.textOfHTML(content)
            self.text = text
            mends = [.html(elements: elements)]
        } else {
            text = try await tools.decodedMail(content)
            mends = [.mailEncoding]
        }
    }
}

/// Programs that turn HTML and mails into text; they work on files, because their output is bytes.
private struct PageTools {
    let scratch: URL

    private var page: URL { scratch.appending(path: "page") }

    /// The text of the `<pre>` elements in order, by libxml2's parser, because it keeps tabs.
    func textOfHTML(_ content: Data) async throws -> (elements: Int, text: Data) {
        // Bytes that are valid UTF-8 are UTF-8, whatever the page says; a byte order mark overrides the page.
        let mark = String(data: content, encoding: .utf8) == nil ? Data() : Data([0xEF, 0xBB, 0xBF])
        try Files.write(mark + content, to: page)
        let count = Int(try await answer("count(//pre)")) ?? 0
        let known = Self.inlineTags.map { "self::\($0)" }.joined(separator: " or ")
        let tag = try await answer("name((//pre//*[not(\(known))])[1])")
        guard tag.isEmpty else { throw PatchImportError.unescapedHTML(tag: tag) }
        var text = Data()
        for index in 0..<count { text += try await query("string((//pre)[\(index + 1)])") }
        return (count, text)
    }

    private func answer(_ path: String) async throws -> String {
        String(decoding: try await query(path), as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    }

    private func query(_ path: String) async throws -> Data {
        try await run("xmllint", "--html", "--huge", "--nonet", "--xpath", path, page.path)
    }

    /// Each mail of the page as headers, description and diffs, decoded by `git mailinfo`.
    func decodedMail(_ content: Data) async throws -> Data {
        try Files.write(content, to: page)
        let mails = scratch.appending(path: "mails")
        try Files.createFolder(mails)
        _ = try await run("git", "mailsplit", "-b", "-o\(mails.path)", "--", page.path)
        var text = Data()
        for name in Files.names(in: mails) {
            let message = scratch.appending(path: "message")
            let patch = scratch.appending(path: "patch")
            let info = try await run(
                "git", "mailinfo", "-k", message.path, patch.path, input: mails.appending(path: name))
            text += Self.header(String(decoding: info, as: UTF8.self)) + (try Files.read(message))
            text += Data("\n".utf8) + (try Files.read(patch))
        }
        return text
    }

    /// `git mailinfo` prints Author, Email, Subject and Date.
    private static func header(_ info: String) -> Data {
        var fields: [Substring: Substring] = [:]
        for line in info.split(separator: "\n") {
            if let match = line.firstMatch(of: /^(\w+): (.*)$/) { fields[match.1] = match.2 }
        }
        let author = [fields["Author"].map(String.init), fields["Email"].map { "<\($0)>" }].compactMap(\.self)
        let lines = [
            author.isEmpty ? nil : "From: \(author.joined(separator: " "))",
            fields["Date"].map { "Date: \($0)" }, fields["Subject"].map { "Subject: \($0)" },
        ]
        return Data((lines.compactMap(\.self).joined(separator: "\n") + "\n\n").utf8)
    }

    /// Runs a tool through the shell, which separates standard output and keeps every byte of it.
    private func run(_ tool: String, _ arguments: String..., input: URL? = nil) async throws -> Data {
        guard HostTool(tool).path != nil else { throw ToolError.cannotStart(tool: tool, reason: "it is not on PATH") }
        let output = scratch.appending(path: "output")
        let files = [input?.path ?? "/dev/null", output.path]
        let script = #"input=$1 output=$2; shift 2; exec "$@" <"$input" 2>"$output.err" >"$output""#
        let result = try await HostTool("sh").run(["-c", script, "sh"] + files + [tool] + arguments)
        // xmllint's way to say that a string is empty.
        let isEmptyAnswer = tool == "xmllint" && result.status == .exited(10)
        guard result.status == .exited(0) || isEmptyAnswer else {
            let said = String(decoding: try Files.read(URL(filePath: "\(output.path).err")), as: UTF8.self)
            throw ToolError.failed(act: "read the page", tool: tool, status: result.status, output: said)
        }
        return try Files.read(output)
    }

    /// The tags that pages use within text; any other tag in a `<pre>` is text that looks like a tag.
    private static let inlineTags = [
        "a", "abbr", "b", "big", "br", "button", "cite", "code", "del", "div", "em", "font", "hr", "i", "img", "ins",
        "kbd", "mark", "p", "pre", "q", "s", "samp", "script", "small", "span", "strike", "strong", "sub", "sup",
        "table", "tbody", "td", "th", "thead", "tr", "tt", "u", "var",
    ]
}

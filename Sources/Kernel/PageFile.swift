import Files
import Foundation
import HostTools

/// A page as it was saved: plain text, HTML or an encoded mail, made the text a reader sees.
package struct PageFile: Sendable {
    /// What `PatchPage` reads.
    package let text: Data
    package let mends: [PatchMend]

    /// - Parameter scratch: a folder for the tools' files, made here and removed again.
    package init(_ content: Data, scratch: URL) async throws {
        // Latin-1 takes any byte, and all that is looked for is ASCII.
        let page = String(data: content, encoding: .isoLatin1) ?? ""
        let lines = PageText(content).lines
        let first = lines.indices.first { DiffReader.begins(at: $0, in: lines) } ?? lines.endIndex
        let above = lines[..<first]
        let isHTML =
            page.contains(/<\/pre\s*>/.ignoresCase()) && above.contains { $0.text.contains(/<pre[\s>]/.ignoresCase()) }
        let isEncoded = above.contains {
            $0.text.contains(/^Content-Transfer-Encoding:\s*(quoted-printable|base64)/.ignoresCase())
                || $0.text.contains(/^(Subject|From):.*=\?[^?]+\?[bqBQ]\?/.ignoresCase())
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

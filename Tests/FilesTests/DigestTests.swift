import Files
import Foundation
import Testing

@Suite struct DigestTests {
    @Test func bytesGiveTheSHA256OfTheStandard() {
        #expect(
            Digest(of: Data("abc".utf8)).hexadecimal
                == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        #expect(
            Digest(of: Data()).hexadecimal == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    }

    @Test func aFileGivesTheDigestOfItsBytes() throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "drydock-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: file) }
        let bytes = Data((0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) })
        try bytes.write(to: file)
        #expect(try Digest(ofFile: file) == Digest(of: bytes))
    }

    @Test func inputsDoNotDependOnTheirOrderButOnTheirBorders() {
        #expect(Digest(inputs: ["a": "1", "b": "2"]) == Digest(inputs: ["b": "2", "a": "1"]))
        #expect(Digest(inputs: ["ab": "c"]) != Digest(inputs: ["a": "bc"]))
        #expect(Digest(inputs: ["a": "1", "b": ""]) != Digest(inputs: ["a": "1"]))
    }
}

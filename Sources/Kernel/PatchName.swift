/// A patch's file name.
enum PatchName {
    /// What `git format-patch` makes of a subject, without its number.
    static func from(subject: String) -> String? {
        // A reply's mark and the list's own bracket say nothing of the patch; `[mm]` does.
        let words = subject.replacing(
            /^(?:\s*(?:[Rr][Ee]|[Ff][Ww][Dd]?):|\s*\[[^\]]*(?:PATCH|RFC|RESEND)[^\]]*\])+/, with: "")
        var name = ""
        for character in words.unicodeScalars {
            let isKept = character.isASCII && (character.properties.isAlphabetic || ("0"..."9").contains(character))
            if isKept || character == "_" || character == "." && name.last != "." {
                name.unicodeScalars.append(character)
            } else if name.last != "-" && character != "." {
                name.append("-")
            }
        }
        // Git's 64 letters less a number and `.patch`.
        name = String(name.drop { $0 == "-" || $0 == "." }.prefix(57))
        while let last = name.last, last == "-" || last == "." { name.removeLast() }
        return name.isEmpty ? nil : "\(name).patch"
    }

    /// A name the user gave, with `.patch` after it where it has no such ending.
    static func checked(_ name: String) throws(PatchPageError) -> String {
        guard name.wholeMatch(of: /[A-Za-z0-9][A-Za-z0-9._+-]*/) != nil else { throw .badName(name) }
        return name.hasSuffix(".patch") || name.hasSuffix(".diff") ? name : "\(name).patch"
    }
}

extension PagePatch {
    /// The name the user gave, or the one the subject makes.
    package func name(_ given: String?) throws(PatchPageError) -> String {
        if let given { return try PatchName.checked(given) }
        guard let name = subject.flatMap(PatchName.from(subject:)) else { throw .noName }
        return name
    }
}

import Foundation

/// Why the content of a JSON file is not the value that it should be, in words that follow the file's name.
package struct ContentFault: Error, Equatable, CustomStringConvertible {
    package let description: String

    init(_ error: any Error) {
        description =
            switch error as? DecodingError {
            case .keyNotFound(let key, let context): "has no key `\(Self.words(context.codingPath + [key]))`"
            case .typeMismatch(let type, let context):
                Self.words(type).map { "has something other than \($0)\(Self.place(context))" }
                    ?? "has something that cannot be used\(Self.place(context))"
            case .valueNotFound(_, let context): "has null\(Self.place(context))"
            case .dataCorrupted(let context): Self.corruption(context)
            case nil: "cannot be used: \(error.systemReason)"
            @unknown default: "cannot be used: \(error.systemReason)"
            }
    }

    private static func place(_ context: DecodingError.Context) -> String {
        context.codingPath.isEmpty ? "" : " as `\(words(context.codingPath))`"
    }

    /// `windows[3].end`
    private static func words(_ path: [any CodingKey]) -> String {
        path.reduce("") { words, key in
            if let index = key.intValue { return "\(words)[\(index)]" }
            return words.isEmpty ? key.stringValue : "\(words).\(key.stringValue)"
        }
    }

    /// Nil for a type that a reader of the file does not know.
    private static func words(_ type: any Any.Type) -> String? {
        switch type {
        case is String.Type, is Date.Type: "a text"
        case is Bool.Type: "true or false"
        case is any BinaryInteger.Type, is any BinaryFloatingPoint.Type: "a number"
        case is [Any].Type: "a list"
        case is [String: Any].Type: "an object"
        default: nil
        }
    }

    private static func corruption(_ context: DecodingError.Context) -> String {
        let words = context.debugDescription
        if words.hasPrefix("The given data was not valid JSON") {
            return "is not JSON, is cut, or has a number out of range"
        }
        var value = ": \(words.replacing(" in Swift", with: ""))"
        // A value of an enumeration that has no such case.
        if words.hasPrefix("Cannot initialize "), let sign = words.firstRange(of: " value ") {
            value = ": \(words[sign.upperBound...])"
        }
        return "has something that cannot be used\(place(context))\(value)"
    }
}

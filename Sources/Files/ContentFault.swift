import Foundation

/// Why the content of a JSON file is not the value that it should be, in words that follow the file's name.
package struct ContentFault: Error, Equatable, CustomStringConvertible {
    package let description: String

    init(_ error: any Error) {
        description =
            switch error as? DecodingError {
            case .keyNotFound(let key, let context):
                "has no key `\(Self.words(context.codingPath + [key]))`"
            case .typeMismatch(let type, let context):
                "has something other than \(Self.words(type))\(Self.place(context))"
            case .valueNotFound(_, let context): "has null\(Self.place(context))"
            case .dataCorrupted(let context) where context.codingPath.isEmpty:
                "is not JSON\(Self.syntax(context))"
            case .dataCorrupted(let context):
                "has something that cannot be used\(Self.place(context))\(Self.value(context))"
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

    private static func words(_ type: any Any.Type) -> String {
        switch type {
        case is String.Type, is Date.Type: "a text"
        case is Bool.Type: "true or false"
        case is any BinaryInteger.Type, is any BinaryFloatingPoint.Type: "a number"
        case is [Any].Type: "a list"
        case is [String: Any].Type: "an object"
        default: "a value of its kind"
        }
    }

    /// The reader's own words, such as where in the file it stopped.
    private static func syntax(_ context: DecodingError.Context) -> String {
        guard let error = context.underlyingError else { return "" }
        let words = (error as NSError).userInfo[NSDebugDescriptionErrorKey] as? String
        return ": \(words ?? error.systemReason)"
    }

    /// The value, if the reader says no more than that it is wrong.
    private static func value(_ context: DecodingError.Context) -> String {
        let words = context.debugDescription
        guard words.hasPrefix("Cannot initialize "), let sign = words.firstRange(of: " value ") else {
            return ": \(words)"
        }
        return ": \(words[sign.upperBound...])"
    }
}

import Foundation
import Yams

/// Says what is wrong with a description, for the person who wrote it.
package enum YAMLFault {
    /// - Parameter error: from reading the file, from Yams, or from decoding.
    package static func reason(of error: any Error) -> String {
        func field(_ path: [any CodingKey]) -> String {
            path.reduce("") { text, key in
                key.intValue.map { "\(text)[\($0)]" } ?? (text.isEmpty ? key.stringValue : "\(text).\(key.stringValue)")
            }
        }
        return switch error {
        case let error as YamlError: "\(error)"
        case DecodingError.keyNotFound(let key, let context):
            "the field \(field(context.codingPath + [key])) is missing"
        case DecodingError.typeMismatch(_, let context), DecodingError.dataCorrupted(let context),
            DecodingError.valueNotFound(_, let context):
            context.codingPath.isEmpty
                ? context.debugDescription : "\(field(context.codingPath)): \(context.debugDescription)"
        default: error.localizedDescription
        }
    }
}

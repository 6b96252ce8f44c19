import COpenSSL
import Foundation

/// One SHA-256 computation of OpenSSL's.
struct SHA256: ~Copyable {
    private let context: OpaquePointer

    init() {
        // Both calls fail only where memory is exhausted.
        guard let context = EVP_MD_CTX_new(), EVP_DigestInit_ex(context, EVP_sha256(), nil) == 1 else {
            preconditionFailure("libcrypto has no memory for a SHA-256 context")
        }
        self.context = context
    }

    deinit { EVP_MD_CTX_free(context) }

    func update(_ bytes: Data) {
        bytes.withUnsafeBytes { _ = EVP_DigestUpdate(context, $0.baseAddress, $0.count) }
    }

    /// The digest of all bytes so far, in lower-case hexadecimal digits.
    consuming func finish() -> String {
        let digits = Array("0123456789abcdef".unicodeScalars)
        var digest = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
        var length: UInt32 = 0
        EVP_DigestFinal_ex(context, &digest, &length)
        var text = String.UnicodeScalarView()
        for byte in digest.prefix(Int(length)) {
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        return String(text)
    }
}

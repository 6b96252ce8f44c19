import Foundation

/// Lends `strings` as a C list: pointers, ended by a null pointer.
func withCStrings<Result>(
    _ strings: [String], _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Result
) -> Result {
    var pointers: [UnsafeMutablePointer<CChar>?] = strings.map { strdup($0) } + [nil]
    defer { for pointer in pointers { free(pointer) } }
    return pointers.withUnsafeMutableBufferPointer { body($0.baseAddress!) }
}

/// Takes ownership of a list that C has allocated.
func takeStrings(_ list: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> [String] {
    var strings: [String] = []
    var next = list
    while let string = next.pointee {
        strings.append(String(cString: string))
        free(string)
        next += 1
    }
    free(list)
    return strings
}

/// A warning of the compiler about the tree.
package struct CompilerWarning: Codable, Sendable, Hashable {
    /// Relative to the top of the tree.
    package let file: String
    package let line: Int
    package let message: String
    /// The option that controls it, such as `-Wunused-variable`.
    package let option: String?

    package init(file: String, line: Int, message: String, option: String?) {
        self.file = file
        self.line = line
        self.message = message
        self.option = option
    }
}

/// How much is taken from one disk, because a guest must not fill the host's.
package struct ResultsLimits: Sendable {
    /// In bytes.
    package var file = 2 << 20
    /// In bytes, all files together.
    package var disk = 32 << 20
    package var files = 1000

    package init() {}
}

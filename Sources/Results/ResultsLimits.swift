/// How much is taken from one disk: a guest must not fill the host.
package struct ResultsLimits: Sendable {
    /// Bytes.
    package var file = 2 << 20
    /// Bytes, all files together.
    package var disk = 32 << 20
    package var files = 1000

    package init() {}
}

import Testing

extension Tag {
    /// Builds the kernels of debian-6.1 if the cache lacks them, and boots them.
    @Tag static var boots: Self
}

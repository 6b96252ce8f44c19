import Testing

extension Tag {
    /// Boots a machine.
    @Tag static var boots: Self
}

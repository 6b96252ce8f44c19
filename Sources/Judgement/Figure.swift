/// One number that a workload measured, from a `# figure <name> <number> <unit>` line.
package struct Figure: Codable, Sendable, Equatable {
    package let name: String
    package let value: Double
    package let unit: String

    package init(name: String, value: Double, unit: String) {
        self.name = name
        self.value = value
        self.unit = unit
    }
}

import Evidence

/// One figure of a workload on both kernels, or on the one that was tested as it is.
package struct FigureComparison: Codable, Sendable, Equatable {
    package let name: String
    package let unit: String
    package let base: Double?
    package let patched: Double?
    package let asIs: Double?
    package let mutant: Double?

    /// Patched divided by base; nil if one is missing or base is zero.
    package let ratio: Double?

    /// Times of a single boot vary by a third with the load of the host; a smaller change is not a difference.
    private static let margin = 4.0 / 3.0

    package var isApart: Bool { ratio.map { $0 >= Self.margin || $0 <= 1 / Self.margin } ?? false }

    private enum CodingKeys: String, CodingKey {
        case name, unit, base, patched, mutant, ratio
        case asIs = "as-is"
    }

    /// The figure on `subject`.
    package func value(on subject: Subject) -> Double? {
        switch subject {
        case .base: base
        case .patched: patched
        case .asIs: asIs
        case .mutant: mutant
        }
    }

    package init(
        name: String, unit: String, base: Double? = nil, patched: Double? = nil, asIs: Double? = nil,
        mutant: Double? = nil
    ) {
        self.name = name
        self.unit = unit
        self.base = base
        self.patched = patched
        self.asIs = asIs
        self.mutant = mutant
        if let base, let patched, base != 0, (patched / base).isFinite {
            ratio = patched / base
        } else {
            ratio = nil
        }
    }

    /// Pairs figures by name and unit; if a name occurs twice, the first with the first.
    static func pairs(_ base: [Figure], _ patched: [Figure]) -> [FigureComparison] {
        var rest = patched
        var pairs = base.map { figure in
            let place = rest.firstIndex { $0.name == figure.name && $0.unit == figure.unit }
            let other = place.map { rest.remove(at: $0) }
            return FigureComparison(name: figure.name, unit: figure.unit, base: figure.value, patched: other?.value)
        }
        pairs += rest.map { FigureComparison(name: $0.name, unit: $0.unit, base: nil, patched: $0.value) }
        return pairs
    }
}

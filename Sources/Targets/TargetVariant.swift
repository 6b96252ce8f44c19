extension Target {
    /// This target with another of its variants.
    /// - Throws: `TargetError.unknownVariant`.
    package func choosing(variant: String) throws(TargetError) -> Target {
        let known = configuration.variants.keys.sorted()
        guard known.contains(variant) else {
            throw .unknownVariant(target: name, variant: variant, known: known)
        }
        return Target(
            name: name, folder: folder, summary: summary, source: source, toolchain: toolchain,
            configuration: ConfigurationDescription(
                base: configuration.base, fragments: configuration.fragments, variants: configuration.variants,
                variant: variant),
            machine: machine, series: series, seriesProvides: seriesProvides, mutants: mutants,
            workloads: workloads)
    }
}

extension Target {
    /// This target with another of its variants.
    /// - Throws: `TargetError.unknownVariant`.
    package func choosing(variant: String) throws(TargetError) -> Target {
        let known = configuration.variants.keys.sorted()
        guard known.contains(variant) else {
            throw .unknownVariant(target: name, variant: variant, known: known)
        }
        return replacing(
            configuration: ConfigurationDescription(
                base: configuration.base, fragments: configuration.fragments, variants: configuration.variants,
                variant: variant))
    }

    /// This target with this number of CPUs in its guests.
    package func choosing(cpus: Int) -> Target {
        replacing(
            machine: MachineDescription(
                cpus: cpus, memory: machine.memory, type: machine.type, cpu: machine.cpu, disk: machine.disk,
                commandLine: machine.commandLine, variantCommandLines: machine.variantCommandLines,
                bootSeconds: machine.bootSeconds))
    }

    /// The target's own kernel parameters for the variant that is booted.
    package var commandLine: [String] {
        configuration.variant.flatMap { machine.variantCommandLines[$0] } ?? machine.commandLine
    }

    private func replacing(
        configuration: ConfigurationDescription? = nil, machine: MachineDescription? = nil
    ) -> Target {
        Target(
            name: name, folder: folder, summary: summary, source: source, toolchain: toolchain,
            configuration: configuration ?? self.configuration, machine: machine ?? self.machine, series: series,
            seriesProvides: seriesProvides, mutants: mutants, workloads: workloads, knownFindings: knownFindings)
    }
}

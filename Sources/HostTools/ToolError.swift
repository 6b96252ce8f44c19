/// A host program could not be run, or ended in a way that its caller cannot use.
package enum ToolError: Error, Equatable, CustomStringConvertible {
    /// The program is not on this host, or the system refused to start it.
    case cannotStart(tool: String, reason: String)
    /// The program ran and failed; `output` is the end of what it printed.
    case failed(act: String, tool: String, status: ToolStatus, output: String)
    /// A program that builds or patches the kernel failed because the host lacked something; `said` is the program's
    /// line.
    case hostFailed(act: String, trouble: HostTrouble, said: String, log: String?)

    package var description: String {
        switch self {
        case .cannotStart(let tool, let reason):
            "cannot start \(tool): \(reason); `make setup` installs what drydock needs"
        case .failed(let act, let tool, let status, let output):
            "cannot \(act): \(tool) ended with \(status)" + (output.isEmpty ? "" : ":\n\(output)")
        case .hostFailed(let act, let trouble, let said, let log):
            "cannot \(act), because of this host, not of the kernel: \(said); \(trouble.advice), then run again"
                + (log.map { "; the whole log is \($0)" } ?? "")
        }
    }
}

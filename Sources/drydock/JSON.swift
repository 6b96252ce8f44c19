import Files

/// Prints `value` as JSON with sorted keys on standard output; times are in ISO 8601, as in the files of a run.
func printJSON(_ value: some Encodable) throws { print(try JSON.text(value)) }

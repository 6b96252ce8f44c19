/// Numbers in a form for people.
enum NumberText {
    /// Four significant digits, without an exponent unless the number is very large or small.
    static func number(_ value: Double) -> String {
        if value == value.rounded(), abs(value) < 1e15 { return String(Int64(value)) }
        if abs(value) >= 1000 { return abs(value) < 1e15 ? String(Int64(value.rounded())) : "\(value)" }
        if abs(value) < 0.001 { return "\(value)" }
        var decimals = 0.0
        var scale = 1.0
        while abs(value) * scale < 1000, decimals < 6 {
            scale *= 10
            decimals += 1
        }
        return "\((value * scale).rounded() / scale)"
    }

    /// `x1.50`, always with two decimals.
    static func ratio(_ value: Double) -> String {
        guard value.magnitude < 1e6 else { return "x\(value)" }
        let hundredths = Int64((value.magnitude * 100).rounded())
        let rest = hundredths % 100
        return "x\(value < 0 ? "-" : "")\(hundredths / 100).\(rest < 10 ? "0" : "")\(rest)"
    }

    /// `12.5 %`, from a part of 1.
    static func percent(_ part: Double) -> String {
        let tenths = Int((part * 1000).rounded())
        return "\(tenths / 10).\(tenths % 10) %"
    }
}

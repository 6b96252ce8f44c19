/// What stands above a patch's diffs.
struct PatchHead {
    var lines: [PageLine] = []
    var mends: [PatchMend] = []
    let subject: String?

    init(_ above: ArraySlice<PageLine>) {
        let description: [PageLine]
        var left = 0
        if let mail = MailHeader(in: above) {
            lines = mail.kept
            description = Array(above[mail.range.upperBound...])
            left = above[..<mail.range.lowerBound].count { !$0.isEmpty }
            if mail.transport > 0 { mends.append(.transportHeaders(lines: mail.transport)) }
        } else if let log = GitLogHeader(in: above) {
            lines = log.headers
            description = log.description
            left = (above[..<log.range.lowerBound] + above[log.range.upperBound...]).count { !$0.isEmpty }
            mends.append(.gitLogHeader(line: log.line.number))
        } else {
            description = Array(above)
            let kept = above.count { !$0.isEmpty }
            if kept > 0 { mends.append(.noMailHeader(kept: kept)) }
        }
        if left > 0 { mends.append(.leftOutAbove(lines: left)) }
        subject = MailHeader.value(of: "Subject", in: lines)
        let blank = PageLine(number: 0, text: "")
        let trimmed = description.drop(while: \.isEmpty).reversed().drop(while: \.isEmpty).reversed()
        if !lines.isEmpty { lines.append(blank) }
        if !trimmed.isEmpty { lines += trimmed + [blank] }
    }
}

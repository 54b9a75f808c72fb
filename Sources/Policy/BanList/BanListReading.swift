internal import Protocols

extension BanList {
    /// The largest list that is read, in bytes: 16 MiB.
    public static let maximumSize = 16 << 20

    /// A line of a list that is none.
    public struct LineProblem: Error, Hashable, Sendable {
        /// The line, from 1.
        public var line: Int
        /// What is wrong with it, and the mend.
        public var message: String

        /// This message for this line.
        public init(line: Int, message: String) {
            self.line = line
            self.message = message
        }
    }

    /// What reading a list came to.
    public enum Reading: Hashable, Sendable {
        /// Every line was understood.
        case list(BanList)
        /// Some were not: the first ten of them, in order.
        case problems([LineProblem])
    }

    /// Reads Monero's format (`--ban-list`): one IPv4 or IPv6 address or subnet a line, `#` begins a comment,
    /// blank lines count for nothing. IPv6 subnets are understood as well.
    ///
    /// A line that is not understood refuses the whole list: half a ban list looks like one and is none.
    public static func read(_ bytes: [UInt8]) -> Reading {
        guard bytes.count <= maximumSize else {
            return .problems([LineProblem(line: 1, message: "the ban list is larger than 16 MiB: shorten it")])
        }
        var subnets: [Subnet] = []
        var problems: [LineProblem] = []
        var number = 0
        for line in bytes.split(separator: 0x0a, omittingEmptySubsequences: false) {
            number += 1
            let entry = trimmed(line.prefix { $0 != 0x23 })
            if entry.isEmpty { continue }
            guard entry.count <= 64, entry.allSatisfy({ (0x21...0x7e).contains($0) }),
                let subnet = Subnet(String(decoding: entry, as: UTF8.self))
            else {
                problems.append(LineProblem(line: number, message: complaint(entry)))
                if problems.count == 10 { break }
                continue
            }
            subnets.append(subnet)
        }
        return problems.isEmpty ? .list(BanList(subnets)) : .problems(problems)
    }

    private static func trimmed(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0d }
        var line = line.drop(while: isBlank)
        while let last = line.last, isBlank(last) { line.removeLast() }
        return line
    }

    private static func complaint(_ entry: ArraySlice<UInt8>) -> String {
        let isPrintable = entry.allSatisfy { (0x20...0x7e).contains($0) }
        guard isPrintable, entry.count <= 64 else {
            return "neither an address nor a subnet: write one a line, such as 192.0.2.0/24"
        }
        let text = String(decoding: entry, as: UTF8.self)
        if text.hasSuffix("/0") { return "`\(text)` would ban everybody: write route.clearnet = \"block\" instead" }
        return "`\(text)` is neither an address nor a subnet: write one a line, such as 192.0.2.0/24"
    }
}

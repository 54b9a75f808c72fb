internal import Protocols

/// What one user tried and the guard stopped, over all the tables that there were: a table that is made anew counts from
/// nothing, the ledger goes on.
public struct StoppedLedger: Hashable, Sendable {
    /// What packets are counted by.
    private enum Key: Hashable {
        case element(GuardCounts.Element)
        case inbound
        case rest
    }

    /// More kinds of packets than this are counted together: ports and destinations are for the confined user to choose.
    private static let most = 4096
    /// More rows than this are not told: the last ones are put together.
    static let mostRows = 64

    private let user: UInt32
    /// What earlier tables counted.
    private var past: [Key: UInt64] = [:]
    /// What this one has.
    private var present: [Key: UInt64] = [:]

    /// Nothing was stopped yet.
    public init(user: UInt32) {
        self.user = user
    }

    /// Takes what the table in the kernel has counted since it was made.
    public mutating func observe(_ counts: GuardCounts) {
        var seen: [Key: UInt64] = [:]
        seen[.inbound] = counts.counters["inbound_\(user)"]
        seen[.rest] = counts.counters["rest_\(user)"]
        for set in ["stopped", "other", "stopped4", "stopped6"] {
            for (element, packets) in counts.sets["\(set)_\(user)"] ?? [:] { seen[.element(element)] = packets }
        }
        // Less than before: somebody has reset it. What it said stays true.
        for (key, packets) in present where seen[key] ?? 0 < packets { add(packets, to: key) }
        present = seen
    }

    /// The table is another one from now on, or none.
    public mutating func tableIsGone() {
        for (key, packets) in present { add(packets, to: key) }
        present = [:]
    }

    private mutating func add(_ packets: UInt64, to key: Key) {
        let key = past.count < Self.most || past[key] != nil ? key : .rest
        past[key, default: 0] = (past[key] ?? 0).saturating(adding: packets)
    }

    /// The rows, most packets first; each packet is in one of them.
    public var rows: [StoppedPackets] {
        var all = past.merging(present) { $0.saturating(adding: $1) }
        // A packet that is counted by its destination as well is told by that.
        for case (.element(let element), let packets) in all where element.destination != nil {
            let plain = Key.element(GuardCounts.Element(transport: element.transport, port: element.port))
            if let sum = all[plain] { all[plain] = sum - min(sum, packets) }
        }
        let rows = all.filter { $0.value > 0 }.map { Self.row($0.key, $0.value) }.sorted(by: Self.isBefore)
        guard rows.count > Self.mostRows else { return rows }
        let tail = rows[(Self.mostRows - 1)...].reduce(UInt64(0)) { $0.saturating(adding: $1.packets) }
        return rows[..<(Self.mostRows - 1)] + [StoppedPackets(protocol: "other", port: nil, packets: tail)]
    }

    private static func row(_ key: Key, _ packets: UInt64) -> StoppedPackets {
        switch key {
        case .inbound: StoppedPackets(protocol: "inbound", port: nil, packets: packets)
        case .rest: StoppedPackets(protocol: "other", port: nil, packets: packets)
        case .element(let element):
            StoppedPackets(
                protocol: name(ofTransport: element.transport), port: element.port, packets: packets,
                destination: element.destination.map { "\($0)" })
        }
    }

    private static func isBefore(_ one: StoppedPackets, _ other: StoppedPackets) -> Bool {
        if one.packets != other.packets { return one.packets > other.packets }
        return (one.protocol, one.port ?? 0, one.destination ?? "")
            < (other.protocol, other.port ?? 0, other.destination ?? "")
    }

    /// As IANA names it ("Protocol Numbers"), in small letters; "ip-N" for one that is rarely met.
    private static func name(ofTransport number: UInt8) -> String {
        switch number {
        case 1: "icmp"
        case 2: "igmp"
        case 6: "tcp"
        case 17: "udp"
        case 41: "ipv6"
        case 47: "gre"
        case 50: "esp"
        case 58: "icmpv6"
        case 132: "sctp"
        case 136: "udplite"
        default: "ip-\(number)"
        }
    }
}

extension UInt64 {
    fileprivate func saturating(adding other: UInt64) -> UInt64 {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? .max : sum
    }
}

extension StoppedPackets {
    /// Counts of several users as one, most packets first.
    ///
    /// - Parameter destinations: whether they are told apart by destination, and name it.
    static func sum(of rows: [StoppedPackets], destinations: Bool) -> [StoppedPackets] {
        var packets: [StoppedPackets: UInt64] = [:]
        for row in rows {
            var key = row
            key.packets = 0
            if !destinations { key.destination = nil }
            let (sum, overflow) = packets[key, default: 0].addingReportingOverflow(row.packets)
            packets[key] = overflow ? .max : sum
        }
        let all = packets.map { key, count in
            var row = key
            row.packets = count
            return row
        }
        return all.sorted { $0.isBefore($1) }
    }

    private func isBefore(_ other: StoppedPackets) -> Bool {
        if packets != other.packets { return packets > other.packets }
        return (`protocol`, port ?? 0, destination ?? "") < (other.protocol, other.port ?? 0, other.destination ?? "")
    }

    /// What they were about, as it follows a number: "DNS", "to port 18080".
    var words: String {
        switch (`protocol`, port) {
        case ("inbound", _): "answers to connections from outside"
        case ("icmp", _), ("icmpv6", _): "ICMP"
        case ("igmp", _): "IGMP"
        case (_, 53?): "DNS"
        case (_, 853?): "DNS over TLS"
        case (_, 123?): "NTP"
        case (_, 1900?): "UPnP"
        case (_, 5351?): "NAT-PMP"
        case (_, 5353?): "mDNS"
        case ("tcp", 80?), ("tcp", 443?): "web"
        case (_, let port?): "to port \(port)"
        case ("other", nil): "of other kinds"
        case (let name, nil): "of \(name.oneLine)"
        }
    }

    /// "214 packets: 180 DNS, 30 to port 18080, 4 UPnP"; what is rare is put together.
    static func summary(of rows: [StoppedPackets]) -> String {
        var counts: [String: UInt64] = [:]
        for row in rows { counts[row.words] = saturating(counts[row.words] ?? 0, row.packets) }
        let sorted = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        var parts = sorted.prefix(mostWords).map { "\($0.value) \($0.key)" }
        let rest = sorted.dropFirst(mostWords).reduce(0) { saturating($0, $1.value) }
        if rest > 0 { parts.append("\(rest) others") }
        return HumanUnits.count(total(of: rows), "packet") + ": " + parts.joined(separator: ", ")
    }

    static func total(of rows: [StoppedPackets]) -> UInt64 { rows.reduce(0) { saturating($0, $1.packets) } }

    private static let mostWords = 8

    private static func saturating(_ one: UInt64, _ other: UInt64) -> UInt64 {
        let (sum, overflow) = one.addingReportingOverflow(other)
        return overflow ? .max : sum
    }
}

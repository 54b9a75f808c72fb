internal import Protocols

extension ConfigurationReader {
    /// `[i2p]`: one that runs, by SOCKS or by SAM, or one that we start.
    mutating func readI2P(_ entry: TomlTable.Entry) -> I2PConfiguration? {
        guard let table = table(entry, KnownKeys.i2p) else { return nil }
        let managed = boolean(table["managed"], "i2p.managed") ?? false
        let socks = endpoint(table["socks"], "i2p.socks")
        let sam = endpoint(table["sam"], "i2p.sam")
        if managed {
            for key in ["socks", "sam"] {
                guard let place = table[key]?.position else { continue }
                complain(
                    "`i2p.\(key)` names an I2P router that runs, and `managed = true` starts one: take one of them out",
                    at: place)
            }
        } else if table["sam"] != nil, let place = table["socks"]?.position {
            complain("`i2p.socks` stands beside `i2p.sam`, which does more: take one of them out", at: place)
        } else if table["sam"] == nil, table["socks"] == nil {
            complain(
                "[i2p] names no I2P router: its SAM port, sam = \"127.0.0.1:7656\", or its SOCKS port, "
                    + "socks = \"127.0.0.1:4447\", or set `managed = true`", at: entry.position)
        }
        let tunnels = tunnels(table["tunnels"], KnownKeys.i2pTunnels)
        if !managed, table["sam"] == nil, table["socks"] != nil, let place = table["tunnels"]?.position {
            complain(
                "`i2p.tunnels` is for SAM: the tunnels behind a SOCKS port are set in the I2P router itself, "
                    + "take it out", at: place)
        }
        if managed { return I2PConfiguration(.managed, tunnels: tunnels) }
        if let sam { return I2PConfiguration(.sam(sam), tunnels: tunnels) }
        return socks.map { I2PConfiguration(.socks($0), tunnels: tunnels) }
    }

    /// A table `{ quantity = 3, length = 3 }`.
    mutating func tunnels(_ entry: TomlTable.Entry?, _ known: KnownKeys.Table) -> I2PTunnels {
        var tunnels = I2PTunnels()
        guard let table = table(entry, known) else { return tunnels }
        if let quantity = count(table["quantity"], known.path("quantity"), I2PTunnels.quantities, "tunnels") {
            tunnels.quantity = quantity
        }
        if let length = count(table["length"], known.path("length"), I2PTunnels.lengths, "hops") {
            tunnels.length = length
        }
        return tunnels
    }

    private mutating func count(
        _ entry: TomlTable.Entry?, _ path: String, _ range: ClosedRange<Int>, _ what: String
    ) -> Int? {
        guard let entry else { return nil }
        if case .integer(let number) = entry.value.content, let count = Int(exactly: number), range.contains(count) {
            return count
        }
        complain(
            "`\(path)` takes \(range.lowerBound) to \(range.upperBound) \(what), not \(number(entry.value))",
            at: entry.value.position)
        return nil
    }

    /// A number as a message shows it, or what stands in its place.
    func number(_ value: TomlValue) -> String {
        if case .integer(let number) = value.content { "\(number)" } else { value.kind }
    }
}

internal import Protocols

/// Where a published service ends.
extension ConfigurationReader {
    /// A `target`: a listener of the node on this machine's loopback, and nothing by which a stranger could go on from
    /// here.
    ///
    /// - Parameters:
    ///   - default: the port on 127.0.0.1 where the file names no target.
    ///   - header: where the service stands, for what is wrong with a target that is not written there.
    ///   - others: the services before it.
    mutating func target(
        _ entry: TomlTable.Entry?, _ path: String, default port: UInt16, header: TomlPosition,
        _ around: InboundSurroundings, _ others: InboundConfiguration
    ) -> Endpoint? {
        let path = "\(path).target"
        let place = entry?.value.position ?? header
        let target: Endpoint
        if entry != nil {
            guard let given = endpoint(entry, path) else { return nil }
            target = given
        } else {
            target = .tcp(.v4(IPv4Address(127, 0, 0, 1)), port: port)
        }
        guard case .tcp(let address, let port) = target else {
            complain("`\(path)` cannot be a Unix socket, where monerod does not listen: name an address", at: place)
            return nil
        }
        guard address.isOwnLoopback else {
            complain(
                "`\(path)` is outside loopback, \(target): a service ends at a listener of this machine, name it on "
                    + "127.0.0.1", at: place)
            return nil
        }
        // Each stream comes to monerod from another address of 127/8, so that it counts and bans them apart.
        guard case .v4 = address else {
            complain(
                "`\(path)` is IPv6, \(target), where monerod takes no `anonymous-inbound` and could not tell who comes in "
                    + "apart: name 127.0.0.1", at: place)
            return nil
        }
        if let reason = whyNoTarget(target, port, around, others) {
            complain("`\(path)` is \(reason)", at: place)
            return nil
        }
        return target
    }

    private func whyNoTarget(
        _ target: Endpoint, _ port: UInt16, _ around: InboundSurroundings, _ others: InboundConfiguration
    ) -> String? {
        let mend = "name monerod's own listener"
        if let listener = around.node.listeners.first(where: { $0.endpoint.canonical == target.canonical }) {
            return "the router's own `\(listener.name)`, \(target): whoever comes in would go out again, \(mend)"
        }
        if let place = around.wallets.firstIndex(where: { $0.listen.canonical == target.canonical }) {
            return "the router's own wallet.\(place), \(target): \(mend)"
        }
        if around.node.redirectedPorts.contains(port) {
            return "port \(port), where the guard sends what it redirects: \(mend)"
        }
        if let egress = around.egresses.first(where: { egress in
            egress.kind.endpoints.contains { $0.isLoopback && $0.has(port) }
        }) {
            return "[\(egress.name)] itself, \(target): strangers would command it or go out by it, \(mend)"
        }
        if let carrier = Self.carriers[port] {
            return "port \(port), where \(carrier) is used to be: strangers would go out by it, \(mend)"
        }
        let taken = others.onions.map { ($0.name, $0.target) } + (others.i2p.map { [($0.name, $0.target)] } ?? [])
        if let other = taken.first(where: { $0.1.canonical == target.canonical }) {
            return
                "that of \(other.0) too, \(target): monerod has a listener for each, give it a port of its own"
        }
        return nil
    }
}

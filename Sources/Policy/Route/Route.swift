public import Protocols

/// Decides which egress a request goes by. It knows the configuration and this machine's addresses, and nothing
/// that changes from second to second: whether the egress is ready is asked afterwards.
///
/// The default is to refuse: only what a rule below lets through has a way out.
public struct Route: Hashable, Sendable {
    /// The answer to a request.
    public enum Decision: Hashable, Sendable {
        /// By this egress, to this destination (a virtual peer's is its onion or I2P address).
        case via(egress: String, Destination)
        /// Not at all.
        case refuse(Refusal)
    }

    private let configuration: RouteConfiguration
    private let peers: [Destination: Destination]
    private let virtualAddresses: Set<IPAddress>
    private let banList: BanList
    /// The egress by which a Tor of ours reaches its relays.
    private let torUplink: String?
    /// This machine's addresses, as last read from the kernel.
    public var ownAddresses: Set<IPAddress>

    /// The rules of a configuration.
    public init(_ configuration: Configuration, ownAddresses: Set<IPAddress> = []) {
        self.configuration = configuration.route
        banList = configuration.node.banList
        torUplink = configuration.egress(named: "tor")?.via
        self.ownAddresses = ownAddresses
        var peers: [Destination: Destination] = [:]
        for peer in configuration.node.virtualPeers {
            peers[Destination(host: Host(.v4(peer.address)), port: peer.port)] = peer.destination
        }
        self.peers = peers
        virtualAddresses = Set(configuration.node.virtualPeers.map { .v4($0.address) })
    }

    /// Where a request goes.
    public func decide(_ request: Request) -> Decision {
        if request.requestClass == .torUplink {
            // Tor's own choice: its relays, and bridges that may be on a private network.
            return torUplink.map { .via(egress: $0, request.destination) } ?? .refuse(.blocked)
        }
        if request.requestClass == .dns {
            // The resolver, and no choice of the node's: nothing is held against where the operator put it.
            return switch target(of: .clearnet) {
            case .egress(let name): .via(egress: name, request.destination)
            case .block: .refuse(.blocked)
            }
        }
        // It leads to this machine, and by no egress.
        if request.requestClass.isInbound { return .refuse(.blocked) }
        var destination = request.destination
        if request.requestClass == .p2p || request.requestClass == .stray, let peer = peers[destination] {
            destination = peer
        }
        let kind = DestinationKind(destination.host)
        switch (request.requestClass, kind) {
        case (.p2p, _), (.stray, _), (.torZone, .onion), (.i2pZone, .i2p): break
        case (.torZone, _), (.i2pZone, _), (.torUplink, _), (.dns, _), (.inbound, _), (.inboundRPC, _):
            return .refuse(.wrongZone)
        }
        if let refusal = check(destination.host) { return .refuse(refusal) }
        return switch target(of: kind) {
        case .egress(let name): .via(egress: name, destination)
        case .block: .refuse(.blocked)
        }
    }

    /// Where a wallet's node is reached: by the route of its kind. What the operator named is not held against the ban
    /// list, which is of the node's peers. A node on loopback goes by no egress: it is not asked about here, and refused.
    public func decide(walletNode destination: Destination) -> Decision {
        if case .address(let address) = destination.host, address.isLoopback { return .refuse(.privateDestination) }
        if let refusal = checkReach(destination.host) { return .refuse(refusal) }
        return switch target(of: DestinationKind(destination.host)) {
        case .egress(let name): .via(egress: name, destination)
        case .block: .refuse(.blocked)
        }
    }

    /// Whether a relay that was let through as (class, kind, address, egress) would be let through the same way now.
    /// Asked of each open relay after a reload.
    public func stillAllows(
        _ requestClass: RequestClass, _ kind: DestinationKind, address: IPAddress?, isLocalName: Bool, egress: String
    ) -> Bool {
        if requestClass == .torUplink { return torUplink == egress }
        // It stands by its service, and ends with that.
        if requestClass.isInbound { return true }
        if requestClass == .dns { return target(of: .clearnet) == .egress(egress) }
        guard target(of: kind) == .egress(egress), !isLocalName || configuration.allowsPrivate else { return false }
        return address.flatMap { check(Host($0)) } == nil
    }

    /// Why nothing may go to an address, where it may not: asked of what a name was resolved to.
    public func refusal(of address: IPAddress) -> Refusal? { check(Host(address)) }

    private func target(of kind: DestinationKind) -> RouteTarget {
        switch kind {
        case .onion: configuration.onion
        case .i2p: configuration.i2p
        case .clearnet: configuration.clearnet
        }
    }

    private func check(_ host: Host) -> Refusal? {
        if case .address(let address) = host, banList.contains(address) { return .banned }
        return checkReach(host)
    }

    /// Whether it is somewhere that an egress may be asked for at all.
    private func checkReach(_ host: Host) -> Refusal? {
        switch host {
        case .onion, .i2p:
            return nil
        case .name:
            return host.isLocalName && !configuration.allowsPrivate ? .privateDestination : nil
        case .address(let address):
            // At a port that no `[node.peers]` entry has. Also where private destinations are allowed, a virtual
            // address must not reach somebody's real 10/8.
            if virtualAddresses.contains(address) { return .privateDestination }
            if configuration.allowsPrivate { return nil }
            if address.isPrivate { return .privateDestination }
            return ownAddresses.contains(address) ? .ownAddress : nil
        }
    }
}

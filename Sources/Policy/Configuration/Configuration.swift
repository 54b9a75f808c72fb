public import Protocols

/// What the operator wants, read and checked: every value is in range, every name it uses exists.
public struct Configuration: Hashable, Sendable {
    /// The Monero network of the node.
    public var network: MoneroNetwork
    /// The ways out, in the order of the file.
    public var egresses: [EgressConfiguration]
    /// Which class of destination leaves by which egress.
    public var route: RouteConfiguration
    /// The node: whom the guard confines, and where it enters.
    public var node: NodeConfiguration
    /// The services by which others reach the node.
    public var inbound: InboundConfiguration
    /// The wallet gateway's listeners, in the order of the file.
    public var wallets: [WalletConfiguration]
    /// What holds the node to the router.
    public var killSwitch: KillSwitchConfiguration
    /// The control socket.
    public var control: ControlConfiguration
    /// What may be written to the log.
    public var log: LogConfiguration

    /// A configuration of these parts. Nothing is checked here: `read(_:context:)` does that.
    public init(
        network: MoneroNetwork, egresses: [EgressConfiguration], route: RouteConfiguration, node: NodeConfiguration,
        inbound: InboundConfiguration = InboundConfiguration(), wallets: [WalletConfiguration] = [],
        killSwitch: KillSwitchConfiguration, control: ControlConfiguration, log: LogConfiguration
    ) {
        self.network = network
        self.egresses = egresses
        self.route = route
        self.node = node
        self.inbound = inbound
        self.wallets = wallets
        self.killSwitch = killSwitch
        self.control = control
        self.log = log
    }

    /// The egress of this name, such as "proxy.work".
    public func egress(named name: String) -> EgressConfiguration? {
        egresses.first { $0.name == name }
    }

    /// The names of the egresses that are of use: some route leads to them, a service is published by them, or they lead to
    /// one that is of use.
    public var routedEgresses: Set<String> {
        var names: Set<String> = []
        let publishers = (inbound.onions.isEmpty ? [] : ["tor"]) + (inbound.i2p == nil ? [] : ["i2p"])
        for first in route.egresses.union(publishers) {
            var next: String? = first
            while let name = next, names.insert(name).inserted { next = egress(named: name)?.via }
        }
        return names
    }

    /// What holds where there is no file at all: a Tor of our own, the three listeners, the guard around the user that
    /// Debian's monero package makes, and a listener for the wallets of that node. (A node that is not there is busy to a
    /// wallet, and nothing else.)
    public static let builtIn = Configuration(
        network: .mainnet,
        egresses: [
            EgressConfiguration(name: "tor", kind: .tor(TorConfiguration(.managed(torrc: []))))
        ],
        route: RouteConfiguration(onion: .egress("tor"), i2p: .block, clearnet: .egress("tor")),
        node: NodeConfiguration(
            user: "monero",
            listeners: [
                NodeListenerConfiguration(role: .p2p, endpoint: loopback(18950)),
                NodeListenerConfiguration(role: .torZone, endpoint: loopback(18951)),
                NodeListenerConfiguration(role: .i2pZone, endpoint: loopback(18952)),
            ]),
        wallets: [
            WalletConfiguration(
                listen: loopback(18989),
                nodes: [
                    WalletNodeConfiguration(
                        destination: Destination(host: .address(.v4(IPv4Address(127, 0, 0, 1))), port: 18081))
                ])
        ],
        killSwitch: KillSwitchConfiguration(), control: ControlConfiguration(), log: LogConfiguration())

    private static func loopback(_ port: UInt16) -> Endpoint {
        .tcp(.v4(IPv4Address(127, 0, 0, 1)), port: port)
    }
}

/// `[kill-switch]`.
public struct KillSwitchConfiguration: Hashable, Sendable {
    /// Whether the guard must be proven.
    public enum GuardMode: String, Hashable, Sendable, CaseIterable {
        /// Nothing passes unless the guard is proven.
        case required
        /// The router fails closed, but nothing holds the node to it: unguarded.
        case off
    }

    /// Whether the guard must be proven.
    public var guardMode: GuardMode
    /// Further users whom the guard holds, beside the node's.
    public var confine: [ConfinedUserConfiguration]

    /// This mode, required unless said otherwise, and these users.
    public init(guardMode: GuardMode = .required, confine: [ConfinedUserConfiguration] = []) {
        self.guardMode = guardMode
        self.confine = confine
    }
}

/// A `[[kill-switch.confine]]`: a user who reaches these listeners of ours and nothing else.
public struct ConfinedUserConfiguration: Hashable, Sendable {
    /// The user's name.
    public var user: String
    /// Names of listeners, as the status has them: "node.proxy", "wallet.0".
    public var listeners: [String]

    /// This user, with these listeners.
    public init(user: String, listeners: [String]) {
        self.user = user
        self.listeners = listeners
    }
}

/// `[control]`.
public struct ControlConfiguration: Hashable, Sendable {
    /// The absolute path of the control socket; nil for the default place.
    public var socket: String?

    /// This path, or the default place.
    public init(socket: String? = nil) {
        self.socket = socket
    }
}

/// `[log]`.
public struct LogConfiguration: Hashable, Sendable {
    /// Whether destinations may be named in the log, in events and in the status.
    public var destinations: Bool

    /// Whether destinations may be named; no unless said otherwise.
    public init(destinations: Bool = false) {
        self.destinations = destinations
    }
}

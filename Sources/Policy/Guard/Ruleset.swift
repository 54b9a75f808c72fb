public import Protocols

/// The kill-switch as one nftables table: it follows from the configuration and the users' numbers, and from nothing
/// that happens. Policy accept everywhere, so that nobody else's packets and no packet without a socket are touched;
/// only what belongs to a confined user, by socket or by its connection's mark, comes into that user's chain, and there
/// what is not listed ends.
///
/// What each part is for:
/// - `meta skuid` finds no user once a process is gone: the kernel went on to send what a killed process had queued, 64
///   bytes of it in each of five runs. So the connections that are let through carry a mark, by which their packets come
///   into the chain without a user; the others are reset, which leaves nothing queued; and what is older than the table
///   is destroyed when it is made.
/// - No rule accepts by `ct state established`: flows that are older than the rules would go on.
/// - Addresses, not `oifname "lo"`: a redirected packet has its old device in the output hook.
/// - The postrouting chain: a socket that is bound to a device sends even a packet for 127.0.0.1 out by it, so what the
///   output hook lets through is looked at once more where its way is certain.
/// - Only listed loopback ports: the name server's stub at 127.0.0.53 asks the world for whoever asks it.
/// - Policy accept and positive matches: with "all but these users" the kernel's own packets are stopped too, and with
///   them resets, ICMP and neighbour discovery.
public struct Ruleset: Hashable, Sendable {
    /// The table's name.
    public static let tableName = "xmr_routed"

    /// The table.
    public let table: NftTable
    /// Whom it holds.
    public let users: [GuardedUsers.User]
    /// The router's user, where the table has a chain for it.
    public let router: UInt32?

    /// The marks of connections (`ct mark`), a range of our own: "xmr" and a number.
    enum Mark {
        static let base: UInt32 = 0x786d_7200
        /// Begun by the confined user of this place.
        static func begun(_ place: Int) -> UInt32 { base + UInt32(place) * 2 + 1 }
        /// Answered by the confined user of this place.
        static func answered(_ place: Int) -> UInt32 { base + UInt32(place) * 2 + 2 }
        /// Begun by the router.
        static let router = base + 0x400
        /// Begun by the router by this VPN's interface.
        static func tunnel(_ vpn: Int) -> UInt32 { base + 0x200 + UInt32(vpn) }
        /// First seen in the middle, coming in by this VPN's interface: one that the router has lost.
        static func lost(_ vpn: Int) -> UInt32 { base + 0x100 + UInt32(vpn) }
    }

    /// What marks the connections that a confined user began, by the user's number.
    public var marks: [UInt32: UInt32] {
        Dictionary(users.enumerated().map { ($1.id, Mark.begun($0)) }, uniquingKeysWith: { first, _ in first })
    }

    /// The ruleset of this configuration for these users.
    public init(_ configuration: Configuration, _ guarded: GuardedUsers) {
        users = guarded.users
        router = guarded.router
        var table = NftTable(name: Self.tableName)
        var output = NftTable.Chain(name: "output", hook: .filterOutput)
        var input = NftTable.Chain(name: "input", hook: .filterInput)
        var last = NftTable.Chain(name: "postrouting", hook: .filterPostrouting)

        Self.keepInTunnels(configuration, guarded.routerUser, &output, &input)
        // By the socket first: a marked connection has two ends, and each end its own user.
        output.rules += users.map { [.user($0.id), .goTo(Self.chain($0.id))] }
        if let router {
            table.counters.append(Self.routerStopped)
            output.rules.append([.user(router), .goTo(Self.routerChain)])
            output.rules.append([.connectionMark(Mark.router), .direction(.original), .goTo(Self.routerChain)])
        }
        for (place, user) in users.enumerated() {
            output.rules.append(
                [.connectionMark(Mark.begun(place)), .direction(.original), .goTo(Self.chain(user.id))])
            output.rules.append(
                [.connectionMark(Mark.answered(place)), .direction(.reply), .goTo(Self.chain(user.id))])
            input.rules.append(
                [.inInterface("lo", isNot: true), .user(user.id), .count(Self.inbound(user.id)), .drop])
            let leaves = NftStatement.outInterface("lo", isNot: true)
            last.rules.append([leaves, .user(user.id), .count(Self.rest(user.id)), .drop])
        }
        // Theirs are connections on loopback, whichever of them has marked one last.
        last.rules.append([.outInterface("lo", isNot: true), .connectionMarkFamily(Mark.base), .drop])

        table.chains = [output, last, input]
        for (place, user) in users.enumerated() { Self.addUser(user, place, configuration, &table) }
        if let router { table.chains.append(Self.routerRules(configuration, router)) }
        table.chains.append(
            NftTable.Chain(name: Self.refuse, rules: [[.transport(.tcp), .reset], [.drop]]))
        if let nat = Self.redirections(configuration, guarded) { table.chains.append(nat) }
        self.table = table
    }

    /// The same as text for nft(8).
    public var text: String { table.text }
}

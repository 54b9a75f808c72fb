internal import Protocols

/// Whom the guard holds, by number: what the configuration's names come to on this machine.
public struct GuardedUsers: Hashable, Sendable {
    /// One of them.
    public struct User: Hashable, Sendable {
        /// His name in the configuration.
        public var name: String
        /// His number.
        public var id: UInt32

        /// This user.
        public init(name: String, id: UInt32) {
            self.name = name
            self.id = id
        }
    }

    /// Those who have a number, in the order of the configuration: the node's first.
    public var users: [User]
    /// The router's user, whose streams by a VPN are known by it; nil where it is not known, or root.
    public var routerUser: UInt32?
    /// The same, where a chain of its own holds it; nil where it is not to be held.
    public var router: UInt32?
    /// Who cannot be held, each in one sentence with the mend. While there is any, nothing is proven.
    public var problems: [String]

    /// The users of a configuration.
    ///
    /// - Parameters:
    ///   - idOf: the number of a name, nil where nobody has it.
    ///   - router: the number of the router's user; nil where there is none. It gets no chain where it is root's, and
    ///     none where it starts a Tor or an i2pd, which dial whom they want.
    public init(_ configuration: Configuration, idOf: (String) -> UInt32?, router: UInt32?) {
        users = []
        problems = []
        for name in configuration.confinedUsers {
            switch idOf(name) {
            case nil:
                problems.append(
                    "there is no user \(name), who is to be held: create that user, or name the one that exists")
            case 0?: problems.append("\(name) has the number 0 and so is root, whom nothing holds: name another user")
            case let id? where id == router:
                problems.append("\(name) is the router's own user (id \(id)): give it a user of its own")
            case let id?:
                if let other = users.first(where: { $0.id == id }) {
                    problems.append("\(name) and \(other.name) have the same number, \(id): name one of them")
                } else {
                    users.append(User(name: name, id: id))
                }
            }
        }
        routerUser = router == 0 ? nil : router
        self.router = configuration.startedPrograms.isEmpty ? routerUser : nil
    }
}

extension Configuration {
    /// The names of all whom the guard is to hold: the node's user first.
    public var confinedUsers: [String] {
        (node.user.map { [$0] } ?? []) + killSwitch.confine.map(\.user)
    }

    /// What the router starts that dials whom it wants, as the router's own user: "Tor", "i2pd".
    public var startedPrograms: [String] {
        egresses.filter { routedEgresses.contains($0.name) }.compactMap { egress in
            switch egress.kind {
            case .tor(let tor): if case .managed = tor.source { "Tor" } else { nil }
            case .i2p(let i2p): i2p.managed ? "i2pd" : nil
            case .proxy, .vpn: nil
            }
        }
    }

    /// Where a user whom the guard holds may go on this machine.
    func allowedEndpoints(of user: String) -> [Endpoint] {
        if user == node.user { return node.listeners.map(\.endpoint) }
        let names = killSwitch.confine.first { $0.user == user }?.listeners ?? []
        return node.listeners.filter { names.contains($0.name) }.map(\.endpoint)
            + wallets.indices.filter { names.contains("wallet.\($0)") }.map { wallets[$0].listen }
    }

    /// The wallets' nodes on this machine, which the router dials itself: each once, in the order of the file.
    var loopbackWalletNodes: [Endpoint] {
        var found: [Endpoint] = []
        for node in wallets.flatMap(\.nodes) where node.kind == .loopback {
            guard case .address(let address) = node.destination.host else { continue }
            let endpoint = Endpoint.tcp(address, port: node.destination.port)
            if !found.contains(endpoint) { found.append(endpoint) }
        }
        return found
    }
}

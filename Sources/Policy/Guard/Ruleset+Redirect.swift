internal import Protocols

/// The node's own TCP and questions for names, sent into the router where the configuration wants that.
extension Ruleset {
    /// The chain that does it; nil where nothing is redirected.
    static func redirections(_ configuration: Configuration, _ guarded: GuardedUsers) -> NftTable.Chain? {
        guard let node = guarded.users.first(where: { $0.name == configuration.node.user }) else { return nil }
        var rules: [[NftStatement]] = []
        if configuration.node.dns != nil {
            for transport in [NftStatement.Transport.udp, .tcp] {
                rules.append([
                    .user(node.id), .destinationPorts(transport, [53]), .redirect(NodeConfiguration.dnsPort),
                ])
            }
        }
        if configuration.node.strays == .redirect {
            for net in loopbacks {
                rules.append([
                    .user(node.id), .destination(net.address, prefix: net.prefix, isNot: true), .transport(.tcp),
                    .redirect(NodeConfiguration.strayPort),
                ])
            }
        }
        guard !rules.isEmpty else { return nil }
        // The canary must meet the rule that stops everything else.
        let canary: [[NftStatement]] = [false, true].map {
            [.user(node.id), .dscp(CanaryProbe.dscp, isIPv6: $0), .goBack]
        }
        return NftTable.Chain(name: "redirection", hook: .natOutput, rules: canary + rules)
    }
}

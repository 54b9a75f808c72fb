internal import Protocols

/// What the router's own user may do: what the configuration says, and nothing else.
extension Ruleset {
    static let routerChain = "router"
    /// The counter of what the router's user tried beside that.
    public static let routerStopped = "router_stopped"

    /// A stream through a tunnel must not come to life beside it. What the router begins by a VPN's interface is marked,
    /// and leaves by that interface or not at all, when the router has gone as well: its orphaned sockets, and the resets
    /// by which the kernel answers what it does not know any more, by whatever route leads there and with the tunnel's own
    /// address (1 to 94 such packets a run). Where the connection too is forgotten, the far end's next packet comes in by
    /// the tunnel in the middle of one that nobody knows; then only the reset for it is held, since such a connection may
    /// be another's.
    static func keepInTunnels(
        _ configuration: Configuration, _ routerUser: UInt32?, _ output: inout NftTable.Chain,
        _ input: inout NftTable.Chain
    ) {
        for (place, interface) in configuration.tunnels.enumerated() {
            let elsewhere = NftStatement.outInterface(interface, isNot: true)
            if let routerUser {
                output.rules.append([
                    .user(routerUser), .outInterface(interface), .setConnectionMark(Mark.tunnel(place)),
                ])
                output.rules.append([.connectionMark(Mark.tunnel(place)), elsewhere, .drop])
            }
            output.rules.append([
                .connectionMark(Mark.lost(place)), elsewhere, .tcpFlags(TCPFlag.reset, areSet: true), .drop,
            ])
            input.rules.append([
                .inInterface(interface), .isNewConnection, .tcpFlags(TCPFlag.synchronize, areSet: false),
                .setConnectionMark(Mark.lost(place)),
            ])
        }
    }

    static func routerRules(_ configuration: Configuration, _ user: UInt32) -> NftTable.Chain {
        // Answers to its clients on this machine; a redirected one has this machine's own address.
        var rules: [[NftStatement]] = [[.direction(.reply), .outInterface("lo"), .accept]]
        // Answers to wallets of other machines, from the listeners that are for them and from no other socket.
        for case .tcp(let address, let port) in configuration.wallets.filter(\.isOutsideLoopback).map(
            \.listen)
        {
            rules.append([
                .direction(.reply), .source(address, prefix: address.bitCount), .sourcePort(.tcp, port), .accept,
            ])
        }
        var dialled: [Endpoint] = []
        for egress in configuration.egresses where egress.via == nil {
            for endpoint in egress.kind.endpoints where !dialled.contains(endpoint) { dialled.append(endpoint) }
        }
        // To an inbound service's target the router dials from addresses of 127/8; here is only whom it dials.
        for endpoint in configuration.loopbackWalletNodes + configuration.inbound.targets
        where !dialled.contains(endpoint) {
            dialled.append(endpoint)
        }
        for case .tcp(let address, let port) in dialled {
            rules.append([
                .destination(address, prefix: address.bitCount), .destinationPorts(.tcp, [port]),
                .setConnectionMark(Mark.router), .accept,
            ])
        }
        rules += configuration.tunnels.map { [.outInterface($0), .accept] }
        rules.append([.count(routerStopped), .goTo(refuse)])
        return NftTable.Chain(name: routerChain, rules: rules)
    }

    private enum TCPFlag {
        static let synchronize: UInt8 = 0x02
        static let reset: UInt8 = 0x04
    }
}

extension Configuration {
    /// The interfaces of the VPNs, each once, in the order of the file.
    var tunnels: [String] {
        var names: [String] = []
        for case .vpn(let vpn) in egresses.map(\.kind) where !names.contains(vpn.interface) {
            names.append(vpn.interface)
        }
        return names
    }
}

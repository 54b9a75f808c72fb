import EventLoop
import Policy
import Protocols

/// A configuration with two plain proxies: clearnet by "proxy.a", onions by "proxy.b".
struct RouterSamples {
    let configuration: Configuration
    let proxyA: UInt16
    let proxyB: UInt16

    init(guardMode: KillSwitchConfiguration.GuardMode = .off, hold: Duration = .seconds(30)) throws {
        proxyA = try freePort()
        proxyB = try freePort()
        configuration = Configuration(
            network: .mainnet,
            egresses: [
                EgressConfiguration(name: "proxy.a", kind: .proxy(ProxyConfiguration(socks: loopback(proxyA)))),
                EgressConfiguration(name: "proxy.b", kind: .proxy(ProxyConfiguration(socks: loopback(proxyB)))),
            ],
            route: RouteConfiguration(
                onion: .egress("proxy.b"), i2p: .block, clearnet: .egress("proxy.a"), hold: hold, allowsPrivate: true),
            node: NodeConfiguration(
                listeners: [
                    NodeListenerConfiguration(role: .p2p, endpoint: loopback(try freePort())),
                    NodeListenerConfiguration(role: .torZone, endpoint: loopback(try freePort())),
                ]),
            killSwitch: KillSwitchConfiguration(guardMode: guardMode), control: ControlConfiguration(),
            log: LogConfiguration())
    }

    static let onion = String(repeating: "a", count: 55) + "d.onion"
}

import Policy
import Protocols

/// Documents that the status tests share.
enum StatusSamples {
    static let time = UTCTime(unixSeconds: 1_767_323_045)  // 2026-01-02T03:04:05Z
    static let onion = "vww6ybal4bd7szmgncyruucpgfkqahzddi37ktceo3ah7ngmcopnpyyd.onion:18084"

    static func egress(_ name: String, _ state: Readiness, _ detail: String = "") -> EgressStatus {
        EgressStatus(name: name, kind: String(name.prefix { $0 != "." }), state: state, detail: detail)
    }

    static let tor = egress("tor", .ready, "bootstrapped 100 %")
    static let starting = egress("tor", .starting, "bootstrapped 45 %: loading relay descriptors")
    static let work = egress("proxy.work", .failing, "the proxy refused our credentials")

    /// Everything filled in, and proven.
    static let full = document(
        facts: StatusFacts(
            lock: .unlocked, guardProof: .enforcing(time), egress: [tor, egress("i2p", .ready, "tunnels are up")],
            routed: ["tor", "i2p"]),
        stopped: [
            StoppedPackets(protocol: "udp", port: 53, packets: 7),
            StoppedPackets(protocol: "udp", port: 123, packets: 1),
            StoppedPackets(protocol: "icmp", port: nil, packets: 1),
        ],
        listeners: [
            ListenerStatus(
                name: "node.proxy", address: "127.0.0.1:18950", open: 3, accepted: 40,
                refused: ["no-route": 2, "banned": 12, "handshake-timeout": 0], bytesUp: 1_234_567,
                bytesDown: 98_765_432_109),
            ListenerStatus(
                name: "node.tor-proxy", address: "127.0.0.1:18951", open: 0, accepted: 0, bytesUp: 0, bytesDown: 0),
            ListenerStatus(name: "wallet.0", address: "127.0.0.1:18989"),
        ],
        inbound: [
            InboundStatus(name: "tor.p2p", address: onion, published: true, open: 3),
            InboundStatus(
                name: "i2p.p2p", address: nil, published: nil, detail: "waits for i2p: tunnels are built"),
        ],
        wallet: WalletStatus(
            quorumHeight: 3_500_000,
            nodes: [
                WalletNodeStatus(
                    name: "wallet.0.node.0", kind: "loopback", state: .ready, height: 3_500_000,
                    latencyMilliseconds: 2),
                WalletNodeStatus(
                    name: "wallet.0.node.1", kind: "onion", state: .down, height: nil, latencyMilliseconds: nil),
            ]),
        threats: ["two nodes of wallet.0 differ at height 3499990: one of them is wrong"])

    static func document(
        facts: StatusFacts, stopped: [StoppedPackets] = [], listeners: [ListenerStatus] = [],
        inbound: [InboundStatus] = [], wallet: WalletStatus = WalletStatus(), threats: [String] = []
    ) -> StatusDocument {
        let verdict = StatusVerdict.of(facts)
        return StatusDocument(
            version: "0.1.0", state: verdict.state, reason: verdict.reason, uptimeSeconds: 12.5,
            killSwitch: facts.killSwitch(stopped: stopped), egress: facts.egress, listeners: listeners,
            inbound: inbound, wallet: wallet, threats: threats)
    }

    static func traffic(uptime: Double, up: UInt64, down: UInt64, more: [ListenerStatus] = []) -> StatusDocument {
        var document = document(
            facts: StatusFacts(lock: .unlocked, guardProof: .enforcing(time), egress: [tor], routed: ["tor"]),
            listeners: [
                ListenerStatus(
                    name: "node.proxy", address: "127.0.0.1:18950", open: 1, accepted: 2, bytesUp: up, bytesDown: down)
            ] + more)
        document.uptimeSeconds = uptime
        return document
    }
}

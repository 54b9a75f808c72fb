import EventLoop
import Policy
import Protocols

/// One configured way out, running: it knows whether it is proven, and where and how to dial. A new kind is one
/// file beside this one and one case in `make`.
class Egress {
    /// Its name in `[route]` and in status: "tor", "proxy.work".
    let name: String
    /// Its kind in status: "tor", "proxy".
    let kind: String
    /// Its number in this run, never used again: relays are tagged with it.
    let id: UInt32
    /// The configuration it was made from.
    let configuration: EgressConfiguration
    /// Where streams are dialled.
    let socks: Endpoint
    /// Called when the readiness has changed, with what it was before.
    var onChange: (Egress, EgressReadiness) -> Void = { _, _ in }

    /// What is known of it. The sentence always says why.
    fileprivate(set) var readiness = EgressReadiness(.starting, "starting")

    init(_ configuration: EgressConfiguration, kind: String, id: UInt32, socks: Endpoint) {
        name = configuration.name
        self.configuration = configuration
        self.kind = kind
        self.id = id
        self.socks = socks
    }

    /// Begins to prove itself.
    func start() {}
    /// Ends all that it has open.
    func stop() {}
    /// A stream could not reach its proxy, or the proxy did not speak as it should.
    func dialFailed() {}
    /// Whether streams carry a user name and password by which it isolates them. Only Tor does: to a named proxy
    /// they would be a stranger's credentials.
    var isolates: Bool { false }
    /// The credentials of its own that it needs; nil where it isolates.
    var credentials: Credentials? { nil }

    final func become(_ new: EgressReadiness) {
        guard new != readiness else { return }
        let old = readiness
        readiness = new
        onChange(self, old)
    }

    /// The egress of a configuration.
    static func make(_ configuration: EgressConfiguration, id: UInt32, loop: EventLoop) -> Egress {
        switch configuration.kind {
        case .tor(let socks, let control):
            TorEgress(configuration, id: id, socks: socks, control: control, loop: loop)
        case .proxy(let socks, let credentials):
            ProxyEgress(configuration, id: id, socks: socks, credentials: credentials, loop: loop)
        }
    }
}

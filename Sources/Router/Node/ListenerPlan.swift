import Policy
import Protocols

/// One of the router's listeners, as the configuration in force asks for it. Two that are equal are one: a reload leaves
/// it as it is.
struct ListenerPlan: Hashable {
    /// How a client says where it is to go.
    enum Ingress: Hashable {
        /// By SOCKS.
        case socks
        /// Not at all: it was redirected, and the kernel knows.
        case redirected
        /// It asks a name server; whichever it meant, this one is asked.
        case resolver(Endpoint)
    }

    /// Its name in the status. Two have one name where it listens on both loopbacks.
    var name: String
    var requestClass: RequestClass
    var endpoint: Endpoint
    var ingress = Ingress.socks

    /// Whether it may be left out where this machine has no IPv6: what it is for has none either.
    var needsIPv6: Bool {
        guard ingress != .socks, case .tcp(.v6, _) = endpoint else { return false }
        return true
    }

    /// What to do when its port is taken.
    var mend: String {
        ingress == .socks ? "end what has that port, or give another in [node]" : "end what has that port"
    }
}

extension ListenerPlan {
    init(_ listener: NodeListenerConfiguration) {
        let requestClass: RequestClass =
            switch listener.role {
            case .p2p: .p2p
            case .torZone: .torZone
            case .i2pZone: .i2pZone
            }
        self.init(name: listener.name, requestClass: requestClass, endpoint: listener.endpoint)
    }
}

extension Configuration {
    /// Every listener there is to be.
    var listenerPlans: [ListenerPlan] {
        var plans = node.listeners.map { ListenerPlan($0) }
        let loopbacks: [IPAddress] = [.v4(IPv4Address(127, 0, 0, 1)), .v6(IPv6Address(high: 0, low: 1))]
        for address in loopbacks where node.strays == .redirect {
            plans.append(
                ListenerPlan(
                    name: "node.strays", requestClass: .stray,
                    endpoint: .tcp(address, port: NodeConfiguration.strayPort), ingress: .redirected))
        }
        for address in loopbacks {
            guard let resolver = node.dns else { break }
            plans.append(
                ListenerPlan(
                    name: "node.dns", requestClass: .dns, endpoint: .tcp(address, port: NodeConfiguration.dnsPort),
                    ingress: .resolver(resolver)))
        }
        return plans
    }
}

import EventLoop
import Protocols

/// The ports held for a tunnel's addresses: fresh ones for each tunnel, so that peers cannot tell by them that two
/// tunnels are one user's, and those of tunnels that are gone for as long as a peer may go on sending.
struct TunnelPorts {
    /// Linux gives up a connection after 15 retransmissions, about a quarter of an hour; others take less.
    static let retention: Duration = .seconds(1800)
    /// How many ports of tunnels that are gone are held at most: an interface that comes and goes all the time must
    /// not take all descriptors.
    private static let retiredLimit = 512

    private var current: [IPAddress: HeldPorts] = [:]
    private var retired: [(ports: HeldPorts, until: Instant)] = []

    /// Whether no port is held.
    var isEmpty: Bool { current.isEmpty && retired.isEmpty }

    /// Holds ports of these addresses, and of no others from now on.
    ///
    /// - Throws: `SystemError` where the kernel does not let us; then nothing can be dialled.
    mutating func hold(_ addresses: Set<IPAddress>, now: Instant) throws(SystemError) {
        for address in addresses where current[address] == nil { current[address] = try HeldPorts(address) }
        for (address, ports) in current where !addresses.contains(address) {
            current[address] = nil
            retire(ports, now: now)
        }
    }

    /// The ports to dial this destination from; nil where the tunnel has no address of its family.
    func held(for destination: IPAddress) -> HeldPorts? {
        let family = current.keys.filter { $0.isIPv4 == destination.isIPv4 }
        // The kernel may give several; the least is as good as any, and always the same.
        return family.min { $0.description < $1.description }.flatMap { current[$0] }
    }

    /// The tunnel is gone.
    mutating func retire(now: Instant) {
        for ports in current.values { retire(ports, now: now) }
        current = [:]
    }

    private mutating func retire(_ ports: HeldPorts, now: Instant) {
        ports.letGoOfUnused()
        guard ports.portCount > 0 else { return }
        retired.append((ports, now + Self.retention))
        var count = retired.reduce(0) { $0 + $1.ports.portCount }
        while count > Self.retiredLimit { count -= retired.removeFirst().ports.portCount }
    }

    /// Lets go of what nobody sends to any more.
    mutating func forget(now: Instant) {
        retired.removeAll { $0.until <= now }
    }
}

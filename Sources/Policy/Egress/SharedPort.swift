/// Ports that so many peers and services share that naming one names nobody: status and events say "port 18080", and
/// of any other "an uncommon port", since a peer may be the only one there.
public struct SharedPort: Hashable, Comparable, Sendable {
    /// The port.
    public let number: UInt16

    /// Nil where naming the port could name a peer.
    public init?(_ number: UInt16) {
        guard Self.all.contains(number) else { return nil }
        self.number = number
    }

    /// P2P, RPC and restricted RPC of mainnet, testnet and stagenet; the web's; SOCKS.
    private static let all: Set<UInt16> = [
        18080, 18081, 18089, 28080, 28081, 28089, 38080, 38081, 38089, 80, 443, 1080,
    ]

    /// Lower before higher.
    public static func < (left: SharedPort, right: SharedPort) -> Bool { left.number < right.number }

    /// "port 18080", "ports 80 and 18080 and uncommon ones", "an uncommon port", "" for none.
    ///
    /// - Parameter ports: nil is a port that is not named.
    public static func sentence(_ ports: Set<SharedPort?>) -> String {
        let named = ports.compactMap { $0 }.sorted().map { String($0.number) }
        let hasOther = ports.contains(nil)
        guard let last = named.last else { return hasOther ? "an uncommon port" : "" }
        let list = named.count == 1 ? last : named.dropLast().joined(separator: ", ") + " and " + last
        return "port\(named.count == 1 ? "" : "s") \(list)\(hasOther ? " and uncommon ones" : "")"
    }
}

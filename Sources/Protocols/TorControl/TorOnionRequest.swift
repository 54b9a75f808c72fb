/// An onion service that Tor is to publish for as long as the control connection stands (control-spec section 3.27):
///
/// ```
///   ADD_ONION ED25519-V3:<key> MaxStreams=32 PoWDefensesEnabled=1 Port=18084,unix:/run/x/p2p
///   ADD_ONION NEW:ED25519-V3 Flags=V3Auth … Port=18089,127.0.0.1:41234 ClientAuthV3=<52 of base32> …
/// ```
///
/// Never with the flag Detach: a service that outlives its control connection would lead peers on to a port that
/// nobody of ours has any more.
public struct TorOnionRequest: Hashable, Sendable {
    /// What the caller calls it; it comes back with the answer.
    public var name: String
    /// Its key; nil where Tor is to make one, and to tell it.
    public var key: TorOnionKey?
    /// The port behind its address.
    public var port: UInt16
    /// Where Tor connects its streams to. See `canName`.
    public var target: Endpoint
    /// The x25519 public keys of those who may read its descriptor; empty: everybody.
    public var clients: [[UInt8]]
    /// As many streams may a client have at a time on one circuit; further ones are not taken.
    public var maxStreams: UInt16
    /// Whether clients must compute for their turn when too many come at once. Tors before 0.4.9, and those that are
    /// built without it, refuse a request with this.
    public var asksForWork: Bool

    /// A request of these.
    public init(
        name: String, key: TorOnionKey?, port: UInt16, target: Endpoint, clients: [[UInt8]] = [],
        maxStreams: UInt16 = 32, asksForWork: Bool
    ) {
        self.name = name
        self.key = key
        self.port = port
        self.target = target
        self.clients = clients
        self.maxStreams = maxStreams
        self.asksForWork = asksForWork
    }

    /// Whether an endpoint can stand in the command: a blank ends a word of it, and Tor reads quotes within a socket's
    /// path by rules of its own.
    public static func canName(_ target: Endpoint) -> Bool {
        guard case .unix(let path) = target else { return true }
        return path.utf8.allSatisfy { (0x21...0x7e).contains($0) && ![0x22, 0x27, 0x2c, 0x5c].contains($0) }
    }

    /// The command, without its line's end.
    var command: String {
        var words = ["ADD_ONION", key?.text ?? "NEW:ED25519-V3"]
        if !clients.isEmpty { words.append("Flags=V3Auth") }
        words.append("MaxStreams=\(maxStreams)")
        if asksForWork { words.append("PoWDefensesEnabled=1") }
        words.append("Port=\(port),\(target)")
        words += clients.map { "ClientAuthV3=\(Base32.encode($0).uppercased())" }
        return words.joined(separator: " ")
    }
}

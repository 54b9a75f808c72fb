public import Protocols

/// A `[[wallet.node]]`.
public struct WalletNodeConfiguration: Hashable, Sendable {
    /// Where it is.
    public var destination: Destination
    /// How TLS is verified; nil for plain HTTP.
    public var tls: TLSTrust?
    /// Whether it is given the calls that show key images and amounts. A loopback node is given them anyway.
    public var isTrusted: Bool
    /// Whether the operator accepts that its clearnet HTTP is read and changed by whoever carries it.
    public var isInsecure: Bool
    /// What it asks for by digest authentication; nil where it asks for nothing.
    public var credentials: Credentials?

    /// How a node's certificate is verified. It is never unverified.
    public enum TLSTrust: Hashable, Sendable {
        /// The SHA-256 of the whole certificate (DER), 32 bytes.
        case fingerprint([UInt8])
        /// The certificate authorities of the system, and the name of the node.
        case systemAuthorities
        /// The certificate authorities in this file (PEM, absolute path), and the name of the node.
        case authorities(String)
    }

    /// What kind of way leads to a node.
    public enum Kind: String, Hashable, Sendable {
        /// On this machine, dialled straight.
        case loopback
        /// An onion service.
        case onion
        /// An I2P destination.
        case i2p
        /// Everything else.
        case clearnet
    }

    /// What kind of way leads to it.
    public var kind: Kind {
        switch destination.host {
        case .onion: .onion
        case .i2p: .i2p
        case .address(let address): address.staysHere ? .loopback : .clearnet
        case .name: .clearnet
        }
    }

    /// A node here.
    public init(
        destination: Destination, tls: TLSTrust? = nil, isTrusted: Bool = false, isInsecure: Bool = false,
        credentials: Credentials? = nil
    ) {
        self.destination = destination
        self.tls = tls
        self.isTrusted = isTrusted
        self.isInsecure = isInsecure
        self.credentials = credentials
    }
}

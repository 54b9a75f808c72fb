public import Protocols

/// A `[[wallet]]`: one listener for a wallet, and the nodes behind it. Two of them share nothing.
public struct WalletConfiguration: Hashable, Sendable {
    /// Where the wallet's HTTP requests come in.
    public var listen: Endpoint
    /// The certificate and key for a listener outside loopback; nil on loopback, which speaks plain HTTP.
    public var certificate: CertificateFiles?
    /// Whether requests may go to other nodes where a loopback node does not answer.
    public var fallback: Bool
    /// Which of the good nodes is taken.
    public var order: Order
    /// Whether each answer to get_outs is compared with a second node's.
    public var verifiesOutputs: Bool
    /// How many nodes are given each transaction.
    public var broadcast: Int
    /// The nodes in the order of the file; there is at least one.
    public var nodes: [WalletNodeConfiguration]

    /// Which of the good nodes is taken.
    public enum Order: String, Hashable, Sendable, CaseIterable {
        /// The first of the file.
        case file
        /// The one that answers soonest.
        case best
    }

    /// The files of a TLS listener; absolute paths.
    public struct CertificateFiles: Hashable, Sendable {
        /// The certificate with its chain, PEM.
        public var certificate: String
        /// Its private key, PEM; nobody else can read it.
        public var key: String

        /// These files.
        public init(certificate: String, key: String) {
            self.certificate = certificate
            self.key = key
        }
    }

    /// A listener with these nodes.
    public init(
        listen: Endpoint, certificate: CertificateFiles? = nil, fallback: Bool = false, order: Order = .file,
        verifiesOutputs: Bool = false, broadcast: Int = 1, nodes: [WalletNodeConfiguration]
    ) {
        self.listen = listen
        self.certificate = certificate
        self.fallback = fallback
        self.order = order
        self.verifiesOutputs = verifiesOutputs
        self.broadcast = broadcast
        self.nodes = nodes
    }
}

extension WalletConfiguration {
    /// What the operator has accepted and must not forget, each in one sentence that names the node by its place.
    ///
    /// - Parameter listener: this listener's number.
    public func threats(listener: Int) -> [String] {
        nodes.indices.filter { nodes[$0].isInsecure }.map {
            "wallet.\(listener).node.\($0) is asked by plain HTTP (`insecure`): whoever carries it, an exit above all, "
                + "reads and changes it; take its onion address, or https:// with `fingerprint`"
        }
    }
}

public import Protocols

/// What `POST /v1/nodes/test` answers: what one probe of each node found. Nodes stand by their place, without addresses.
public struct NodeTestDocument: Hashable, Sendable {
    /// One node.
    public struct Row: Hashable, Sendable {
        /// Its place in the file: "wallet.0.node.1".
        public var name: String
        /// What it is: "loopback", "onion", "i2p", "clearnet".
        public var kind: String
        /// Milliseconds until the way to it stood: the circuit, the proxy.
        public var wayMilliseconds: UInt64?
        /// Milliseconds that TLS took after that; nil without TLS.
        public var tlsMilliseconds: UInt64?
        /// Milliseconds from the first request to its answer's first byte.
        public var firstByteMilliseconds: UInt64?
        /// The height it says it has.
        public var height: UInt64?
        /// The version of its RPC: "3.17".
        public var version: String?
        /// Atomic units per byte.
        public var fee: UInt64?
        /// What is wrong with it, in one sentence; nil where nothing is.
        public var problem: String?

        /// A row of these facts.
        public init(
            name: String, kind: String, wayMilliseconds: UInt64? = nil, tlsMilliseconds: UInt64? = nil,
            firstByteMilliseconds: UInt64? = nil, height: UInt64? = nil, version: String? = nil, fee: UInt64? = nil,
            problem: String? = nil
        ) {
            self.name = name
            self.kind = kind
            self.wayMilliseconds = wayMilliseconds
            self.tlsMilliseconds = tlsMilliseconds
            self.firstByteMilliseconds = firstByteMilliseconds
            self.height = height
            self.version = version
            self.fee = fee
            self.problem = problem
        }
    }

    /// Every node, in the order of the file.
    public var nodes: [Row]

    /// A document of these rows.
    public init(nodes: [Row] = []) {
        self.nodes = nodes
    }

    /// Adds what a listener's nodes were found to be.
    ///
    /// - Parameters:
    ///   - reports: one for each node that was probed.
    ///   - listener: the number of the listener.
    ///   - nodes: the listener's nodes.
    public mutating func add(_ reports: [NodeReport], listener: Int, nodes configured: [WalletNodeConfiguration]) {
        for report in reports where configured.indices.contains(report.node) {
            let reading = report.reading
            nodes.append(
                Row(
                    name: "wallet.\(listener).node.\(report.node)", kind: configured[report.node].kind.rawValue,
                    wayMilliseconds: report.wayMilliseconds, tlsMilliseconds: report.tlsMilliseconds,
                    firstByteMilliseconds: report.firstByteMilliseconds, height: reading?.height,
                    version: reading.map { "\($0.version >> 16).\($0.version & 0xffff)" }, fee: reading?.fee.fee,
                    problem: report.problem))
        }
    }

    /// Whether something is wrong with any.
    public var hasProblems: Bool { nodes.contains { $0.problem != nil } }
}

extension NodeTestDocument {
    /// `{"nodes": [{"name": …, "kind": …, "way_ms": …, "tls_ms": …, "first_byte_ms": …, "height": …, "version": …,
    /// "fee": …, "problem": …}]}`; what is not known is null.
    public func encode() -> JSONValue {
        .object([
            "nodes": .array(
                nodes.map { row in
                    .object([
                        "name": .string(row.name), "kind": .string(row.kind),
                        "way_ms": .integer(orNull: row.wayMilliseconds),
                        "tls_ms": .integer(orNull: row.tlsMilliseconds),
                        "first_byte_ms": .integer(orNull: row.firstByteMilliseconds),
                        "height": .integer(orNull: row.height),
                        "version": .string(orNull: row.version), "fee": .integer(orNull: row.fee),
                        "problem": .string(orNull: row.problem),
                    ])
                })
        ])
    }

    /// Reads what `encode` writes; further keys are passed over.
    ///
    /// - Throws: `DocumentFailure` with a sentence that names the key.
    public init(decoding value: JSONValue) throws(DocumentFailure) {
        let field = JSONField(value: value, path: "")
        nodes = try field["nodes"].list { row throws(DocumentFailure) in
            func number(_ key: String) throws(DocumentFailure) -> UInt64? {
                try row[key].orNull { field throws(DocumentFailure) in try field.integer() }
            }
            func text(_ key: String) throws(DocumentFailure) -> String? {
                try row[key].orNull { field throws(DocumentFailure) in try field.string() }
            }
            return Row(
                name: try row["name"].string(), kind: try row["kind"].string(), wayMilliseconds: try number("way_ms"),
                tlsMilliseconds: try number("tls_ms"), firstByteMilliseconds: try number("first_byte_ms"),
                height: try number("height"), version: try text("version"), fee: try number("fee"),
                problem: try text("problem"))
        }
    }
}

/// What one probe of a node read.
public struct NodeReading: Hashable, Sendable {
    /// How many blocks it says it has.
    public var height: UInt64
    /// The hash of the block at `hashHeight`, 32 bytes.
    public var hash: [UInt8]
    /// The height of that block, counted from 0.
    public var hashHeight: UInt64
    /// Whether it says that it has all blocks. One that has not takes no transactions.
    public var isSynchronized: Bool
    /// What it says of its RPC's version (major << 16 | minor).
    public var version: UInt32
    /// The network's changes of rules; empty where it tells none.
    public var hardForks: [HardFork]
    /// Its fee answer, whole.
    public var fee: FeeTuple
    /// From the request's last byte to the answer's first, in milliseconds: of its quickest call.
    public var latencyMilliseconds: UInt64

    /// A reading of these.
    public init(
        height: UInt64, hash: [UInt8], hashHeight: UInt64, isSynchronized: Bool = true, version: UInt32,
        hardForks: [HardFork] = [], fee: FeeTuple, latencyMilliseconds: UInt64
    ) {
        self.height = height
        self.hash = hash
        self.hashHeight = hashHeight
        self.isSynchronized = isSynchronized
        self.version = version
        self.hardForks = hardForks
        self.fee = fee
        self.latencyMilliseconds = latencyMilliseconds
    }
}

/// What one test of a node found, for `nodes test`.
public struct NodeReport: Hashable, Sendable {
    /// Its place in the listener's nodes.
    public var node: Int
    /// Milliseconds until the way to it stood (the circuit, the proxy); nil where it did not come to that.
    public var wayMilliseconds: UInt64?
    /// Milliseconds that TLS took after that; nil without TLS.
    public var tlsMilliseconds: UInt64?
    /// Milliseconds from the first request to its answer's first byte.
    public var firstByteMilliseconds: UInt64?
    /// What it answered; nil where it did not.
    public var reading: NodeReading?
    /// What is wrong with it, in one sentence; nil where nothing is.
    public var problem: String?

    /// A report of these.
    public init(
        node: Int, wayMilliseconds: UInt64? = nil, tlsMilliseconds: UInt64? = nil, firstByteMilliseconds: UInt64? = nil,
        reading: NodeReading? = nil, problem: String? = nil
    ) {
        self.node = node
        self.wayMilliseconds = wayMilliseconds
        self.tlsMilliseconds = tlsMilliseconds
        self.firstByteMilliseconds = firstByteMilliseconds
        self.reading = reading
        self.problem = problem
    }
}

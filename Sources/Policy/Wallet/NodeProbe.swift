public import Protocols

/// The requests of one probe of a node, one after the other on one connection, and what their answers say together.
///
/// ```
///  get_info ─▶ getblockheaderbyheight (N-10) ─▶ get_version ─▶ get_fee_estimate ─▶ NodeReading
///      └────────────┴──── anything odd: one sentence ───┴──────────────┘
/// ```
/// Each request is, byte for byte, what a wallet's own call of that method is after its identifier is taken out: the
/// names, the order of the members and the 10 grace blocks are those of wallet2. What it cannot hide is that these
/// four come one after the other: a node that looks for it knows a probe, and may be honest to probes alone.
public struct NodeProbe: Sendable {
    /// What comes after an answer.
    public enum Step: Hashable, Sendable {
        /// Send this next.
        case send(WalletRequest)
        /// The probe is over, and this is what the node said.
        case done(NodeReading)
        /// The probe is over: what is wrong, in words that go on after the node's name.
        case failed(String)
    }

    private enum Stage {
        case idle
        case info
        case header(asked: UInt64)
        case version
        case fee
    }

    /// No chain is longer: monerod's own limit of a block's number.
    static let highestBlock: UInt64 = 500_000_000
    /// Blocks that far under the top do not change any more.
    static let depth: UInt64 = 10

    private let network: MoneroNetwork
    private var reference: UInt64?
    private var stage = Stage.idle
    private var height: UInt64 = 0
    private var isSynchronized = true
    private var hashHeight: UInt64 = 0
    private var hash: [UInt8] = []
    private var version: UInt32 = 0
    private var hardForks: [HardFork] = []
    private var latency = UInt64.max

    /// A probe of a node that must be of this network.
    public init(network: MoneroNetwork) {
        self.network = network
    }

    /// Begins it, from whatever state: the first request.
    ///
    /// - Parameter hashHeight: the block whose hash is compared; nil where none is agreed yet. A node that is close
    ///   behind is asked for the same one, as long as that block has five others on it.
    public mutating func start(hashHeight: UInt64?) -> WalletRequest {
        self = NodeProbe(network: network)
        reference = hashHeight
        stage = .info
        return Self.request("get_info")
    }

    /// Takes the answer to the last request, and how long its first byte took.
    public mutating func answered(_ answer: WalletAnswer, latencyMilliseconds: UInt64) -> Step {
        latency = min(latency, latencyMilliseconds)
        do throws(NodeAnswerFailure) {
            return try read(answer)
        } catch {
            stage = .idle
            return .failed(error.sentence)
        }
    }

    private mutating func read(_ answer: WalletAnswer) throws(NodeAnswerFailure) -> Step {
        switch stage {
        case .idle:
            throw NodeAnswerFailure("it answered what it was not asked")
        case .info:
            try readInfo(NodeAnswer(answer, to: "get_info"))
            let asked = comparedHeight
            stage = .header(asked: asked)
            return .send(Self.request("getblockheaderbyheight", "\"fill_pow_hash\": false", "\"height\": \(asked)"))
        case .header(let asked):
            try readHeader(NodeAnswer(answer, to: "getblockheaderbyheight"), asked: asked)
            stage = .version
            return .send(Self.request("get_version"))
        case .version:
            let answer = try NodeAnswer(answer, to: "get_version")
            version = try NodeVersion.number(answer)
            hardForks = NodeVersion.hardForks(answer)
            stage = .fee
            return .send(Self.request("get_fee_estimate", "\"grace_blocks\": 10"))
        case .fee:
            let fee = try FeeTuple(reading: answer)
            stage = .idle
            return .done(
                NodeReading(
                    height: height, hash: hash, hashHeight: hashHeight, isSynchronized: isSynchronized,
                    version: version, hardForks: hardForks, fee: fee, latencyMilliseconds: latency))
        }
    }

    /// The block to ask for: the one that others were asked for, where this node has it under five others; else its
    /// own tenth under the top, and of a chain that is shorter the first.
    private var comparedHeight: UInt64 {
        if let reference, height >= Self.depth / 2, reference <= height - Self.depth / 2 { return reference }
        return height > Self.depth ? height - Self.depth : 0
    }

    private mutating func readInfo(_ info: NodeAnswer) throws(NodeAnswerFailure) {
        height = try info.number("height")
        guard height > 0 else { throw info.failure("says that it has no block") }
        guard height <= Self.highestBlock else { throw info.failure("has a `height` that no chain has") }
        _ = try info.hash("top_block_hash")
        try readNetwork(info)
        // Newer than some nodes that still serve wallets. `busy_syncing` says less: it is true for the moment in which
        // any node takes a block.
        isSynchronized = try info.flag("synchronized") ?? true
    }

    private func readNetwork(_ info: NodeAnswer) throws(NodeAnswerFailure) {
        // A node of regtest calls its network "fakechain", and sets none of the flags.
        let name = network == .regtest ? "fakechain" : network.rawValue
        if let member = info.result["nettype"] {
            guard member == .string(name) else {
                throw NodeAnswerFailure("it is a node of \(Self.network(member)), and `network` is \(network.rawValue)")
            }
        }
        var flags = 0
        for flagged in [MoneroNetwork.mainnet, .testnet, .stagenet] {
            guard let flag = try info.flag(flagged.rawValue) else { continue }
            flags += 1
            guard flag == (flagged == network) else {
                throw NodeAnswerFailure("it says that it is of two networks, or not of \(network.rawValue)")
            }
        }
        guard info.result["nettype"] != nil || flags == 3 else {
            throw info.failure("does not say of which network it is")
        }
    }

    /// The network that a node says it is of, in our words.
    private static func network(_ member: JSONValue) -> String {
        if member == .string("fakechain") { return MoneroNetwork.regtest.rawValue }
        return MoneroNetwork.allCases.first { member == .string($0.rawValue) }?.rawValue ?? "another network"
    }

    private mutating func readHeader(_ answer: NodeAnswer, asked: UInt64) throws(NodeAnswerFailure) {
        guard let header = answer.result["block_header"]?.asObject else {
            throw answer.failure("has no `block_header`")
        }
        guard header["height"]?.asNumber?.uint64 == asked else {
            throw answer.failure("is of another block than was asked for")
        }
        hash = try answer.hash("hash", in: header)
        hashHeight = asked
    }

    /// A call in the form of wallet2: each member on a line of its own, by the order of the keys.
    private static func request(_ method: String, _ parameters: String...) -> WalletRequest {
        let role: WalletCall.Role = method == "get_fee_estimate" ? .fee : method == "get_version" ? .version : .plain
        let call = WalletCall(path: "/json_rpc", method: method, form: .jsonRPC, purpose: .probe, role: role)
        var lines = [
            "{", "  \"id\": \"0\",", "  \"jsonrpc\": \"2.0\",", "  \"method\": \"\(method)\",", "  \"params\": {",
        ]
        if !parameters.isEmpty { lines.append(parameters.map { "    \($0)" }.joined(separator: ",\r\n")) }
        lines += ["  }", "}"]
        return WalletRequest(call: call, body: Array(lines.joined(separator: "\r\n").utf8))
    }
}

import Policy
import Protocols

/// A quorum, and readings for it in few words.
struct QuorumWorld {
    var quorum: NodeQuorum
    var now = Instant(milliseconds: 10_000_000)

    static let fee = FeeTuple(fee: 20_000, fees: [20_000, 80_000, 320_000, 4_000_000], quantizationMask: 10_000)

    /// Nodes on other machines, after one of this machine where `own`.
    init(_ count: Int, own: Bool = false, network: MoneroNetwork = .mainnet) {
        let address = own ? "127.0.0.1" : "192.0.2.1"
        var nodes: [WalletNodeConfiguration] = []
        for index in 0..<count {
            guard let ip = IPAddress(index == 0 ? address : "192.0.2.\(index + 1)") else { continue }
            nodes.append(WalletNodeConfiguration(destination: Destination(host: .address(ip), port: 18081)))
        }
        quorum = NodeQuorum(nodes: nodes, listener: 0, network: network)
    }

    /// A reading of a node on a chain: its hashes tell the chain and the height.
    static func reading(
        _ height: UInt64, chain: UInt8 = 1, at hashHeight: UInt64? = nil, fee: FeeTuple = Self.fee,
        isSynchronized: Bool = true
    ) -> NodeReading {
        let at = hashHeight ?? (height > 10 ? height - 10 : 0)
        let low = (0..<8 as Range<UInt64>).map { UInt8(truncatingIfNeeded: at >> ($0 * 8)) }
        return NodeReading(
            height: height, hash: [chain] + low + [UInt8](repeating: 0, count: 23), hashHeight: at,
            isSynchronized: isSynchronized, version: 3 << 16 | 10, fee: fee, latencyMilliseconds: 300)
    }

    mutating func note(_ node: Int, _ reading: NodeReading) {
        quorum.note(reading, of: node, now: now)
    }

    /// All nodes are read at once.
    mutating func note(_ readings: [NodeReading]) {
        for (node, reading) in readings.enumerated() { note(node, reading) }
    }

    mutating func wait(_ seconds: Int64) {
        now = now + .seconds(seconds)
    }

    /// The nodes that are good.
    var good: [Int] {
        (0..<quorum.statuses(now: now).count).filter { quorum.isGood($0, now: now) }
    }
    var threats: [String] { quorum.threats(now: now) }
    var height: UInt64? { quorum.height(now: now) }
    mutating func changes() -> [String] { quorum.takeChanges().map(\.sentence) }
}

extension FeeTuple {
    /// Every fee of it so many times.
    func times(_ factor: UInt64) -> FeeTuple {
        FeeTuple(fee: fee * factor, fees: fees.map { $0 * factor }, quantizationMask: quantizationMask)
    }
}

public import Protocols

/// One node's whole answer to get_fee_estimate. Never mixed with another's: a set of values that no single node has
/// said would mark whoever uses it.
public struct FeeTuple: Hashable, Sendable {
    /// Atomic units per byte.
    public var fee: UInt64
    /// The four priorities' fees, where the node tells them.
    public var fees: [UInt64]
    /// What amounts of fees are rounded up to.
    public var quantizationMask: UInt64

    /// A tuple of these.
    public init(fee: UInt64, fees: [UInt64] = [], quantizationMask: UInt64 = 1) {
        self.fee = fee
        self.fees = fees
        self.quantizationMask = quantizationMask
    }

    /// The highest base fee that any node is believed, whatever others say.
    ///
    /// Mainnet's is 20,000, and falls as blocks grow: the reward that it follows stays what it is. On other networks a chain
    /// may be young: the highest that an honest node can say is that of one block on regtest, measured as 1,200,000.
    public static func highestFee(on network: MoneroNetwork) -> UInt64 { network == .mainnet ? 200_000 : 4_000_000 }

    /// How many times another's value may be this one's, and this one's another's, for both to be the same fee.
    static let widest: UInt64 = 3
}

extension FeeTuple {
    /// What is over a limit that holds without any other node, in words that go on after "it"; nil where nothing is.
    ///
    /// A wallet multiplies by the fee of its priority and rounds up to the mask, so that a lie in any of them is paid.
    /// Nodes say the base fee for the first priority, 4 and 16 times it for the next (rounded to two digits) and 200
    /// times for the last: a limit for each is as many times the base fee's, with room. The mask is 10,000 on every
    /// network.
    func excess(on network: MoneroNetwork) -> String? {
        let highest = Self.highestFee(on: network)
        if fee > highest { return "asks for a fee of \(fee) atomic units a byte, and \(highest) is the limit" }
        for (value, times) in zip(fees, [1, 5, 20, 250] as [UInt64]) where value > highest * times {
            return "asks for a fee of \(value) atomic units a byte for a priority, and \(highest * times) is its limit"
        }
        guard quantizationMask <= 1_000_000 else {
            return "has fees rounded up to \(quantizationMask) atomic units, and 1000000 is the limit"
        }
        return nil
    }

    /// Whether both may be the answers of honest nodes a few blocks apart: none of their values is more than three
    /// times the other's.
    func isNear(_ other: FeeTuple) -> Bool {
        guard Self.near(fee, other.fee), Self.near(quantizationMask, other.quantizationMask) else { return false }
        // Nodes before the four priorities say the base fee alone.
        return fees.isEmpty || other.fees.isEmpty
            || fees.count == other.fees.count && zip(fees, other.fees).allSatisfy { Self.near($0, $1) }
    }

    private static func near(_ one: UInt64, _ other: UInt64) -> Bool {
        let (low, high) = (min(one, other), max(one, other))
        let (limit, overflows) = low.multipliedReportingOverflow(by: widest)
        return overflows || high <= limit
    }
}

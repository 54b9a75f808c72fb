/// Why a node that answers is not used.
enum NodeTrouble: Hashable, Sendable {
    /// It says itself that it has not all blocks.
    case synchronising
    /// So many blocks under what most say.
    case behind(UInt64)
    /// So many blocks above what most say.
    case ahead(UInt64)
    /// Another block than most at the same height.
    case forked
    /// A fee far above what most say.
    case dear(UInt64, most: UInt64)
    /// A fee far under what most say: its transactions would not be relayed, and would mark their sender.
    case cheap(UInt64, most: UInt64)
    /// The usual fee, but others for the priorities, or another rounding.
    case strange
    /// Another fee for a wallet than for probes.
    case twoFaced
    /// A fee that is over what any node is believed; the words for it.
    case excessive(String)
    /// It answered its last probe, but not as a node does; the whole sentence for it.
    case odd(String)
    /// It says another thing than the first, and there is no majority.
    case disputed(Dispute, with: Int)

    /// What nodes disagree about where nobody can tell who is right.
    enum Dispute: String, Hashable, Sendable {
        case chain = "the chain"
        case height = "the height"
        case fee = "the fee"
    }

    /// What is wrong with a fee that is not near another's.
    static func fee(_ tuple: FeeTuple, most: FeeTuple) -> NodeTrouble {
        let base = FeeTuple(fee: tuple.fee, quantizationMask: most.quantizationMask)
        guard !base.isNear(most) else { return .strange }
        return tuple.fee > most.fee ? .dear(tuple.fee, most: most.fee) : .cheap(tuple.fee, most: most.fee)
    }

    /// Its kind: an event is told when this changes, not with each block.
    var kind: String {
        switch self {
        case .synchronising: "synchronising"
        case .behind: "behind"
        case .ahead: "ahead"
        case .forked: "forked"
        case .dear, .cheap, .strange, .twoFaced, .excessive: "fee"
        case .odd: "odd"
        case .disputed(let dispute, with: _): dispute.rawValue
        }
    }

    /// What is wrong: "it is 9 blocks behind what most nodes say".
    func sentence(_ name: (Int) -> String) -> String {
        switch self {
        case .synchronising: "it says that it has not all blocks yet"
        case .behind(let blocks): "it is \(blocks) blocks behind what most nodes say"
        case .ahead(let blocks): "it is \(blocks) blocks ahead of what most nodes say"
        case .forked: "it has another block than most nodes at the same height: it is on another chain"
        case .dear(let fee, let most):
            "it asks for a fee of \(fee) atomic units a byte where most nodes ask for \(most)"
        case .cheap(let fee, let most):
            "it says that a fee of \(fee) atomic units a byte is enough where most nodes ask for \(most)"
        case .strange: "it has fees for the priorities, or a rounding, far from what most nodes say"
        case .twoFaced: "it tells a wallet another fee than it tells when it is probed"
        case .excessive(let words): "it \(words)"
        case .odd(let sentence): sentence
        case .disputed(let dispute, let other):
            "it disagrees with \(name(other)) about \(dispute.rawValue), and nobody can tell which of them is right"
        }
    }
}

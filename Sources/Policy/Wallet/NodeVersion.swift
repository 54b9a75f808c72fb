internal import Protocols

/// What the last good node said of its version, kept for a wallet's first question where no node can be asked.
///
/// wallet2 asks get_version on each new connection, and takes any status but OK for "no connection to daemon". With OK
/// it goes on to what it wants, and is told there that the daemon is busy. Since 0.18.2 it wants a height with it, or asks
/// get_info for one, to which BUSY is no connection either; and it compares the list of hard forks with its own.
///
/// Of heights and forks only what a node has said is told: a wallet that believes too low a height builds its next
/// transaction by that height's rules, nodes refuse it, and the one after it has other decoys.
struct NodeVersion: Hashable, Sendable {
    /// The RPC's version of 0.18.0, 3.10. Wallets look at its first part alone, which all that followed have too.
    static let first: UInt32 = 3 << 16 | 10

    /// The RPC's version: major << 16 | minor.
    private(set) var number = first
    /// Nodes before 0.18.2 tell none.
    private(set) var hardForks: [HardFork] = []
    /// How many blocks there were; 0 where nobody has said.
    private(set) var height: UInt64 = 0

    /// A probe of a good node read this.
    mutating func note(_ reading: NodeReading) {
        number = reading.version
        hardForks = reading.hardForks
        height = reading.height
    }

    /// A good node answered a wallet's get_version so. What cannot be read changes nothing.
    mutating func note(_ answer: WalletAnswer) {
        guard let said = try? NodeAnswer(answer, to: "get_version"), let number = try? Self.number(said) else { return }
        self.number = number
        hardForks = Self.hardForks(said)
        if let height = said.result["current_height"]?.asNumber?.uint64, height > 0, height <= NodeProbe.highestBlock {
            self.height = height
        }
    }

    /// The answer to a wallet's get_version, as a node writes it; what is not known is left out, as older nodes do.
    ///
    /// - Parameter id: the id of the wallet's call, as JSON text.
    func answer(id: [UInt8]) -> WalletAnswer {
        var result = JSONObject()
        if height > 0 { result["current_height"] = .integer(height) }
        if height > 0, !hardForks.isEmpty {
            result["hard_forks"] = .array(
                hardForks.map { .object(["height": .integer($0.height), "hf_version": .integer($0.version)]) })
        }
        result["status"] = .string("OK")
        result["untrusted"] = .bool(true)
        result["version"] = .integer(number)
        return .result(.object(result), id: id)
    }

    /// The version in an answer to get_version.
    static func number(_ answer: NodeAnswer) throws(NodeAnswerFailure) -> UInt32 {
        guard let number = UInt32(exactly: try answer.number("version")) else {
            throw answer.failure("has a `version` of more than 32 bits")
        }
        return number
    }

    /// The list of hard forks in it; empty where it has none, or one that cannot be read.
    static func hardForks(_ answer: NodeAnswer) -> [HardFork] {
        guard let list = answer.result["hard_forks"]?.asArray, list.count <= Int(UInt8.max) else { return [] }
        let forks: [HardFork] = list.compactMap { element in
            guard let version = element["hf_version"]?.asNumber?.uint64.flatMap({ UInt8(exactly: $0) }),
                let height = element["height"]?.asNumber?.uint64
            else { return nil }
            return HardFork(version: version, height: height)
        }
        return forks.count == list.count ? forks : []
    }
}

extension WalletDispatch {
    /// What a wallet is told where no node can be asked: that the daemon is busy; but to its first question the
    /// version, so that it asks on and is told there.
    func busy(_ request: WalletRequest) -> WalletAnswer {
        request.call.role == .version ? version.answer(id: request.id) : BusyAnswer.to(request)
    }
}

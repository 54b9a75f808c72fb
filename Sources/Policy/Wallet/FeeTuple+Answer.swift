internal import Protocols

extension FeeTuple {
    /// Reads an answer to get_fee_estimate. What a wallet could not use is refused: a fee of 0 makes transactions that
    /// nobody relays, and a wallet divides by the mask.
    public init(reading answer: WalletAnswer) throws(NodeAnswerFailure) {
        try self.init(NodeAnswer(answer, to: "get_fee_estimate"))
    }

    init(_ answer: NodeAnswer) throws(NodeAnswerFailure) {
        fee = try answer.number("fee")
        quantizationMask = try answer.number("quantization_mask")
        fees = []
        if let member = answer.result["fees"] {
            guard let list = member.asArray, list.isEmpty || list.count == 4 else {
                throw answer.failure("has `fees` that are no list of four")
            }
            for element in list {
                guard let value = element.asNumber?.uint64 else {
                    throw answer.failure("has `fees` that are no whole numbers")
                }
                fees.append(value)
            }
        }
        guard fee > 0, !fees.contains(0) else { throw answer.failure("has a fee of 0") }
        guard quantizationMask > 0 else { throw answer.failure("has a `quantization_mask` of 0") }
        guard fees.first ?? fee == fee else {
            throw answer.failure("has a `fee` that is not the first of its `fees`")
        }
        guard zip(fees, fees.dropFirst()).allSatisfy({ $0 <= $1 }) else {
            throw answer.failure("has `fees` that fall with the priority")
        }
    }
}

extension WalletAnswer {
    /// The answer to a wallet's get_fee_estimate with this tuple, as a node of 0.18 writes it.
    ///
    /// - Parameter id: the id of the wallet's call, as JSON text.
    public static func fee(_ tuple: FeeTuple, id: [UInt8]) -> WalletAnswer {
        var result: JSONObject = ["credits": .integer(0), "fee": .integer(tuple.fee)]
        if !tuple.fees.isEmpty { result["fees"] = .array(tuple.fees.map { .integer($0) }) }
        result["quantization_mask"] = .integer(tuple.quantizationMask)
        result["status"] = .string("OK")
        result["top_hash"] = .string("")
        result["untrusted"] = .bool(false)
        let body = Array("{\"id\":".utf8) + id + Array(",\"jsonrpc\":\"2.0\",\"result\":".utf8)
        return WalletAnswer(
            contentType: "application/json", body: body + JSONValue.object(result).encoded() + Array("}".utf8))
    }
}

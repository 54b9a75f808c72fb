import Protocols

extension WalletRequest {
    /// The id that wallet2 gives each of its JSON-RPC calls, and the only one that a node ever sees.
    static let usualID = Array("\"0\"".utf8)
}

extension WalletCall.Form {
    /// What the answer's Content-Type says.
    public var contentType: String {
        switch self {
        case .json, .jsonRPC: HTTPResponse.ContentType.json.rawValue
        case .portableStorage: HTTPResponse.ContentType.binary.rawValue
        }
    }
}

/// The answer to a call that nothing could be asked: BUSY in the wallet's own language, which it shows as "daemon
/// is busy" and asks again later. Any other HTTP status than 200 it would take for "no connection to daemon".
public enum BusyAnswer {
    /// The answer to this request.
    public static func to(_ request: WalletRequest) -> WalletAnswer {
        // A list of headers has a status, a single hash has none: monerod's own error stands for it.
        guard request.call.method != "on_getblockhash" else {
            return .error(-9, "Core is busy.", id: request.id)
        }
        return .status("BUSY", request)
    }
}

/// The answer to a call that must not pass now, with the reason in the wallet's own language.
public enum RefusalAnswer {
    /// The answer to this request.
    ///
    /// - Parameter sentence: Why it is refused.
    public static func to(_ request: WalletRequest, _ sentence: String) -> WalletAnswer {
        request.call.form == .jsonRPC ? .error(-32601, sentence, id: request.id) : .status(sentence, request)
    }
}

extension WalletAnswer {
    /// An answer whose status says this, in the form of the call.
    static func status(_ status: String, _ request: WalletRequest) -> WalletAnswer {
        switch request.call.form {
        case .json: return .json(status: status)
        case .jsonRPC:
            return .result(.object(["status": .string(status), "untrusted": .bool(true)]), id: request.id)
        case .portableStorage:
            // One entry, "status", a string whose length fits the six bits of a short varint.
            let text = status.utf8.prefix(63)
            var body = PortableStorage.signature
            body += [1 << 2, 6]
            body += "status".utf8
            body += [PortableStorage.ValueType.string.rawValue, UInt8(truncatingIfNeeded: text.count << 2)]
            body += text
            return WalletAnswer(contentType: WalletCall.Form.portableStorage.contentType, body: body)
        }
    }

    /// A JSON answer whose status says this.
    static func json(status: String) -> WalletAnswer {
        let body = JSONValue.object(["status": .string(status), "untrusted": .bool(true)]).encoded()
        return WalletAnswer(contentType: WalletCall.Form.json.contentType, body: body)
    }

    /// A JSON-RPC answer with this result.
    static func result(_ result: JSONValue, id: [UInt8]) -> WalletAnswer {
        var body: [UInt8] = []
        body += "{\"id\":".utf8
        body += id
        body += ",\"jsonrpc\":\"2.0\",\"result\":".utf8
        body += result.encoded()
        body += "}".utf8
        return WalletAnswer(contentType: WalletCall.Form.jsonRPC.contentType, body: body)
    }

    /// A JSON-RPC answer that is an error.
    static func error(_ code: Int, _ sentence: String, id: [UInt8]) -> WalletAnswer {
        let error = JSONValue.object(["code": .integer(code), "message": .string(sentence)]).encoded()
        var body: [UInt8] = []
        body += "{\"error\":".utf8
        body += error
        body += ",\"id\":".utf8
        body += id
        body += ",\"jsonrpc\":\"2.0\"}".utf8
        return WalletAnswer(contentType: WalletCall.Form.jsonRPC.contentType, body: body)
    }

    /// What a node of 0.18 that asks no payment answers to rpc_access_info.
    static func noPayment(id: [UInt8]) -> WalletAnswer {
        var body: [UInt8] = []
        body += "{\"id\":".utf8
        body += id
        body += ",\"jsonrpc\":\"2.0\",\"result\":{\"cookie\":0,\"credits\":0,\"credits_per_hash_found\":0,".utf8
        body += "\"diff\":0,\"hashing_blob\":\"\",\"height\":0,\"next_seed_hash\":\"\",\"seed_hash\":\"\",".utf8
        body += "\"seed_height\":0,\"status\":\"OK\",\"top_hash\":\"\",\"untrusted\":true}}".utf8
        return WalletAnswer(contentType: WalletCall.Form.jsonRPC.contentType, body: body)
    }

    /// A sentence for a person, with an HTTP status that a wallet takes for "no connection to daemon".
    static func text(_ status: Int, _ sentence: String) -> WalletAnswer {
        WalletAnswer(
            status: status, contentType: HTTPResponse.ContentType.text.rawValue, body: Array((sentence + "\n").utf8))
    }
}

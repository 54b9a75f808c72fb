import Protocols

/// A wallet's body, read strictly and written anew with only the catalogue's fields, byte for byte as wallet2 of
/// today would write it: one form for all wallets, so that nodes cannot tell them apart by their spelling.
///
/// ```
///   {CRLF                               each member on a line of its own, two spaces a level, keys by their bytes
///     "id": "0",CRLF
///     "jsonrpc": "2.0",CRLF
///     "method": "hard_fork_info",CRLF
///     "params": {CRLF
///       "version": 5CRLF
///     }CRLF
///   }
/// ```
enum WalletRewriting {
    /// A call by its own path.
    static func request(_ entry: WalletCalls.Entry, body: [UInt8]) throws(Refused) -> WalletRequest {
        guard case .fields(let fields) = entry.parameters else {
            throw Refused(sentence: WalletGate.notOffered)
        }
        switch entry.call.form {
        case .portableStorage: return try portableStorage(entry, fields, body)
        case .json, .jsonRPC:
            var text: [UInt8] = []
            text.reserveCapacity(body.count &+ 64)
            if body.isEmpty {
                text += "{\r\n}".utf8
            } else {
                let members = try members(body, in: nil)
                _ = append(fields, of: members, body, indent: 1, to: &text)
            }
            return WalletRequest(call: entry.call, body: text)
        }
    }

    /// A JSON-RPC call.
    static func jsonRPC(_ body: [UInt8]) throws(Refused) -> WalletGate.Verdict {
        let members = try members(body, in: nil)
        let bytes = body.span
        let id = try id(of: members, body)
        guard let method = members.value(of: Key.method, in: bytes), method.count > 2,
            body[method.lowerBound] == UInt8(ascii: "\"")
        else { return .answer(.error(-32600, "The call names no method.", id: id)) }
        let name = method.lowerBound + 1..<method.upperBound - 1
        if bytes.holds(paymentMethod, at: name) { return .answer(.noPayment(id: id)) }
        guard let entry = WalletCalls.entry(method: name, in: bytes) else {
            return .answer(.error(-32601, WalletGate.notOffered, id: id))
        }
        var call = entry.call
        var text: [UInt8] = []
        text.reserveCapacity(body.count &+ 64)
        text += entry.opening
        let parameters = members.value(of: Key.params, in: bytes)
        switch (entry.parameters, parameters.map { body[$0.lowerBound] }) {
        case (.fields(let fields), UInt8(ascii: "{")?):
            let inner = try Self.members(body, in: parameters)
            let names = append(fields, of: inner, body, indent: 2, to: &text)
            if names, entry.call.method == "get_output_distribution", asksAmounts(inner, body) {
                call.role = .revealing
            }
        case (.fields, nil), (.fields, UInt8(ascii: "n")?):
            text += "{\r\n  }".utf8
        case (.fields, _) where parameters.map { Self.none.contains(JSONText.compact(bytes, in: $0)) } ?? false:
            text += "{\r\n  }".utf8
        case (.list, UInt8(ascii: "[")?):
            guard let parameters else { break }
            text += JSONText.compact(bytes, in: parameters)
        default:
            return .answer(.error(-32602, "The call's parameters are not of its kind.", id: id))
        }
        text += "\r\n}".utf8
        return .request(WalletRequest(call: call, body: text, id: id))
    }

    /// Where the digits of the wallet's identifier lie in a body of JSON; nil where it has none of hexadecimal digits
    /// at the place where wallets write it, from which nothing is passed on.
    static func identifier(_ target: WalletGate.Target, in body: [UInt8]) -> Range<Int>? {
        let bytes = body.span
        guard var members = try? members(body, in: nil) else { return nil }
        if case .jsonRPC = target {
            guard let parameters = members.value(of: Key.params, in: bytes),
                let inner = try? Self.members(body, in: parameters)
            else { return nil }
            members = inner
        }
        guard let value = members.value(of: Key.client, in: bytes), value.count > 2,
            body[value.lowerBound] == UInt8(ascii: "\"")
        else { return nil }
        let digits = value.lowerBound &+ 1..<value.upperBound &- 1
        return bytes.extracting(digits).isHexadecimal ? digits : nil
    }

    /// What monerod takes for no parameters, besides null.
    private static let none = [Array("[]".utf8), Array("\"\"".utf8)]

    /// What is looked for in a call.
    private enum Key {
        static let client = Array("client".utf8)
        static let id = Array("id".utf8)
        static let method = Array("method".utf8)
        static let params = Array("params".utf8)
        static let amounts = Array("amounts".utf8)
    }

    /// Asked by wallets of 0.18, and answered by us as by a node that takes no payment: its parameters are nothing
    /// but the wallet's identifier.
    private static let paymentMethod = Array("rpc_access_info".utf8)

    /// Reads the members of an object strictly.
    private static func members(_ body: [UInt8], in range: Range<Int>?) throws(Refused) -> JSONMembers {
        do throws(JSONFailure) {
            return try JSONMembers(scanning: body.span, in: range, limits: JSONLimits(members: 100_000))
        } catch {
            guard body.first != UInt8(ascii: "[") else {
                throw Refused(sentence: "Several calls in one list are not taken: send one after the other.")
            }
            throw Refused(sentence: "The body is refused, as it is \(error).")
        }
    }

    /// The call's id as JSON text: text, a number or null, at most 256 bytes.
    private static func id(of members: JSONMembers, _ body: [UInt8]) throws(Refused) -> [UInt8] {
        guard let range = members.value(of: Key.id, in: body.span) else { return WalletRequest.usualID }
        let id = body[range]
        if id.elementsEqual(WalletRequest.usualID) { return WalletRequest.usualID }
        guard id.count <= 256, id.first != UInt8(ascii: "{"), id.first != UInt8(ascii: "[") else {
            throw Refused(sentence: "The call's id is neither text nor a number, or is too long.")
        }
        return Array(id)
    }

    /// Writes an object with those of the members that are on the list.
    ///
    /// - Returns: Whether there are any.
    private static func append(
        _ fields: [WalletCalls.Field], of members: JSONMembers, _ body: [UInt8], indent: Int, to text: inout [UInt8]
    ) -> Bool {
        let bytes = body.span
        text += "{\r\n".utf8
        var isFirst = true
        for field in fields {
            guard let value = members.value(of: field.name, in: bytes) else { continue }
            if !isFirst { text += ",\r\n".utf8 }
            isFirst = false
            text.append(contentsOf: repeatElement(0x20, count: 2 &* indent))
            text += field.label
            switch body[value.lowerBound] {
            case UInt8(ascii: "{"), UInt8(ascii: "["): text += JSONText.compact(bytes, in: value)
            default: text += body[value]
            }
        }
        if !isFirst { text += "\r\n".utf8 }
        text.append(contentsOf: repeatElement(0x20, count: 2 &* (indent &- 1)))
        text.append(UInt8(ascii: "}"))
        return !isFirst
    }

    /// Whether the distribution of other outputs than those of hidden amounts (all since 2017) is asked for: that
    /// shows what the wallet owns.
    private static func asksAmounts(_ members: JSONMembers, _ body: [UInt8]) -> Bool {
        guard let range = members.value(of: Key.amounts, in: body.span) else { return false }
        return body[range].contains { (0x31...0x39).contains($0) }
    }
}

internal import Protocols

/// Why an answer of a node is none that we take.
///
/// It quotes nothing of the answer but numbers: whoever runs a node must not write into this machine's log.
public struct NodeAnswerFailure: Error, Hashable, Sendable {
    /// One sentence that goes on after a node's name: "its answer to get_info has HTTP status 500".
    public let sentence: String

    /// A failure of this sentence.
    public init(_ sentence: String) {
        self.sentence = sentence
    }
}

/// A node's answer to a JSON-RPC call of ours, read strictly: status 200, JSON of one reading, our id, no error, and
/// the node's own status "OK".
struct NodeAnswer {
    /// The method that was asked.
    let method: String
    /// The members of `result`.
    let result: JSONObject

    /// No answer to a probe is larger: get_info's has about 1,700 bytes.
    static let limits = JSONLimits(depth: 8, bytes: 65_536, members: 1000)

    init(_ answer: WalletAnswer, to method: String) throws(NodeAnswerFailure) {
        self.method = method
        guard answer.status == 200 else {
            throw NodeAnswerFailure("its answer to \(method) has HTTP status \(answer.status)")
        }
        let value: JSONValue
        do throws(JSONFailure) {
            value = try JSONValue(reading: answer.body.span, limits: Self.limits)
        } catch {
            throw NodeAnswerFailure("its answer to \(method) is \(error)")
        }
        guard value.asObject != nil else { throw NodeAnswerFailure("its answer to \(method) is no JSON object") }
        if let error = value["error"], !error.isNull {
            let code = error["code"]?.asNumber?.int64.map { " of code \($0)" } ?? ""
            throw NodeAnswerFailure("its answer to \(method) is an error\(code)")
        }
        guard value["id"] == .string("0") else {
            throw NodeAnswerFailure("its answer to \(method) is to another call than ours")
        }
        guard let result = value["result"]?.asObject else {
            throw NodeAnswerFailure("its answer to \(method) has no `result`")
        }
        self.result = result
        // Compared as JSON values, byte for byte: as a pattern, other letters would match "OK" too.
        let status = result["status"]
        guard status != .string("BUSY") else { throw NodeAnswerFailure("it says that it is busy") }
        guard status == .string("OK") else { throw failure("has a status other than OK") }
    }

    /// A whole number from 0, which must be there.
    func number(_ key: String) throws(NodeAnswerFailure) -> UInt64 {
        guard let number = result[key]?.asNumber?.uint64 else { throw failure("has no whole number `\(key)`") }
        return number
    }

    /// A flag; nil where it is not there.
    func flag(_ key: String) throws(NodeAnswerFailure) -> Bool? {
        guard let member = result[key] else { return nil }
        guard let flag = member.asBool else { throw failure("has a `\(key)` that is neither true nor false") }
        return flag
    }

    /// A hash of 32 bytes in the hexadecimal digits of nodes, which write them small.
    func hash(_ key: String, in object: JSONObject? = nil) throws(NodeAnswerFailure) -> [UInt8] {
        guard let text = (object ?? result)[key]?.asString, let hash = Self.hash(Array(text.utf8)) else {
            throw failure("has no hash `\(key)`")
        }
        return hash
    }

    /// What is wrong with it: "has no whole number `height`".
    func failure(_ what: String) -> NodeAnswerFailure {
        NodeAnswerFailure("its answer to \(method) \(what)")
    }

    private static func hash(_ digits: [UInt8]) -> [UInt8]? {
        guard digits.count == 64 else { return nil }
        var hash: [UInt8] = []
        var high: UInt8?
        for digit in digits {
            let value: UInt8
            switch digit {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): value = digit - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): value = digit - UInt8(ascii: "a") + 10
            default: return nil
            }
            if let first = high {
                hash.append(first << 4 | value)
                high = nil
            } else {
                high = value
            }
        }
        return hash
    }
}

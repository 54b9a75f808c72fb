import Protocols

/// Whether a node's answer can be given to a wallet: it is HTTP's 200, and it is what the call is answered with. What
/// Content-Type says does not matter; monerod itself does not always set it rightly.
public enum AnswerJudge {
    /// What is wrong with a whole answer; nil where nothing is.
    public static func problem(of answer: WalletAnswer, to request: WalletRequest) -> String? {
        if let problem = problem(ofStatus: answer.status) { return problem }
        switch request.call.form {
        case .json:
            guard let isThere = NodeJSON.has(status, or: status, in: answer.body.span) else {
                return "It did not answer with JSON."
            }
            return isThere ? nil : "Its answer has no status."
        case .jsonRPC:
            guard let isThere = NodeJSON.has(result, or: error, in: answer.body.span) else {
                return "It did not answer with JSON."
            }
            return isThere ? nil : "Its answer is neither a result nor an error."
        case .portableStorage:
            guard let document = try? PortableStorage(rootOf: answer.body.span) else {
                return "It did not answer with Monero's portable storage."
            }
            return document.entry(["status"], in: answer.body.span) == nil ? "Its answer has no status." : nil
        }
    }

    /// What is wrong with a long answer, of which only the beginning is there yet; nil where nothing is.
    public static func problem(
        ofBeginning bytes: Span<UInt8>, status: Int, to request: WalletRequest
    ) -> String? {
        if let problem = problem(ofStatus: status) { return problem }
        switch request.call.form {
        case .json, .jsonRPC:
            return bytes.count > 0 && bytes[0] == UInt8(ascii: "{") ? nil : "It did not answer with JSON."
        case .portableStorage:
            let signature = PortableStorage.signature
            return bytes.holds(signature, at: 0..<signature.count)
                ? nil : "It did not answer with Monero's portable storage."
        }
    }

    /// Whether a node says that it is busy: it catches up, and another may answer.
    public static func isBusy(_ answer: WalletAnswer, to request: WalletRequest) -> Bool {
        let bytes = answer.body.span
        guard answer.status == 200, bytes.hasBusy else { return false }
        if says(busy, answer, to: request) { return true }
        // "Core is busy."
        guard request.call.form == .jsonRPC, let error = NodeJSON.value(of: error, in: bytes),
            let code = NodeJSON.value(of: code, in: bytes, from: error.lowerBound)
        else { return false }
        return answer.body[code].elementsEqual("-9".utf8)
    }

    /// Whether a node says that it did what it was asked.
    public static func isOK(_ answer: WalletAnswer, to request: WalletRequest) -> Bool {
        says(ok, answer, to: request)
    }

    /// Whether the answer's status is this.
    private static func says(_ word: [UInt8], _ answer: WalletAnswer, to request: WalletRequest) -> Bool {
        guard answer.status == 200 else { return false }
        let bytes = answer.body.span
        switch request.call.form {
        case .json, .jsonRPC:
            var start = 0
            if request.call.form == .jsonRPC {
                guard let result = NodeJSON.value(of: result, in: bytes) else { return false }
                start = result.lowerBound
            }
            guard let status = NodeJSON.value(of: status, in: bytes, from: start) else { return false }
            return NodeJSON.holds(string: word, at: status, in: bytes)
        case .portableStorage:
            return status(ofStorage: answer.body).map { answer.body[$0].elementsEqual(word) } ?? false
        }
    }

    /// Where the status of a portable storage lies.
    private static func status(ofStorage body: [UInt8]) -> Range<Int>? {
        guard let entry = PortableStorage.rootEntry("status", in: body.span), entry.type == .string,
            entry.arrayCount == nil
        else { return nil }
        return entry.value
    }

    private static func problem(ofStatus status: Int) -> String? {
        switch status {
        case 200: nil
        case 401: "It asks for a username and a password."
        default: "It answered with HTTP status \(status)."
        }
    }

    private static let status = Array("status".utf8)
    private static let result = Array("result".utf8)
    private static let error = Array("error".utf8)
    private static let code = Array("code".utf8)
    private static let ok = Array("OK".utf8)
    private static let busy = Array("BUSY".utf8)
}

extension Span<UInt8> {
    /// Whether "busy" stands anywhere in it, in letters of either case: most answers have it nowhere, and need not be
    /// read to know that they are not.
    fileprivate var hasBusy: Bool {
        var index = 1
        while index &+ 2 < count {
            if self[index] | 0x20 == UInt8(ascii: "u"), self[index &- 1] | 0x20 == UInt8(ascii: "b"),
                self[index &+ 1] | 0x20 == UInt8(ascii: "s"), self[index &+ 2] | 0x20 == UInt8(ascii: "y")
            {
                return true
            }
            index &+= 1
        }
        return false
    }
}

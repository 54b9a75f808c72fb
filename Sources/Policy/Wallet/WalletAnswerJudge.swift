import Protocols

/// Whether a node's answer can be given to a wallet: it is HTTP's 200, and it is what the call is answered with. What
/// Content-Type says does not matter; monerod itself does not always set it rightly.
public enum AnswerJudge {
    /// What is wrong with a whole answer; nil where nothing is.
    public static func problem(of answer: WalletAnswer, to request: WalletRequest) -> String? {
        if let problem = problem(ofStatus: answer.status) { return problem }
        switch request.call.form {
        case .json:
            let text = NodeJSON(answer.body)
            guard text.isObject else { return "It did not answer with JSON." }
            return text.value(of: Self.status) == nil ? "Its answer has no status." : nil
        case .jsonRPC:
            let text = NodeJSON(answer.body)
            guard text.isObject else { return "It did not answer with JSON." }
            guard text.value(of: Self.result) == nil, text.value(of: Self.error) == nil else { return nil }
            return "Its answer is neither a result nor an error."
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
        if says(busy, answer, to: request) { return true }
        // "Core is busy."
        guard answer.status == 200, request.call.form == .jsonRPC, let error = NodeJSON(answer.body).value(of: error),
            let code = NodeJSON(answer.body).value(of: code, in: error)
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
        let text = NodeJSON(answer.body)
        switch request.call.form {
        case .json:
            return text.value(of: status).map { text.holdsString(word, at: $0) } ?? false
        case .jsonRPC:
            guard let result = text.value(of: result) else { return false }
            return text.value(of: status, in: result).map { text.holdsString(word, at: $0) } ?? false
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

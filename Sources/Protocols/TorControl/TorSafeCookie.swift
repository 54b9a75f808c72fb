/// The two proofs of SAFECOOKIE (control-spec section 3.24): each side shows by an HMAC over both nonces that it
/// knows the cookie, and Tor does so first. A peer that cannot read the file learns nothing that it could use.
struct TorSafeCookie: Hashable, Sendable {
    let path: String
    let cookie: [UInt8]
    let nonce: [UInt8]

    private static let serverKey = Array("Tor safe cookie authentication server-to-controller hash".utf8)
    private static let clientKey = Array("Tor safe cookie authentication controller-to-server hash".utf8)

    /// The command that asks Tor for its proof.
    var challenge: String {
        "AUTHCHALLENGE SAFECOOKIE \(nonce.hexadecimal)"
    }

    /// Checks Tor's proof, and gives ours, in hexadecimal.
    func answer(to reply: TorControlReply, hmac: TorControlClient.HMAC) throws(TorControlFailure) -> String {
        guard reply.code == 250 else { throw .refused(reply.sentence) }
        let words = TorControlWords(reply.lines.first?.text ?? [])
        guard words.words.first == "AUTHCHALLENGE", let hash = words.values["SERVERHASH"].flatMap(Self.bytes),
            let serverNonce = words.values["SERVERNONCE"].flatMap(Self.bytes)
        else { throw .violation("no answer to AUTHCHALLENGE") }
        let message = cookie + nonce + serverNonce
        let expected = hmac(Self.serverKey, message)
        let ours = hmac(Self.clientKey, message)
        guard expected.count == 32, ours.count == 32 else { throw .noHash }
        guard Self.areEqual(expected, hash) else { throw .wrongServer(path: path) }
        return ours.hexadecimal
    }

    /// Compares every byte whatever the first ones are, so that time tells nothing of the hash expected.
    private static func areEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        guard left.count == right.count else { return false }
        return zip(left, right).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
    }

    /// 32 bytes from 64 hexadecimal digits.
    private static func bytes(_ hex: [UInt8]) -> [UInt8]? {
        guard hex.count == 64 else { return nil }
        var bytes: [UInt8] = []
        var high: UInt8?
        for digit in hex {
            guard let value = digit.hexValue else { return nil }
            if let first = high {
                bytes.append(first << 4 | value)
                high = nil
            } else {
                high = value
            }
        }
        return bytes
    }
}

import FuzzSupport
import Protocols

/// What answers a challenge can stand in a header, counts up, and read as a challenge itself names the same nonce and
/// realm, so that it is answered in the same way.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
    let text = String(decoding: bytes(data, size), as: UTF8.self)
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    let answered = lines.compactMap(DigestAuthentication.init(challenge:))
    require(DigestAuthentication(challenges: lines) == answered.first, "not the first that can be answered")
    guard var digest = DigestAuthentication(challenge: text) else { return 0 }
    let first = answer(&digest)
    guard let first else { fatalError("a challenge is read that cannot be answered") }
    require((try? HTTPHeader("Authorization", first)) != nil, "the answer is no header's value")
    require(first.hasPrefix("Digest algorithm=MD5,nonce=\""), "the answer begins otherwise")
    require(first.contains(",nc=00000001,"), "the count does not begin at 1")
    require(answer(&digest)?.contains(",nc=00000002,") == true, "the count does not go up")
    guard var again = DigestAuthentication(challenge: first) else { fatalError("the answer has no such form") }
    require(answer(&again) == first, "the answer names another challenge")
    return 0
}

private func answer(_ digest: inout DigestAuthentication) -> String? {
    guard let credentials = Credentials(username: Array("user".utf8), password: Array("secret".utf8)) else {
        return nil
    }
    return digest.authorization(
        method: "POST", uri: "/json_rpc", credentials: credentials, clientNonce: [1, 2, 3, 4],
        md5: { message in
            // No MD5, but as many bytes, which follow from the message.
            var hash = UInt64(message.count)
            return (0..<16).map { place in
                for byte in message { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
                return UInt8(truncatingIfNeeded: hash >> UInt64(place))
            }
        })
}

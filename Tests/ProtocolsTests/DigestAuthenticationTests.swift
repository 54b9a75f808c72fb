import Protocols
import Testing

/// Digest authentication: what is hashed, what is written, which challenges are answered.
///
/// MD5 itself is in another module; what it gives for each message is known from the RFCs' examples.
@Suite struct DigestAuthenticationTests {
    /// MD5 of the messages of RFC 2617 section 3.5 and RFC 7616 section 3.9.1, as any MD5 gives it.
    static let known = [
        "Mufasa:testrealm@host.com:Circle Of Life": "939e7578ed9e3c518a452acee763bce9",
        "GET:/dir/index.html": "39aff3a2bab6126f332b942af96d3366",
        "939e7578ed9e3c518a452acee763bce9:dcd98b7102dd2f0e8b11d0f600bfb0c093:00000001:0a4f113b:auth:"
            + "39aff3a2bab6126f332b942af96d3366": "6629fae49393a05397450978507c4ef1",
        "Mufasa:http-auth@example.org:Circle of Life": "3d78807defe7de2157e2b0b6573a855f",
        "3d78807defe7de2157e2b0b6573a855f:7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v:00000001:"
            + "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ:auth:39aff3a2bab6126f332b942af96d3366":
            "8ca523f5e9506fed4657c9700eebdbec",
    ]

    /// The client nonces, so that their base64 is that of the examples.
    static let nonce2617: [UInt8] = [0xd1, 0xae, 0x1f, 0xd7, 0x5d, 0xdb]
    static let nonce7616: [UInt8] = [
        0x7f, 0x6f, 0xf0, 0x13, 0x8a, 0xbb, 0xe0, 0x4e, 0xb3, 0x20, 0x91, 0x2d, 0x59, 0xa1, 0xca, 0x69, 0xfe, 0x70,
        0xbf,
        0xf1, 0xf9, 0x43, 0x3c, 0xe9, 0x5e, 0xeb, 0x2a, 0x19, 0xe9, 0xb1, 0x51, 0x16, 0x49,
    ]

    @Test func answerOfRFC2617() throws {
        var digest = try #require(
            DigestAuthentication(
                challenge: "Digest realm=\"testrealm@host.com\", qop=\"auth,auth-int\", "
                    + "nonce=\"dcd98b7102dd2f0e8b11d0f600bfb0c093\", opaque=\"5ccc069c403ebaf9f0171e9517f40e41\""))
        let proof = digest.authorization(
            method: "GET", uri: "/dir/index.html", credentials: try credentials("Mufasa", "Circle Of Life"),
            clientNonce: Self.nonce2617, md5: Self.md5)
        #expect(
            proof
                == "Digest algorithm=MD5,nonce=\"dcd98b7102dd2f0e8b11d0f600bfb0c093\",realm=\"testrealm@host.com\","
                + "response=\"6629fae49393a05397450978507c4ef1\",uri=\"/dir/index.html\",username=\"Mufasa\","
                + "opaque=\"5ccc069c403ebaf9f0171e9517f40e41\",qop=auth,nc=00000001,cnonce=\"0a4f113b\"")
    }

    @Test func answerOfRFC7616() throws {
        let fields =
            "realm=\"http-auth@example.org\", qop=\"auth, auth-int\", "
            + "nonce=\"7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v\", opaque=\"FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS\""
        var digest = try #require(
            DigestAuthentication(challenges: ["Digest \(fields), algorithm=SHA-256", "Digest \(fields), algorithm=MD5"])
        )
        let proof = digest.authorization(
            method: "GET", uri: "/dir/index.html", credentials: try credentials("Mufasa", "Circle of Life"),
            clientNonce: Self.nonce7616, md5: Self.md5)
        #expect(try #require(proof).contains("response=\"8ca523f5e9506fed4657c9700eebdbec\""))
        #expect(try #require(proof).hasSuffix("cnonce=\"f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ\""))
    }

    /// monerod's two headers, as it writes them; it takes only the count that is due.
    @Test func theCountGoesUp() throws {
        var digest = try #require(
            DigestAuthentication(challenges: [
                "Digest qop=\"auth\",algorithm=MD5-sess,realm=\"monero-rpc\",nonce=\"AAAA==\",stale=false",
                "Digest qop=\"auth\",algorithm=MD5,realm=\"monero-rpc\",nonce=\"BBBB==\",stale=false",
            ]))
        var messages: [String] = []
        for count in 1...3 {
            let proof = digest.authorization(
                method: "POST", uri: "/json_rpc", credentials: try credentials("u", "p"), clientNonce: [0],
                md5: {
                    messages.append(String(decoding: $0, as: UTF8.self))
                    return [UInt8](repeating: 0x0f, count: 16)
                })
            let hash = String(repeating: "0f", count: 16)
            #expect(
                proof
                    == "Digest algorithm=MD5,nonce=\"BBBB==\",realm=\"monero-rpc\",response=\"\(hash)\",uri=\"/json_rpc\","
                    + "username=\"u\",qop=auth,nc=0000000\(count),cnonce=\"AA==\"")
            #expect(
                messages.suffix(3) == [
                    "u:monero-rpc:p", "POST:/json_rpc", "\(hash):BBBB==:0000000\(count):AA==:auth:\(hash)",
                ])
        }
        #expect(!digest.isStale)
    }

    @Test(arguments: [
        ("Digest qop=auth,realm=\"r\",nonce=\"n\"", false), ("DIGEST\tqop=\"AUTH\",REALM=r,nonce=n,stale=TRUE", true),
        ("Digest qop=\"auth-int auth\",realm=\"\",nonce=\"n\",algorithm=\"md5\" , stale=\"true\" ", true),
        (
            "Digest qop=\"auth\",realm=\"r\",nonce=\"n\",domain=\"/a /b\",charset=UTF-8,userhash=false,x=\"a,b=c\"",
            false
        ),
    ])
    func answers(challenge: String, isStale: Bool) {
        #expect(DigestAuthentication(challenge: challenge)?.isStale == isStale)
    }

    @Test(arguments: [
        "", "Digest", "Digest ", "Digest qop=auth", "Basic realm=\"r\"", "Digest realm=\"r\",nonce=\"n\"",
        "Digest qop=auth,realm=\"r\"", "Digest qop=auth,nonce=\"n\"", "Digest qop=auth-int,realm=\"r\",nonce=\"n\"",
        "Digest qop=auth,realm=\"r\",nonce=\"\"", "Digest qop=auth,realm=\"r\",nonce=\"n\",algorithm=MD5-sess",
        "Digest qop=auth,realm=\"r\",nonce=\"n\",algorithm=SHA-256", "Digest qop=auth,realm=\"r\",nonce=\"n\",",
        "Digest qop=auth,,realm=\"r\",nonce=\"n\"", "Digest ,qop=auth,realm=\"r\",nonce=\"n\"",
        "Digest qop=auth,realm=\"r\",nonce=\"n\",nonce=\"m\"", "Digest qop=auth,realm=\"r\",nonce=\"n\",Nonce=\"n\"",
        "Digest qop=auth,realm=\"r\",nonce=\"n", "Digest qop=auth,realm=\"r\\\"\",nonce=\"n\"",
        "Digest qop=auth,realm=\"r\",nonce=\"n\\\\\"", "Digest qop=auth,realm=\"r\",nonce = \"n\"",
        "Digest qop=auth,realm=\"r\",nonce=\"n\" Basic realm=\"x\"",
        "Digest qop=auth,realm=\"r\",nonce=\"n\", Basic realm=\"x\"",
        "Digest qop=auth,realm=\"r\",nonce=\"\u{1}\"", "Digest qop=auth,realm=\"\u{e9}\",nonce=\"n\"",
        "Digest qop=auth realm=\"r\",nonce=\"n\"", "Digestqop=auth,realm=\"r\",nonce=\"n\"",
        "Digest qop=,realm=\"r\",nonce=\"n\"",
    ])
    func refuses(challenge: String) {
        #expect(DigestAuthentication(challenge: challenge) == nil)
        #expect(DigestAuthentication(challenges: [challenge, "Basic"]) == nil)
    }

    @Test(arguments: [
        ("u\"", "/", 16, 1), ("u\\", "/", 16, 1), ("u\n", "/", 16, 1), ("\u{e9}", "/", 16, 1), ("u", "/\"", 16, 1),
        ("u", "/\r\n", 16, 1), ("u", "/", 0, 1), ("u", "/", 32, 1), ("u", "/", 16, 0),
    ])
    func nothingIsWrittenWhereItCannotBe(user: String, uri: String, size: Int, nonce: Int) throws {
        var digest = try #require(DigestAuthentication(challenge: "Digest qop=auth,realm=\"r\",nonce=\"n\""))
        let proof = digest.authorization(
            method: "POST", uri: uri, credentials: try credentials(user, "p"),
            clientNonce: [UInt8](repeating: 1, count: nonce), md5: { _ in [UInt8](repeating: 2, count: size) })
        #expect(proof == nil)
    }

    private func credentials(_ user: String, _ password: String) throws -> Credentials {
        try #require(Credentials(username: Array(user.utf8), password: Array(password.utf8)))
    }

    private static func md5(_ message: [UInt8]) -> [UInt8] {
        let digits = Array((known[String(decoding: message, as: UTF8.self)] ?? "").utf8)
        return stride(from: 0, to: digits.count, by: 2).compactMap {
            UInt8(String(decoding: digits[$0...($0 + 1)], as: UTF8.self), radix: 16)
        }
    }
}

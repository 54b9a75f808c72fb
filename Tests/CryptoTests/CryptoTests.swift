import Crypto
import Testing

/// Known answers: FIPS 180-4, FIPS 202, RFC 1321 and RFC 4231.
@Suite struct CryptoTests {
    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
    ])
    func sha256(message: String, digest: String) throws {
        #expect(try hex(Crypto.sha256(Array(message.utf8))) == digest)
        #expect(try Crypto.sha256Digits(Array(message.utf8)) == digest)
    }

    @Test(arguments: [
        ("", "a7ffc6f8bf1ed76651c14756a061d662f580ff4de43b49fa82d80a4b80f8434a"),
        ("abc", "3a985da74fe225b2045c172d6bd390bd855f086e3e9d525b46bfe24511431532"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "41c0dba2a9d6240849100376a8235e2c82e1b9998a999e21db32dd97496d3376"
        ),
    ])
    func sha3(message: String, digest: String) throws {
        #expect(try hex(Crypto.sha3_256(Array(message.utf8))) == digest)
    }

    @Test(arguments: [
        ("", "d41d8cd98f00b204e9800998ecf8427e"), ("abc", "900150983cd24fb0d6963f7d28e17f72"),
        ("message digest", "f96b697d7cb7938d525a2f31aaf161d0"),
        (
            "12345678901234567890123456789012345678901234567890123456789012345678901234567890",
            "57edf4a22be3c955ac49da2e2107b67a"
        ),
        ("Mufasa:testrealm@host.com:Circle Of Life", "939e7578ed9e3c518a452acee763bce9"),
    ])
    func md5(message: String, digest: String) throws {
        #expect(try hex(Crypto.md5(Array(message.utf8))) == digest)
    }

    /// The longest message block, and a million bytes: more than one block of each.
    @Test func longMessages() throws {
        let million = [UInt8](repeating: 0x61, count: 1_000_000)
        #expect(
            try hex(Crypto.sha256(million)) == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
        #expect(
            try hex(Crypto.sha3_256(million)) == "5c8875ae474a3634ba4fd55ec85bffd661f32aca75c6d699d0cdcb6c115891c1")
    }

    /// RFC 4231, test cases 1, 2, 3, 4, 6 and 7 (5 is a truncated output).
    @Test(
        arguments: [
            (
                [UInt8](repeating: 0x0b, count: 20), Array("Hi There".utf8),
                "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
            ),
            (
                Array("Jefe".utf8), Array("what do ya want for nothing?".utf8),
                "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
            ),
            (
                [UInt8](repeating: 0xaa, count: 20), [UInt8](repeating: 0xdd, count: 50),
                "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"
            ),
            (
                Array(1...25), [UInt8](repeating: 0xcd, count: 50),
                "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"
            ),
            (
                [UInt8](repeating: 0xaa, count: 131),
                Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8),
                "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
            ),
            (
                [UInt8](repeating: 0xaa, count: 131),
                Array(
                    ("This is a test using a larger than block-size key and a larger than block-size data. "
                        + "The key needs to be hashed before being used by the HMAC algorithm.").utf8),
                "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"
            ),
        ] as [([UInt8], [UInt8], String)])
    func hmac(key: [UInt8], message: [UInt8], mac: String) throws {
        #expect(try hex(Crypto.hmacSHA256(key: key, message: message)) == mac)
    }

    /// An empty key and an empty message are a key and a message; the key of an earlier call plays no part.
    @Test func hmacOfNothing() throws {
        let nothing = "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad"
        _ = try Crypto.hmacSHA256(key: Array("earlier".utf8), message: [1])
        #expect(try hex(Crypto.hmacSHA256(key: [], message: [])) == nothing)
    }

    @Test(arguments: [0, 1, 32, 255, 256, 257, 1000])
    func randomBytes(count: Int) throws {
        let first = try Crypto.randomBytes(count)
        let second = try Crypto.randomBytes(count)
        #expect(first.count == count && second.count == count)
        guard count >= 32 else { return }
        #expect(first != second)
        // A tail that was never filled would be zeros.
        #expect(first.suffix(16).contains { $0 != 0 })
    }

    @Test func negativeCountIsNone() throws {
        #expect(try Crypto.randomBytes(-1).isEmpty)
    }

    @Test func equality() {
        let bytes = [UInt8](0...31)
        #expect(Crypto.constantTimeEqual(bytes, bytes))
        #expect(Crypto.constantTimeEqual([], []))
        #expect(!Crypto.constantTimeEqual(bytes, Array(bytes.dropLast())))
        #expect(!Crypto.constantTimeEqual([], bytes))
        for index in bytes.indices {
            var other = bytes
            other[index] ^= 0x80
            #expect(!Crypto.constantTimeEqual(bytes, other))
        }
    }

    private func hex(_ bytes: [UInt8]) -> String {
        let digits = Array("0123456789abcdef")
        return String(bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
    }
}

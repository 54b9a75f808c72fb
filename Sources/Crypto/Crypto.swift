internal import COpenSSL
internal import Glibc

/// The few primitives that this daemon needs: what Tor's control port and onion addresses are made of.
///
/// A thin wrapper over OpenSSL's libcrypto, and the one place of this module's users that says `unsafe`.
public enum Crypto {
    /// SHA-256 of `message` (FIPS 180-4): 32 bytes.
    ///
    /// - Throws: `CryptoFailure.unavailable` where libcrypto does not have it.
    public static func sha256(_ message: [UInt8]) throws(CryptoFailure) -> [UInt8] {
        try unsafe digest(message, named: "SHA-256", EVP_sha256())
    }

    /// The same as 64 hexadecimal digits, in lower case.
    ///
    /// - Throws: `CryptoFailure.unavailable` where libcrypto does not have it.
    public static func sha256Digits(_ message: [UInt8]) throws(CryptoFailure) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(
            decoding: try sha256(message).flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }

    /// SHA3-256 of `message` (FIPS 202): 32 bytes.
    ///
    /// - Throws: `CryptoFailure.unavailable` where libcrypto does not have it.
    public static func sha3_256(_ message: [UInt8]) throws(CryptoFailure) -> [UInt8] {
        try unsafe digest(message, named: "SHA3-256", EVP_sha3_256())
    }

    /// MD5 of `message` (RFC 1321): 16 bytes. Only for the digest authentication that Monero's own RPC server asks for,
    /// which knows nothing better.
    ///
    /// - Throws: `CryptoFailure.unavailable` where libcrypto does not have it (a FIPS configuration).
    public static func md5(_ message: [UInt8]) throws(CryptoFailure) -> [UInt8] {
        try unsafe digest(message, named: "MD5", EVP_md5(), size: 16)
    }

    /// HMAC-SHA256 (RFC 2104, RFC 4231) of `message` under `key`: 32 bytes.
    ///
    /// - Throws: `CryptoFailure.unavailable` where libcrypto does not have it.
    public static func hmacSHA256(key: [UInt8], message: [UInt8]) throws(CryptoFailure) -> [UInt8] {
        guard let keyLength = CInt(exactly: key.count) else { throw .tooLong }
        // HMAC() takes a null key for "the key of last time": an empty key needs an address as well.
        let key = key.isEmpty ? [0] : key
        var mac = [UInt8](repeating: 0, count: 32)
        var length: CUnsignedInt = 0
        let done = unsafe key.withUnsafeBufferPointer { key in
            unsafe message.withUnsafeBufferPointer { message in
                unsafe mac.withUnsafeMutableBufferPointer { mac in
                    unsafe HMAC(
                        EVP_sha256(), key.baseAddress, keyLength, message.baseAddress, message.count,
                        mac.baseAddress, &length) != nil
                }
            }
        }
        guard done, length == 32 else { throw .unavailable("HMAC-SHA256") }
        return mac
    }

    /// `count` bytes of the kernel's random generator, which waits until it is seeded and then never runs dry.
    ///
    /// - Throws: `CryptoFailure.noRandomness` where the kernel gives none; nothing weaker stands in for it.
    public static func randomBytes(_ count: Int) throws(CryptoFailure) -> [UInt8] {
        guard count > 0 else { return [] }
        var bytes = [UInt8](repeating: 0, count: count)
        let failed: CInt = unsafe bytes.withUnsafeMutableBytes { buffer in
            var start = 0
            while start < buffer.count {
                // getentropy(3) gives at most 256 bytes a call, all or none.
                let size = min(256, buffer.count - start)
                let part = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[start..<start + size])
                guard let address = part.baseAddress, unsafe getentropy(address, size) == 0 else { return errno }
                start += size
            }
            return 0
        }
        guard failed == 0 else { throw .noRandomness(errno: failed) }
        return bytes
    }

    /// Whether both are the same bytes, found out in a time that depends on their length only.
    public static func constantTimeEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        guard left.count == right.count else { return false }
        guard !left.isEmpty else { return true }
        return unsafe left.withUnsafeBytes { left in
            unsafe right.withUnsafeBytes { right in
                unsafe CRYPTO_memcmp(left.baseAddress, right.baseAddress, left.count) == 0
            }
        }
    }

    private static func digest(
        _ message: [UInt8], named name: String, _ algorithm: OpaquePointer?, size: Int = 32
    ) throws(CryptoFailure) -> [UInt8] {
        // EVP_MAX_MD_SIZE, so that no algorithm can write past it.
        var hash = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
        var length: CUnsignedInt = 0
        let done = unsafe message.withUnsafeBytes { message in
            unsafe hash.withUnsafeMutableBufferPointer { hash in
                unsafe EVP_Digest(message.baseAddress, message.count, hash.baseAddress, &length, algorithm, nil) == 1
            }
        }
        guard done, length == size else { throw .unavailable(name) }
        return Array(hash.prefix(size))
    }
}

/// Why a primitive gave nothing.
public enum CryptoFailure: Error, Hashable, Sendable {
    /// libcrypto does not offer this algorithm (a build or a configuration without it).
    case unavailable(String)
    /// The kernel gave no random bytes.
    case noRandomness(errno: Int32)
    /// A key of more than 2 GiB.
    case tooLong
}

extension CryptoFailure: CustomStringConvertible {
    /// One sentence, with the mend.
    public var description: String {
        switch self {
        case .unavailable(let name):
            "OpenSSL has no \(name): install libssl3 as the distribution ships it, and look at OPENSSL_CONF."
        case .noRandomness(let errno):
            "the kernel gave no random bytes (getentropy, errno \(errno)): is a seccomp filter in its way?"
        case .tooLong:
            "the key is longer than OpenSSL takes."
        }
    }
}

import Crypto
import Policy

extension NodeConversation {
    /// A conversation with this node that can answer its question who we are, by libcrypto and the kernel's random
    /// numbers. Where libcrypto has no MD5 it cannot, and the node is said to be no good.
    init(with node: WalletNodeConfiguration) {
        self.init(node: node, md5: { (try? Crypto.md5($0)) ?? [] }, nonce: { Self.clientNonce() })
    }

    /// 128 random bits in hexadecimal.
    private static func clientNonce() -> [UInt8] {
        Array(String(UInt128.random(in: .min ... .max), radix: 16).utf8)
    }
}

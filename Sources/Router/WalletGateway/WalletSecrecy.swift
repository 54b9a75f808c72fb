import Crypto
import Policy
import Protocols
import TLS

/// The TLS of one `[[wallet]]`: what its listener shows, and what its nodes are held against. Each is made when it is
/// first needed, and kept.
final class WalletSecrecy {
    /// What the listener shows; nil where it speaks plain HTTP.
    let listener: TLSContext?
    private var contexts: [WalletNodeConfiguration.TLSTrust: TLSContext] = [:]

    /// - Throws: a sentence when the listener's certificate or key cannot be read.
    init(_ configuration: WalletConfiguration, name: String) throws(StartFailure) {
        guard let files = configuration.certificate else {
            listener = nil
            return
        }
        let context = TLSContext(certificate: files.certificate, key: files.key)
        do throws(TLSFailure) {
            try context.prepare()
        } catch {
            throw StartFailure("\(name) cannot speak TLS: \(error.sentence)")
        }
        listener = context
    }

    /// By what a node's certificate is verified; nil where it speaks plain HTTP.
    func context(for node: WalletNodeConfiguration) -> TLSContext? {
        guard let trust = node.tls else { return nil }
        if let known = contexts[trust] { return known }
        let context =
            switch trust {
            case .fingerprint(let digest): TLSContext(client: .fingerprint(digest))
            case .systemAuthorities: TLSContext(client: .systemAuthorities)
            case .authorities(let file): TLSContext(client: .authorities(file: file))
            }
        contexts[trust] = context
        return context
    }

    /// For digest authentication; nothing where libcrypto lacks it.
    static func md5(_ bytes: [UInt8]) -> [UInt8] { (try? Crypto.md5(bytes)) ?? [] }

    /// A fresh client nonce, 128 random bits in hexadecimal.
    static func nonce() -> [UInt8] {
        Array(String(UInt128.random(in: .min ... .max), radix: 16).utf8)
    }
}

import EventLoop
import Policy
import Protocols
import TLS

/// The TLS of one `[[wallet]]`: what its listener shows, and what its nodes are held against. Each is made when it is
/// first needed, and kept.
final class WalletTLS {
    /// What the listener shows; nil where it speaks plain HTTP.
    let listener: TLSContext?
    private var contexts: [WalletNodeConfiguration.TLSTrust: TLSContext] = [:]
    /// The files by which it is made, as they were then.
    private let files: [String: Files.Stamp?]

    /// Whether those files are still the same: a renewed certificate has the same path.
    var isCurrent: Bool { files.allSatisfy { Files.stamp(of: $0.key) == $0.value } }

    /// - Throws: a sentence when the listener's certificate or key cannot be read.
    init(_ configuration: WalletConfiguration, name: String) throws(StartFailure) {
        var paths = configuration.certificate.map { [$0.certificate, $0.key] } ?? []
        for node in configuration.nodes { if case .authorities(let file)? = node.tls { paths.append(file) } }
        // Before they are read: a change between the two shows the next time.
        files = Dictionary(paths.map { ($0, Files.stamp(of: $0)) }, uniquingKeysWith: { $1 })
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
}

internal import Protocols

/// What `xmr-routed inbound` prints: each published service, with its address whole, for copying. It fits 80 columns, of
/// which an onion address with its port takes 68.
public enum InboundScreen {
    /// The services of a status, each line ending in a newline.
    public static func render(_ document: StatusDocument, palette: Palette) -> String {
        guard !document.inbound.isEmpty else {
            return "No service is published: there is none in [node.inbound.tor] or [node.inbound.i2p].\n"
        }
        let margin = StatusScreen.margin
        let room = StatusScreen.columns - margin
        var lines = ["service".padded(to: margin) + "address, and whether it is published"]
        for service in document.inbound {
            let (word, tone) = service.standing
            let said = service.detail.map { "\(word): \($0)" } ?? word
            let below = said.oneLine.wrapped(to: room).enumerated().map { place, line in
                guard place == 0, line.hasPrefix(word) else { return line }
                return palette.paint(word, tone) + line.dropFirst(word.count)
            }
            let rows = (service.address ?? "no address yet").oneLine.wrapped(to: room) + below
            let name = service.name.oneLine.cut(to: margin - 1)
            lines += rows.enumerated().map { ($0 == 0 ? name : "").padded(to: margin) + $1 }
        }
        return lines.map { $0 + "\n" }.joined()
    }

    /// Whether every service is known to be published.
    public static func isPublished(_ document: StatusDocument) -> Bool {
        document.inbound.allSatisfy { $0.published == true }
    }

    /// The RPC service as a wallet's app scans it, and the same as text; else one sentence why there is none.
    ///
    /// - Parameter unicode: whether the terminal reads UTF-8.
    public static func walletCode(_ document: StatusDocument, unicode: Bool) -> Result<String, Missing> {
        guard let service = document.inbound.first(where: { $0.name == InboundStatus.walletService }) else {
            return .failure(
                Missing("there is no service for wallets: set rpc in [node.inbound.tor], see xmr-routed.toml(5)"))
        }
        guard let address = service.address else {
            let why = service.detail.map { ": \($0)" } ?? ""
            return .failure(Missing("the service for wallets has no address yet\(why)"))
        }
        let link = "http://\(address)"
        guard let code = QRCode(link) else { return .failure(Missing("its address is too long for a code: \(link)")) }
        let (word, _) = service.standing
        let standing = service.published == true ? "" : "It is \(word)\(service.detail.map { ": \($0)" } ?? "").\n"
        return .success(QRScreen.draw(code, unicode: unicode) + link.oneLine + "\n" + standing)
    }

    /// Why there is no code, in one sentence.
    public struct Missing: Error, Hashable, Sendable {
        /// The sentence.
        public var sentence: String

        init(_ sentence: String) {
            self.sentence = sentence.oneLine
        }
    }
}

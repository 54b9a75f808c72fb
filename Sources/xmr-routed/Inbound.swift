import ArgumentParser
import EventLoop
import Policy
import Protocols
import Router

/// `xmr-routed inbound`: one's own onion and I2P addresses.
struct Inbound: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show the onion and I2P addresses by which others reach the node.",
        discussion:
            "Exits 0 when every service is known to be published, 1 when one is not, 4 when no router answers.")

    @OptionGroup var options: RouterOptions
    @Flag(help: "Print the inbound part of the status document instead of text.") var json = false
    @Flag(help: "Draw the address of the RPC service as a QR code, for a wallet's app.") var qr = false

    func validate() throws {
        if json && qr { throw ValidationError("--json and --qr exclude each other") }
    }

    func run() throws {
        let document = try Terminal.answer { () throws(ControlClient.Failure) in
            try StatusDocument.ask(try options.client())
        }
        if qr { return try drawCode(document) }
        try Terminal.show(document.encode()["inbound"] ?? .null, asJSON: json) {
            InboundScreen.render(document, palette: $0)
        }
        if !InboundScreen.isPublished(document) { throw Terminal.refused }
    }

    /// In its own colours, into a pipe as well: a camera reads it wherever it ends.
    private func drawCode(_ document: StatusDocument) throws {
        switch InboundScreen.walletCode(document, unicode: Terminal.isUnicode) {
        case .success(let code): try Terminal.say(code)
        case .failure(let missing):
            Terminal.complain(missing.sentence)
            throw Terminal.refused
        }
    }
}

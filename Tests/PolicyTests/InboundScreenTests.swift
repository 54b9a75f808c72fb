import Policy
import Protocols
import Testing

/// What `xmr-routed inbound` prints.
@Suite struct InboundScreenTests {
    private static func document(_ services: [InboundStatus]) -> StatusDocument {
        var document = StatusSamples.full
        document.inbound = services
        return document
    }

    @Test func eachServiceWithItsAddressWhole() {
        let document = Self.document([
            InboundStatus(name: "tor.p2p", address: StatusSamples.onion, published: true),
            InboundStatus(
                name: "tor.rpc", address: StatusSamples.onion, published: false,
                detail: "locked: services are taken back until \"xmr-routed unlock\", and their addresses stay"),
            InboundStatus(name: "i2p.p2p", address: nil, published: nil),
        ])
        #expect(
            InboundScreen.render(document, palette: .plain) == """
                service     address, and whether it is published
                tor.p2p     \(StatusSamples.onion)
                            published
                tor.rpc     \(StatusSamples.onion)
                            not published: locked: services are taken back until "xmr-routed
                            unlock", and their addresses stay
                i2p.p2p     no address yet
                            not known to be published

                """)
        #expect(!InboundScreen.isPublished(document))
        #expect(InboundScreen.isPublished(Self.document([document.inbound[0]])))
        let painted = InboundScreen.render(document, palette: Palette(isTerminal: true, noColor: nil))
        #expect(painted.contains("\u{1b}[1;32mpublished\u{1b}[0m\n"))
        #expect(StatusScreenTests.withoutColour(painted) == InboundScreen.render(document, palette: .plain))
    }

    @Test func withoutServices() {
        #expect(
            InboundScreen.render(Self.document([]), palette: .plain)
                == "No service is published: there is none in [node.inbound.tor] or [node.inbound.i2p].\n")
        #expect(InboundScreen.isPublished(Self.document([])))
    }

    /// How many come in by the wallets' service would say when money moves.
    @Test func theWalletsServiceCountsNothing() throws {
        var service = InboundStatus(name: "tor.rpc", address: nil, published: true, open: 3)
        #expect(service.open == nil)
        service.open = 3
        #expect(service.open == nil)
        #expect(ListenerStatus(name: "tor.rpc", address: "", open: 3, bytesUp: 1).withoutWalletCounts.open == nil)
        #expect(InboundStatus(name: "tor.p2p", address: nil, published: true, open: 3).open == 3)
    }

    @Test func fitsEightyColumnsAndIsSafe() {
        let screen = InboundScreen.render(StatusScreenTests.hostile, palette: .plain)
        for line in screen.split(separator: "\n") {
            #expect(line.unicodeScalars.reduce(0) { $0 + ($1.value < 0x1100 ? 1 : 2) } <= 80)
        }
        #expect(!screen.contains("\u{1b}") && !screen.contains("\u{202e}"))
    }

    /// What an app scans is the address of the RPC service, and no other.
    @Test func theCodeIsThatOfTheRPC() throws {
        let other = InboundStatus(name: "tor.p2p", address: "p2p.onion:18084", published: true)
        let rpc = StatusSamples.onion.replacing("18084", with: "18089")
        let document = Self.document([
            other, InboundStatus(name: "tor.rpc", address: rpc, published: true),
        ])
        let drawn = try InboundScreen.walletCode(document, unicode: true).get()
        let code = try #require(QRCode("http://\(rpc)"))
        #expect(drawn == QRScreen.draw(code, unicode: true) + "http://\(rpc)\n")
        let waiting = Self.document([
            InboundStatus(name: "tor.rpc", address: rpc, published: false, detail: "waits for tor")
        ])
        #expect(
            try InboundScreen.walletCode(waiting, unicode: true).get().hasSuffix(
                "\nIt is not published: waits for tor.\n"))
    }

    @Test func whyThereIsNoCode() {
        func sentence(_ services: [InboundStatus]) -> String {
            switch InboundScreen.walletCode(Self.document(services), unicode: true) {
            case .success: "a code"
            case .failure(let missing): missing.sentence
            }
        }
        #expect(
            sentence([InboundStatus(name: "tor.p2p", address: "x.onion:1", published: true)])
                == "there is no service for wallets: set rpc in [node.inbound.tor], see xmr-routed.toml(5)")
        #expect(
            sentence([InboundStatus(name: "tor.rpc", address: nil, published: nil, detail: "waits for tor")])
                == "the service for wallets has no address yet: waits for tor")
        let long = String(repeating: "x", count: 400)
        #expect(
            sentence([InboundStatus(name: "tor.rpc", address: long, published: true)]).hasPrefix(
                "its address is too long"))
    }

    /// What the lines show is what the code has, with at least two light modules around it, in colours of their own.
    @Test(arguments: [true, false])
    func theDrawingIsTheCode(unicode: Bool) throws {
        let code = try #require(QRCode("http://" + StatusSamples.onion))
        let drawn = QRScreen.draw(code, unicode: unicode)
        let rows = Self.modules(drawn, unicode: unicode)
        let zone = unicode ? 4 : 2
        let side = code.size + 2 * zone
        #expect(rows.count == side + (unicode ? side % 2 : 0) && rows.allSatisfy { $0.count == side })
        for (row, modules) in rows.enumerated() {
            for (column, isDark) in modules.enumerated() { #expect(isDark == code[row - zone, column - zone]) }
        }
        let columns = unicode ? side : side * 2
        let lines = unicode ? (side + 1) / 2 : side
        #expect(columns <= 80 && (lines <= 24 || !unicode))
        #expect(drawn.split(separator: "\n").allSatisfy { $0.hasSuffix("\u{1b}[0m") })
    }

    /// The modules that a drawing shows.
    private static func modules(_ drawn: String, unicode: Bool) -> [[Bool]] {
        drawn.split(separator: "\n").flatMap { line -> [[Bool]] in
            if unicode {
                let signs = StatusScreenTests.withoutColour(String(line))
                return [signs.map { $0 == "█" || $0 == "▀" }, signs.map { $0 == "█" || $0 == "▄" }]
            }
            return [
                line.split(separator: "\u{1b}[").filter { $0.hasSuffix("m  ") }.map { $0.hasPrefix("48;5;16m") }
            ]
        }
    }
}

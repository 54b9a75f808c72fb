import Policy
import Protocols
import Testing

/// `xmr-routed nodes` and `nodes test`: by place, in 80 columns, without an address.
@Suite struct NodesScreenTests {
    @Test func whatStatusKnows() {
        #expect(
            NodesScreen.render(StatusSamples.full, palette: .plain) == """
                node                  kind        state               height       latency
                wallet.0.node.0       loopback    ready              3500000          2 ms
                wallet.0.node.1       onion       down                     -             -

                Most nodes agree on height 3500000.
                threat: two nodes of wallet.0 differ at height 3499990: one of them is wrong

                """)
    }

    @Test func nothingIsKnownOrNothingThere() {
        var document = StatusSamples.full
        document.wallet.quorumHeight = nil
        document.threats = ["of something else"]
        let text = NodesScreen.render(document, palette: .plain)
        #expect(
            text.hasSuffix(
                "\nNo height is agreed on: nodes are asked while a wallet is, or by `xmr-routed nodes test`.\n"))
        document.wallet = WalletStatus()
        #expect(NodesScreen.render(document, palette: .plain) == "No [[wallet]] is configured.\n")
        #expect(NodesScreen.render(NodeTestDocument(), palette: .plain) == "No node was tested.\n")
    }

    private static let tested: NodeTestDocument = {
        let nodes = [
            WalletNodeConfiguration(destination: RouteSamples.destination(RouteSamples.address("127.0.0.1"))),
            WalletNodeConfiguration(destination: RouteSamples.destination(RouteSamples.onion)),
            WalletNodeConfiguration(
                destination: RouteSamples.destination(RouteSamples.publicName), tls: .systemAuthorities),
        ]
        let reading = NodeReading(
            height: 3_500_000, hash: [], hashHeight: 3_499_990, version: 3 << 16 | 17, fee: FeeTuple(fee: 20000),
            latencyMilliseconds: 250)
        var document = NodeTestDocument()
        document.add(
            [
                NodeReport(node: 0, wayMilliseconds: 0, firstByteMilliseconds: 2, reading: reading),
                NodeReport(node: 1, problem: "the onion service does not answer"),
                NodeReport(
                    node: 2, wayMilliseconds: 1234, tlsMilliseconds: 345, firstByteMilliseconds: 250, reading: reading,
                    problem: "wallet.0.node.2 is 12 blocks behind what most nodes say, and so it is not asked until it "
                        + "has caught up with them"),
                NodeReport(node: 3, problem: "not one of these"),
            ], listener: 0, nodes: nodes)
        return document
    }()

    @Test func whatATestFound() {
        let text = NodesScreen.render(Self.tested, palette: .plain)
        #expect(
            text == """
                node              kind           way     TLS first byte   height version   fee/B
                wallet.0.node.0   loopback      0 ms       -       2 ms  3500000    3.17   20000
                wallet.0.node.1   onion            -       -          -        -       -       -
                  the onion service does not answer
                wallet.0.node.2   clearnet   1234 ms  345 ms     250 ms  3500000    3.17   20000
                  wallet.0.node.2 is 12 blocks behind what most nodes say, and so it is not
                  asked until it has caught up with them

                """)
        #expect(Self.tested.hasProblems)
    }

    /// Whatever is in it: 80 columns, and nothing that drives the terminal.
    @Test func nothingLeavesItsColumn() {
        let long = String(repeating: "9", count: 40) + "\u{1b}[2J"
        var document = NodeTestDocument(nodes: [
            NodeTestDocument.Row(
                name: long, kind: long, wayMilliseconds: .max, tlsMilliseconds: .max, firstByteMilliseconds: .max,
                height: .max, version: long, fee: .max, problem: long + " " + long + " " + long)
        ])
        document.nodes.append(NodeTestDocument.Row(name: "wallet.15.node.15", kind: "clearnet", height: 12_345_678))
        var status = StatusSamples.full
        status.wallet.nodes[0].name = long
        status.wallet.nodes[0].height = .max
        status.threats = ["wallet.0 \(long) \(long) \(long)"]
        for text in [
            NodesScreen.render(document, palette: .plain), NodesScreen.render(status, palette: .plain),
        ] {
            for line in text.split(separator: "\n") { #expect(line.count <= 80, "\(line)") }
            #expect(!text.contains("\u{1b}"))
        }
    }

    @Test func itIsReadAsItIsWritten() throws {
        let value = Self.tested.encode()
        #expect(try NodeTestDocument(decoding: value) == Self.tested)
        let text = String(decoding: value.encoded(), as: UTF8.self)
        #expect(
            text.hasPrefix(
                """
                {"nodes":[{"name":"wallet.0.node.0","kind":"loopback","way_ms":0,"tls_ms":null,"first_byte_ms":2,\
                "height":3500000,"version":"3.17","fee":20000,"problem":null},
                """))
        #expect(!text.contains("onion\":") && !text.contains("127.0.0.1") && !text.contains("node.example"))
        for wrong in ["{}", "{\"nodes\":1}", "{\"nodes\":[{\"name\":\"a\"}]}"] {
            let bytes = Array(wrong.utf8)
            let value = try JSONValue(reading: bytes.span)
            #expect(throws: DocumentFailure.self) { try NodeTestDocument(decoding: value) }
        }
    }
}

import CTestSystem
import EventLoop
import Policy
import Protocols
import TLS
import Testing

@testable import Router

/// TLS on both sides of the gateway, by real sockets.
@Suite(.serialized) struct WalletTLSTests {
    /// A certificate in a directory that is gone after the test.
    private struct Identity {
        let directory: TemporaryDirectory
        let fingerprint: [UInt8]
        var certificate: String { directory.path + "/node.pem" }
        var key: String { directory.path + "/node.key" }
        var server: TLSContext { TLSContext(certificate: certificate, key: key) }

        init() throws {
            directory = try TemporaryDirectory()
            fingerprint = Self.make(directory.path)
        }

        /// Another one in its place.
        func renew() -> [UInt8] { Self.make(directory.path) }

        private static func make(_ directory: String) -> [UInt8] {
            var digest = [UInt8](repeating: 0, count: 32)
            let made = unsafe test_make_certificate(directory, "node", "IP:127.0.0.1", -60, 3600, nil, &digest)
            #expect(made == 1)
            return digest
        }
    }

    /// One TLS node with this fingerprint.
    private func world(_ fingerprint: [UInt8], _ identity: Identity) throws -> (WalletWorld, FakeNode) {
        let port = try freePort()
        var node = WalletNodeConfiguration.at(port)
        node.tls = .fingerprint(fingerprint)
        let world = try WalletWorld([node])
        let server = try FakeNode(on: world.loop, port: port)
        server.tls = identity.server
        return (world, server)
    }

    /// A listener that shows this certificate, and its node.
    private func listener(_ identity: Identity) throws -> (WalletWorld, FakeNode) {
        try WalletWorld.withNode {
            $0.certificate = WalletConfiguration.CertificateFiles(
                certificate: identity.certificate, key: identity.key)
        }
    }

    @Test func aNodeWithTheRightFingerprintAnswers() throws {
        let identity = try Identity()
        let (world, node) = try world(identity.fingerprint, identity)
        let wallet = try world.ask()
        #expect(world.run { wallet.results == 1 })
        node.answer = { _ in .long(20_000_000) }
        let long = try world.ask(Wallet.blocks)
        #expect(world.run(for: .seconds(30)) { long.count > 20_000_000 })
    }

    /// Two answers in two records of one segment: the second was sent before the second request.
    @Test func anAnswerThatNobodyHasAskedForYetIsNone() throws {
        let identity = try Identity()
        let (world, node) = try world(identity.fingerprint, identity)
        let early = Array(#"{"id":"0","jsonrpc":"2.0","result":{"status":"OK","early":1}}"#.utf8)
        node.answer = { [unowned node] _ in
            guard node.asked.count == 1 else { return .body(FakeNode.ok) }
            return .parts([FakeNode.response(to: []), FakeNode.head(early.count) + early])
        }
        let wallet = try world.ask(Wallet.hardFork + Wallet.hardFork)
        #expect(world.run { wallet.results == 2 })
        #expect(!wallet.text.contains("early"))
        #expect(Set(node.asked.map(\.connection)).count == 2, "that connection is asked nothing more")
    }

    @Test func aNodeWithAnotherFingerprintIsSentNothing() throws {
        let identity = try Identity()
        let (world, node) = try world([UInt8](repeating: 7, count: 32), identity)
        let wallet = try world.ask()
        #expect(world.run(for: .seconds(70)) { wallet.isBusy })
        #expect(node.asked.isEmpty)
        var document: NodeTestDocument?
        try world.router.testNodes { document = $0 }
        #expect(world.run(for: .seconds(60)) { document != nil })
        #expect(document?.nodes.first?.problem?.contains("fingerprint") == true, "\(String(describing: document))")
    }

    @Test func aListenerWithACertificateSpeaksTLS() throws {
        let identity = try Identity()
        let (world, node) = try listener(identity)
        let stream = GatewayStream(
            connecting: try Socket.connect(to: loopback(world.port)),
            tls: TLSContext(client: .fingerprint(identity.fingerprint)),
            serverName: .address(.v4(IPv4Address(127, 0, 0, 1))), loop: world.loop)
        var heard: [UInt8] = []
        stream.onOpened = { stream.write(Wallet.hardFork) }
        stream.onBytes = { heard.append(copying: $0) }
        #expect(world.run { String(decoding: heard, as: UTF8.self).contains("\"OK\"") })
        #expect(node.asked.count == 1)
        stream.close()
        let plain = try world.ask()
        #expect(world.run { plain.hasEnded })
        #expect(!plain.text.contains("OK") && node.asked.count == 1)
    }

    @Test func aReloadTakesARenewedCertificate() throws {
        let identity = try Identity()
        let (world, node) = try listener(identity)
        func isShown(_ fingerprint: [UInt8]) throws -> Bool {
            let stream = GatewayStream(
                connecting: try Socket.connect(to: loopback(world.port)),
                tls: TLSContext(client: .fingerprint(fingerprint)),
                serverName: .address(.v4(IPv4Address(127, 0, 0, 1))), loop: world.loop)
            var outcome: Bool?
            stream.onOpened = { outcome = true }
            stream.onEnded = { _ in outcome = false }
            #expect(world.run { outcome != nil })
            stream.close()
            return outcome == true
        }
        #expect(try isShown(identity.fingerprint))
        let before = world.router.gateways.first
        try world.world.reload { _ in }
        #expect(world.router.gateways.first === before, "nothing has changed")
        let renewed = identity.renew()
        try world.world.reload { _ in }
        #expect(world.router.gateways.first === before, "it keeps what it has learnt")
        #expect(try isShown(renewed))
        #expect(node.asked.isEmpty)
    }

    @Test func aCertificateThatCannotBeReadIsSaidAtTheStart() throws {
        var sentence = ""
        do {
            _ = try WalletWorld([.at(1)]) {
                $0.certificate = WalletConfiguration.CertificateFiles(certificate: "/no/such.pem", key: "/no/such.key")
            }
        } catch {
            sentence = "\(error)"
        }
        #expect(sentence.hasPrefix("wallet.0 cannot speak TLS: "))
    }
}

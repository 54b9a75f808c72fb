import EventLoop
import Policy
import Protocols
import Testing

@testable import Router

/// Wallets and nodes by real sockets: what comes through, and what does not.
@Suite(.serialized) struct WalletGatewayTests {
    @Test func requestsOnOneConnectionAreAnsweredByOneLink() throws {
        let (world, node) = try WalletWorld.withNode()
        let wallet = try world.wallet()
        for round in 1...3 {
            wallet.send(Wallet.hardFork)
            #expect(world.run { wallet.results == round })
        }
        #expect(!wallet.hasEnded)
        #expect(node.asked.count == 3)
        #expect(Set(node.asked.map(\.connection)).count == 1)
        for asked in node.asked {
            #expect(!asked.text.contains("client"), "\(asked.text)")
            #expect(asked.head.contains("Host: 127.0.0.1\r\n"), "\(asked.head)")
        }
        #expect(!wallet.text.contains("Set-Cookie") && !wallet.text.contains("Epee"), "the node's headers stay there")
    }

    @Test func aRequestInSingleBytesIsOneRequest() throws {
        let (world, node) = try WalletWorld.withNode()
        let wallet = try world.wallet()
        for byte in Wallet.hardFork {
            wallet.send([byte])
            world.loop.runOnce()
        }
        #expect(world.run { wallet.results == 1 })
        #expect(node.asked.count == 1)
    }

    @Test func pipelinedRequestsAreAnsweredInTheirOrder() throws {
        let (world, node) = try WalletWorld.withNode()
        node.answer = {
            .body(
                Array(
                    #"{"id":"0","jsonrpc":"2.0","result":{"status":"OK","of":"\#($0.text)"}}"#
                        .replacing("\"\($0.text)\"", with: $0.text.contains("hard_fork_info") ? "1" : "2").utf8))
        }
        let wallet = try world.ask(Wallet.hardFork + Wallet.rpc("get_output_distribution") + Wallet.hardFork)
        #expect(world.run { wallet.results == 3 })
        let text = wallet.text
        let places = ["\"of\":1", "\"of\":2"].map { text.ranges(of: $0).map(\.lowerBound) }
        #expect(places[0].count == 2 && places[1].count == 1)
        #expect(places[0][0] < places[1][0] && places[1][0] < places[0][1])
    }

    @Test func nothingListensIsBusyInTheWalletsLanguage() throws {
        let world = try WalletWorld([.at(try freePort())])
        let wallet = try world.ask()
        #expect(world.run { wallet.isBusy })
        #expect(!wallet.hasEnded)
    }

    @Test func aTLSHelloIsClosedAtOnce() throws {
        let (world, node) = try WalletWorld.withNode()
        let wallet = try world.ask([0x16, 0x03, 0x01, 0x02, 0x00, 0x01])
        #expect(world.run(for: .seconds(1)) { wallet.hasEnded })
        #expect(wallet.heard.isEmpty && node.accepted == 0)
    }

    @Test func whatAWebPageSendsReachesNoNode() throws {
        let (world, node) = try WalletWorld.withNode()
        let wallet = try world.ask(Wallet.rpc("hard_fork_info", "Origin: https://example.org\r\n"))
        #expect(world.run { wallet.answers == 1 })
        #expect(!wallet.text.contains("HTTP/1.1 200"))
        let stop = try world.ask(Wallet.post("/stop_daemon", []))
        #expect(world.run { stop.answers == 1 })
        #expect(node.asked.isEmpty)
    }

    @Test func moreThanItsConnectionsAreClosed() throws {
        let (world, node) = try WalletWorld.withNode()
        let wallets = try (0..<70).map { _ in try world.wallet() }
        #expect(world.run { wallets.count(where: \.hasEnded) == 6 })
        let kept = try #require(wallets.last)
        kept.send(Wallet.hardFork)
        #expect(world.run { kept.results == 1 })
        for wallet in wallets.dropLast() { wallet.stream.close() }
        #expect(world.run { world.router.budget.open == 1 })
        let late = try world.ask()
        #expect(world.run { late.results == 1 })
        #expect(node.asked.count == 2)
    }

    private static let challenge = Array(
        ("HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Digest qop=\"auth\",algorithm=MD5,realm=\"monero-rpc\","
            + "nonce=\"abc\",stale=false\r\nContent-Length: 0\r\n\r\n").utf8)

    private func worldWithLogin() throws -> (WalletWorld, FakeNode) {
        let port = try freePort()
        var configuration = WalletNodeConfiguration.at(port)
        configuration.credentials = Credentials(username: Array("monero".utf8), password: Array("secret".utf8))
        let world = try WalletWorld([configuration])
        return (world, try FakeNode(on: world.loop, port: port))
    }

    /// The answer to the challenge is what learns of the reset, while the challenge is being read.
    @Test func aNodeThatAsksForDigestAndResetsHarmsNobody() throws {
        let (world, node) = try worldWithLogin()
        node.answer = { _ in .reset(Self.challenge) }
        node.probe = { _ in .reset(Self.challenge) }
        let wallet = try world.ask()
        #expect(world.run { wallet.isBusy })
        node.answer = { _ in .body(FakeNode.ok) }
        node.probe = { _ in nil }
        // The node has a pause after a failure.
        world.run(for: .seconds(5)) { false }
        let later = try world.ask()
        #expect(world.run { later.results == 1 })
    }

    /// Nothing of a request leaves after a lock: a close in order would have the kernel send what it has of it.
    @Test func aRequestUnderWayIsResetByALock() throws {
        let port = try freePort()
        let world = try WalletWorld([.at(port)])
        let acceptor = try Acceptor(at: loopback(port), name: "node", mend: "", loop: world.loop)
        var streams: [ByteStream] = []
        var count = 0
        var ending: ByteStream.Ending?
        acceptor.onAccept = { socket, _ in
            let stream = ByteStream(socket, connecting: false, loop: world.loop)
            stream.pause()
            stream.onBytes = { count += $0.count }
            stream.onEnded = { ending = $0 }
            streams.append(stream)
        }
        acceptor.resume()
        let size = 900_000
        let wallet = try world.ask(
            Wallet.post(
                "/sendrawtransaction",
                Array(#"{"tx_as_hex":""#.utf8) + Array(repeating: 0x61, count: size) + Array("\"}".utf8)))
        #expect(world.run { !streams.isEmpty })
        world.run(for: .milliseconds(300)) { false }
        try world.router.lockAll()
        #expect(world.run { wallet.isBusy || wallet.hasEnded })
        for stream in streams { stream.resume() }
        #expect(world.run { ending != nil })
        guard case .failed = ending else {
            Issue.record("it ended in order: \(String(describing: ending)), \(count) bytes came")
            return
        }
        #expect(count < size, "all of it came")
    }

    @Test func aNodeThatAsksForDigestGetsOurCredentialsAndNotTheWallets() throws {
        let (world, node) = try worldWithLogin()
        let challenge = Self.challenge
        node.answer = { $0.head.contains("Authorization: Digest") ? .body(FakeNode.ok) : .raw(challenge) }
        node.probe = { $0.head.contains("Authorization: Digest") ? nil : .raw(challenge) }
        let wallet = try world.ask(Wallet.rpc("hard_fork_info", "Authorization: Basic d2FsbGV0\r\n"))
        #expect(world.run { wallet.results == 1 })
        let heads = node.asked.map(\.head)
        #expect(heads.contains { $0.contains("username=\"monero\"") })
        #expect(!heads.contains { $0.contains("Basic") })
        #expect(!wallet.text.contains("401"))
    }
}

import CTestSystem
import EventLoop
import Policy
import Protocols
import TLS
import Testing

@testable import Router

/// The connection to a node and with a wallet: plain and by TLS, straight and through proxies, and each way it ends.
@Suite(.serialized) struct GatewayStreamTests {
    private static let node = Host.name("node.example")
    private static let hop = SocksHop(Destination(host: node, port: 443), credentials: nil)

    @Test(arguments: [false, true], [0, 1, 2])
    func bytesPassBothWays(_ isSecure: Bool, _ proxies: Int) throws {
        let world = try GatewayWorld()
        let server = try world.listen(tls: isSecure ? world.identity.server : nil)
        server.echoes = true
        var address = server.address
        for _ in 0..<proxies { address = try world.proxy(to: address).address }
        let client = try world.dial(
            address, hops: Array(repeating: Self.hop, count: proxies), tls: isSecure ? world.identity.client : nil,
            name: Self.node)
        #expect(world.run { client.story == ["connected", "opened"] })
        let content = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* $0 >> 5) }
        client.send(content)
        #expect(world.run { client.heard.count == content.count })
        #expect(client.heard == content)
        client.stream.closeAfterWriting()
        #expect(world.run { client.ending == .finished && server.ending == .closedByPeer })
    }

    /// What the node says first may come in one piece with the proxy's last reply.
    @Test(arguments: [false, true]) func earlyBytesAreNotLost(_ isSecure: Bool) throws {
        let world = try GatewayWorld()
        let server = try world.listen(tls: isSecure ? world.identity.server : nil)
        let proxy = try world.proxy(to: server.address)
        proxy.greeting = isSecure ? [] : [1, 2, 3]
        let client = try world.dial(
            proxy.address, hops: [Self.hop], tls: isSecure ? world.identity.client : nil, name: Self.node)
        var early: [UInt8]?
        client.stream.onOpened = { early = client.heard }
        #expect(world.run { early != nil })
        #expect(early == proxy.greeting, "before anything was sent that it could answer")
    }

    @Test func anotherCertificateIsShownNothing() throws {
        let world = try GatewayWorld()
        let server = try world.listen(tls: world.identity.server)
        var wrong = world.identity.fingerprint
        wrong[5] ^= 1
        let client = try world.dial(server.address, tls: TLSContext(client: .fingerprint(wrong)), name: Self.node)
        client.stream.write([1, 2, 3])
        #expect(world.run { client.ending != nil && server.ending != nil })
        #expect(client.story == ["connected"])
        #expect(client.ending == .tlsFailed(.otherFingerprint(world.identity.fingerprint)))
        #expect(client.ending?.refusal == .unreachable)
        #expect(server.heard.isEmpty)
    }

    @Test func aCutIsToldFromAnEnd() throws {
        let world = try GatewayWorld()
        for isCut in [true, false] {
            let server = try world.listen(tls: world.identity.server)
            let client = try world.dial(server.address, tls: world.identity.client, name: Self.node)
            #expect(world.run { client.story.count == 2 && server.isOpened })
            server.stream?.write([1, 2, 3])
            if isCut { server.stream?.close() } else { server.stream?.closeAfterWriting() }
            #expect(world.run { client.ending != nil })
            #expect(client.heard == [1, 2, 3])
            #expect(client.ending == (isCut ? .tlsFailed(.truncated) : .closedByPeer))
        }
    }

    @Test func aNodeWithoutTLS() throws {
        let world = try GatewayWorld()
        let server = try world.listen(tls: nil)
        server.echoes = true
        let client = try world.dial(server.address, tls: world.identity.client, name: Self.node)
        #expect(world.run { client.ending != nil })
        #expect(client.ending?.sentence.contains("TLS") == true, "\(client.ending?.sentence ?? "")")
        #expect(client.story == ["connected"])
    }

    @Test(arguments: [
        (UInt8(1), Refusal.unreachable), (2, .proxyRefused), (4, .unreachable), (5, .connectionRefused), (6, .timeout),
    ])
    func aProxyThatRefuses(_ code: UInt8, _ refusal: Refusal) throws {
        let world = try GatewayWorld()
        let server = try world.listen(tls: nil)
        let proxy = try world.proxy(to: server.address)
        proxy.code = code
        let client = try world.dial(proxy.address, hops: [Self.hop], name: Self.node)
        #expect(world.run { client.ending != nil })
        #expect(client.story.isEmpty)
        #expect(client.ending?.refusal == refusal)
        #expect(client.ending?.sentence == SocksClientFailure.refused(code: code).sentence)
        // The same of a proxy on the way is no word on the destination.
        let first = try world.dial(proxy.address, hops: [Self.hop, Self.hop], name: Self.node)
        #expect(world.run { first.ending != nil })
        #expect(first.ending?.refusal == .proxyFailed)
    }

    @Test func nobodyThere() throws {
        let world = try GatewayWorld()
        let nowhere = try world.nowhere()
        let straight = try world.dial(nowhere, name: Self.node)
        let behind = try world.dial(nowhere, hops: [Self.hop], name: Self.node)
        #expect(world.run { straight.ending != nil && behind.ending != nil })
        #expect(straight.ending?.refusal == .connectionRefused)
        #expect(straight.ending?.sentence == "it cannot be connected to: Connection refused")
        #expect(behind.ending?.refusal == .proxyFailed)
        // A proxy that hangs up in its handshake.
        let server = try world.listen(tls: nil)
        server.hangsUp = true
        let cut = try world.dial(server.address, hops: [Self.hop], name: Self.node)
        #expect(world.run { cut.ending != nil })
        #expect(cut.ending == .proxyClosed && cut.ending?.refusal == .proxyFailed)
    }

    /// A handler may close the stream and let go of it, in the middle of its own call.
    @Test(arguments: ["connected", "opened", "bytes", "ended"], [false, true])
    func aHandlerMayLetGo(_ handler: String, _ isSecure: Bool) throws {
        let world = try GatewayWorld()
        let server = try world.listen(tls: isSecure ? world.identity.server : nil)
        server.greets = true
        var client: GatewayWorld.Client? = try world.dial(
            server.address, tls: isSecure ? world.identity.client : nil, name: Self.node)
        weak let stream = client?.stream
        var calls = 0
        let letGo = {
            calls += 1
            client?.stream.close()
            client = nil
        }
        switch handler {
        case "connected": client?.stream.onConnected = letGo
        case "opened": client?.stream.onOpened = letGo
        case "bytes": client?.stream.onBytes = { _ in letGo() }
        default:
            client?.stream.onEnded = { _ in letGo() }
            client?.stream.onBytes = { [unowned client] _ in client?.stream.closeAfterWriting() }
        }
        #expect(world.run { calls > 0 })
        _ = world.run(for: .milliseconds(20)) { false }
        #expect(calls == 1 && stream == nil)
    }

    /// An answer of 20 MB to a wallet that reads slowly: the node's side is paused, and little is held.
    @Test(arguments: [false, true]) func backPressure(_ isSecure: Bool) throws {
        let world = try GatewayWorld()
        let tls = isSecure ? world.identity.server : nil
        let node = try world.listen(tls: tls)
        let front = try world.listen(tls: tls)
        let wallet = try world.dial(front.address, tls: isSecure ? world.identity.client : nil, name: Self.node)
        let link = try world.dial(node.address, tls: isSecure ? world.identity.client : nil, name: Self.node)
        #expect(world.run { wallet.story.count == 2 && link.story.count == 2 && node.isOpened && front.isOpened })
        let toWallet = try #require(front.stream)
        var largest = 0
        link.stream.onBytes = { bytes in
            toWallet.write(bytes)
            largest = max(largest, toWallet.queuedBytes)
            if toWallet.queuedBytes > 0 { link.stream.pause() }
        }
        toWallet.onDrained = { link.stream.resume() }
        var received = 0
        wallet.stream.onBytes = { bytes in
            received += bytes.count
            // Slow: once a millisecond.
            wallet.stream.pause()
        }
        let wake = Watch.ticker(every: .milliseconds(1), on: world.loop) { wallet.stream.resume() }
        defer { wake.cancel() }
        let toLink = try #require(node.stream)
        let block = [UInt8](repeating: 7, count: 500_000)
        var sent = 0
        let fill = {
            while sent < 20_000_000, toLink.queuedBytes == 0 {
                sent += block.count
                toLink.write(block)
            }
        }
        toLink.onDrained = fill
        fill()
        #expect(world.run(for: .seconds(30)) { received == 20_000_000 })
        #expect(largest > 0 && largest < 200_000, "\(largest) bytes were held")
    }
}

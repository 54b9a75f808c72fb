import Policy
import Protocols
import Testing

/// A node's stream that goes well, however its bytes come.
@Suite struct NodeConnectionTests {
    /// Up to the wait for the first frame.
    static func awaitingFrame(_ request: [UInt8] = Wire.request4) -> NodeStreamRun {
        let run = NodeStreamRun()
        run.client(request)
        run.route(.dialling([SocksHop(Wire.target, credentials: nil)]))
        run.connected()
        run.upstream(Wire.method)
        run.upstream(Wire.reply)
        return run
    }

    @Test(arguments: [(Wire.request4, Wire.granted4), (Wire.request5, [5, 0] + Wire.granted5)])
    func fromTheRequestToTheRelay(_ request: [UInt8], _ replies: [UInt8]) {
        let run = NodeStreamRun()
        #expect(run.connection.wantsClientBytes && !run.connection.wantsUpstreamBytes)
        run.client(request)
        #expect(run.effects == [.route(Wire.target)])
        #expect(!run.connection.wantsClientBytes, "what comes now stays in the kernel")
        run.route(.dialling([SocksHop(Wire.target, credentials: nil)]))
        #expect(run.connection.isDialling)
        #expect(run.toUpstream == [[]], "nothing before it is connected")
        run.connected()
        #expect(run.toUpstream == [Wire.greeting])
        #expect(run.connection.wantsUpstreamBytes && !run.connection.wantsClientBytes)
        run.upstream(Wire.method)
        #expect(run.toUpstream == [Wire.greeting + Wire.connect])
        run.upstream(Wire.reply)
        #expect(run.toClient == replies)
        #expect(run.connection.wantsFirstFrame && run.connection.wantsClientBytes)
        #expect(!run.connection.wantsUpstreamBytes)
        run.client(Wire.handshake() + [9, 9])
        #expect(run.last == .relay(prefix: Wire.handshake() + [9, 9]))
        #expect(run.toUpstream == [Wire.greeting + Wire.connect], "only the relay carries the node's bytes")
        #expect(run.toClient == replies)
    }

    @Test(arguments: [(Wire.request4, Wire.granted4), (Wire.request5, [5, 0] + Wire.granted5)])
    func aRequestMayBeCutAtAnyByteAndTheFrameMayFollowInOneGo(_ request: [UInt8], _ replies: [UInt8]) {
        let all = request + Wire.handshake()
        for cut in 0...all.count {
            let run = NodeStreamRun()
            run.client(Array(all[..<cut]))
            if run.effects.isEmpty {
                run.client(Array(all[cut...]))
            } else {
                // The driver reads no more until the reply; this much came with the request.
                #expect(cut >= request.count)
            }
            #expect(run.effects == [.route(Wire.target)], "cut at \(cut)")
            #expect(run.left == Array(all[request.count..<max(cut, run.left.count + request.count)]))
            run.route(.dialling([SocksHop(Wire.target, credentials: nil)]))
            run.connected()
            run.upstream(Wire.method)
            run.upstream(Wire.reply)
            run.client(run.left)
            if run.left.count < Wire.handshake().count { run.client(Array(all[cut...])) }
            #expect(run.last == .relay(prefix: Wire.handshake()), "cut at \(cut)")
            #expect(run.toClient == replies)
            #expect(run.toUpstream == [Wire.greeting + Wire.connect])
        }
    }

    @Test func byteByByteInEveryState() {
        let run = NodeStreamRun()
        for byte in Wire.request5 { run.client([byte]) }
        run.route(.dialling([SocksHop(Wire.target, credentials: nil)]))
        run.connected()
        for byte in Wire.method + Wire.reply { run.upstream([byte]) }
        for byte in Wire.handshake() { run.client([byte]) }
        #expect(run.last == .relay(prefix: Wire.handshake()))
        #expect(run.toClient == [5, 0] + Wire.granted5)
        #expect(run.toUpstream == [Wire.greeting + Wire.connect])
    }

    @Test func whatThePeerSendsWithTheReplyGoesToTheClientAfterOurs() {
        for extra in [[0x41], [UInt8](repeating: 0x42, count: 502)] {
            let run = NodeStreamRun()
            run.client(Wire.request4)
            run.route(.dialling([SocksHop(Wire.target, credentials: nil)]))
            run.connected()
            run.upstream(Wire.method)
            run.upstream(Wire.reply + extra)
            #expect(run.toClient == Wire.granted4 + extra)
            #expect(run.connection.wantsFirstFrame)
        }
    }

    @Test func theUpstreamIsAskedForWhatTheRouteSaysWithItsCredentials() throws {
        let onion = Destination(host: RouteSamples.onion, port: 18084)
        let credentials = try #require(Credentials(username: Array("u".utf8), password: Array("pw".utf8)))
        let run = NodeStreamRun()
        run.client(Wire.request4)
        run.route(.dialling([SocksHop(onion, credentials: credentials)]))
        run.connected()
        #expect(run.toUpstream == [[5, 1, 2]], "with credentials nothing but them is offered")
        run.upstream([5, 2])
        run.upstream([1, 0])
        let name = Array(onion.host.description.utf8)
        #expect(
            run.toUpstream == [
                [5, 1, 2] + [1, 1] + Array("u".utf8) + [2] + Array("pw".utf8)
                    + [5, 1, 0, 3, UInt8(name.count)] + name + [0x46, 0xa4]
            ])
    }

    @Test(arguments: [Wire.request4, Wire.request5])
    func aStreamThatIsNotOursNetworksHandshakeIsRefused(_ request: [UInt8]) {
        let others: [[UInt8]] = [
            Wire.handshake(.testnet), Wire.handshake(.stagenet), Array("GET / HTTP/1.1\r\n".utf8), [0x16, 3, 1],
            [0x02], Wire.handshake().reversed(),
        ]
        for bytes in others {
            let run = Self.awaitingFrame(request)
            let before = run.toClient
            run.client(bytes)
            #expect(run.closedWith == .notLevin)
            #expect(run.toClient == before, "the SOCKS reply was given; nothing follows it")
            #expect(run.toUpstream == [Wire.greeting + Wire.connect])
        }
    }

    @Test func itTakesTheNetworkItIsTold() {
        let run = NodeStreamRun(network: .stagenet)
        run.client(Wire.request4)
        run.route(.dialling([SocksHop(Wire.target, credentials: nil)]))
        run.connected()
        run.upstream(Wire.method)
        run.upstream(Wire.reply)
        run.client(Wire.handshake(.stagenet))
        #expect(run.last == .relay(prefix: Wire.handshake(.stagenet)))
    }

    @Test(
        arguments: [
            [0x16, 3, 1], Array("GET".utf8), [5, 1, 7], [4, 2, 0, 80, 1, 2, 3, 4, 0],
            [5, 1, 0, 5, 3, 0, 1, 1, 2, 3, 4, 0, 80],
        ] as [[UInt8]])
    func whatIsNoRequestIsClosed(_ bytes: [UInt8]) {
        let run = NodeStreamRun()
        run.client(bytes)
        #expect(run.effects == [.close(.badRequest)])
        #expect(run.toUpstream.isEmpty)
    }

    /// Each refusal reaches the client in the words of its SOCKS, once, and then the close.
    @Test(arguments: Refusal.allCases)
    func aRefusalIsToldInTheClientsSocks(_ refusal: Refusal) {
        let four = NodeStreamRun()
        four.client(Wire.request4)
        four.route(.refuse(refusal))
        #expect(four.toClient == Wire.refused4())
        #expect(four.effects == [.route(Wire.target), .close(refusal)])
        let five = NodeStreamRun()
        five.client(Wire.request5)
        five.route(.refuse(refusal))
        #expect(five.toClient == [5, 0] + Wire.refused5(refusal.socks.code))
        #expect(five.closedWith == refusal)
    }

    /// What the proxy says of the destination is passed on; what is wrong with the proxy is ours to say.
    @Test(
        arguments: [
            ([5, 0xff], Refusal.proxyFailed, 1), ([4, 0], .proxyFailed, 1), (Array("HTTP".utf8), .proxyFailed, 1),
            ([5, 0, 5, 5], .proxyFailed, 1),
        ] as [([UInt8], Refusal, UInt8)])
    func aProxyThatAnswersWrongly(_ bytes: [UInt8], _ refusal: Refusal, _ code: UInt8) {
        let run = NodeStreamRun()
        run.client(Wire.request5)
        run.route(.dialling([SocksHop(Wire.target, credentials: nil)]))
        run.connected()
        run.upstream(bytes)
        #expect(run.closedWith == refusal)
        #expect(run.toClient == [5, 0] + Wire.refused5(code))
    }

    @Test(arguments: [(1, 1), (2, 2), (3, 3), (4, 4), (5, 5), (6, 6), (0xf0, 4), (0xf4, 2), (0xf7, 6), (99, 1)])
    func whatTheProxySaysOfTheDestinationIsPassedOn(_ code: UInt8, _ told: UInt8) {
        let run = NodeStreamRun()
        run.client(Wire.request5)
        run.route(.dialling([SocksHop(Wire.target, credentials: nil)]))
        run.connected()
        run.upstream(Wire.method)
        run.upstream([5, code, 0, 1, 0, 0, 0, 0, 0, 0])
        let reasons: [UInt8: Refusal] = [
            2: .proxyRefused, 3: .networkUnreachable, 5: .connectionRefused, 6: .timeout,
        ]
        #expect(run.closedWith == reasons[code] ?? .unreachable)
        #expect(run.toClient == [5, 0] + Wire.refused5(told))
    }
}

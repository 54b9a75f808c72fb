import Policy
import Protocols
import Testing

/// Connections that have come by a published service: what they open with is looked at before anybody is dialled.
@Suite struct InboundConnectionTests {
    private static let start = Instant(milliseconds: 1000)
    private static let target = Destination(host: Host(.v4(IPv4Address(127, 0, 0, 1))), port: 18084)

    private static func connection(_ network: MoneroNetwork? = .mainnet) -> NodeConnection {
        NodeConnection(inboundTo: target, network: network, now: start)
    }

    private static func next(_ step: NodeConnection.Step) -> NodeConnection.Next {
        #expect(step.toClient.isEmpty && step.toUpstream.isEmpty, "a word of ours")
        return step.next
    }

    private static func handshake(_ network: MoneroNetwork = .mainnet) -> [UInt8] {
        var body: [UInt8] = [0x01, 0x11, 0x01, 0x01, 0x01, 0x01, 0x02, 0x01, 0x01]
        body += [1 << 2, 9] + Array("node_data".utf8) + [0x0c]
        body += [1 << 2, 10] + Array("network_id".utf8) + [0x0a, 16 << 2] + network.networkID
        return LevinHeader(request: LevinHeader.handshake, length: UInt64(body.count)).bytes + body
    }

    /// Cut anywhere: nobody is dialled before the last byte of the handshake, and what came is relayed whole.
    @Test func aHandshakeIsWholeBeforeTheTargetIsDialled() {
        let bytes = Self.handshake() + [9, 8, 7]
        for cut in 1..<bytes.count {
            var connection = Self.connection()
            guard case .wait = Self.next(connection.start()) else {
                Issue.record("it goes on without a byte")
                return
            }
            var next = NodeConnection.Next.wait
            for part in [bytes[..<cut], bytes[cut...]] {
                guard case .wait = next else { continue }
                #expect(connection.wantsClientBytes && !connection.isUnderWay)
                next = Self.next(connection.clientSent(Array(part).span, now: Self.start).step)
            }
            let heard = cut >= bytes.count - 3 ? Array(bytes[..<cut]) : bytes
            guard case .route(Self.target) = next else {
                Issue.record("not routed after \(cut)")
                return
            }
            #expect(!connection.wantsClientBytes, "what follows waits in the kernel")
            _ = Self.next(connection.routed(.dialling([]), now: Self.start))
            #expect(connection.isUnderWay)
            guard case .relay(heard) = Self.next(connection.upstreamConnected(now: Self.start)) else {
                Issue.record("not relayed with what came, \(cut)")
                return
            }
        }
    }

    @Test(arguments: [
        Array("GET / HTTP/1.1\r\n".utf8), [0x16, 3, 1], handshake(.stagenet), [UInt8](repeating: 0, count: 33),
    ])
    func anythingElseIsRefusedWithoutADial(_ bytes: [UInt8]) {
        var connection = Self.connection()
        guard case .close(.notLevin) = Self.next(connection.clientSent(bytes.span, now: Self.start).step) else {
            Issue.record("let in")
            return
        }
        #expect(connection.refusesByReset)
    }

    @Test func whoSaysNothingIsRefusedAfterTenSeconds() {
        var connection = Self.connection()
        let most = Array(Self.handshake().dropLast())
        _ = connection.clientSent(most.span, now: Self.start)
        #expect(connection.deadline == Self.start + .seconds(10))
        guard case .wait = Self.next(connection.tick(Self.start + .milliseconds(9999))),
            case .close(.slowClient) = Self.next(connection.tick(Self.start + .seconds(10)))
        else {
            Issue.record("it waits on")
            return
        }
    }

    /// RPC is any protocol: it is relayed as soon as the target answers.
    @Test func withoutANetworkNothingIsAwaited() {
        var connection = Self.connection(nil)
        guard case .route(Self.target) = Self.next(connection.start()) else {
            Issue.record("not routed")
            return
        }
        _ = connection.routed(.dialling([]), now: Self.start)
        guard case .relay([]) = Self.next(connection.upstreamConnected(now: Self.start)) else {
            Issue.record("not relayed")
            return
        }
    }

    @Test func aTargetThatDoesNotAnswerIsUnreachable() {
        var connection = Self.connection(nil)
        _ = connection.start()
        _ = connection.routed(.dialling([]), now: Self.start)
        guard case .close(.unreachable) = Self.next(connection.upstreamEnded(now: Self.start)) else {
            Issue.record("held")
            return
        }
    }

    @Test func theLockAndALostEgressEndIt() {
        for isDialling in [false, true] {
            var connection = Self.connection()
            if isDialling {
                _ = connection.clientSent(Self.handshake().span, now: Self.start)
                _ = connection.routed(.dialling([]), now: Self.start)
            }
            var lost = connection
            guard case .close(.locked) = Self.next(connection.cut(.locked)) else {
                Issue.record("the lock")
                return
            }
            guard case .close = Self.next(lost.egressLost(now: Self.start)) else {
                Issue.record("the egress")
                return
            }
        }
    }
}

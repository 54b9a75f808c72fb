import Policy
import Protocols
import Testing

/// Connections that were redirected here: no word of ours reaches the client.
@Suite struct IngressTests {
    private static let start = Instant(milliseconds: 1000)
    private static let target = Destination(host: RouteSamples.publicIPv4, port: 443)

    private static func step(_ step: NodeConnection.Step) -> NodeConnection.Next {
        #expect(step.toClient.isEmpty, "the client would take it for its peer's")
        return step.next
    }

    @Test func itAsksForTheRouteAtOnceAndRelaysWithoutAGate() {
        var connection = NodeConnection(redirectedTo: Self.target, hold: .seconds(30), now: Self.start)
        #expect(connection.refusesByReset && !connection.wantsClientBytes)
        guard case .route(Self.target) = Self.step(connection.start()) else {
            Issue.record("no route was asked for")
            return
        }
        #expect(
            connection.clientSent([1, 2, 3].span, now: Self.start).consumed == 0,
            "nothing is read before the way stands")
        _ = Self.step(connection.routed(.dialling([]), now: Self.start))
        guard case .relay(let prefix) = Self.step(connection.upstreamConnected(now: Self.start)) else {
            Issue.record("it is not relayed")
            return
        }
        #expect(prefix.isEmpty)
    }

    @Test func oneThatWasToGoNowhereElseIsRefused() {
        var connection = NodeConnection(redirectedTo: nil, hold: .seconds(30), now: Self.start)
        guard case .close(.notRedirected) = Self.step(connection.start()) else {
            Issue.record("it was let in")
            return
        }
    }

    @Test(arguments: [NodeConnection.Routing.refuse(.banned), .hold(until: start + .seconds(60), .egressNotReady)])
    func aRefusalIsSilent(_ routing: NodeConnection.Routing) {
        var connection = NodeConnection(redirectedTo: Self.target, hold: .seconds(5), now: Self.start)
        _ = connection.start()
        var next = Self.step(connection.routed(routing, now: Self.start))
        if case .wait = next { next = Self.step(connection.tick(Self.start + .seconds(5))) }
        guard case .close(let refusal) = next else {
            Issue.record("it is not closed")
            return
        }
        #expect(refusal == .banned || refusal == .egressNotReady)
    }

    @Test func theLockCutsIt() {
        var connection = NodeConnection(redirectedTo: Self.target, hold: .seconds(5), now: Self.start)
        _ = connection.start()
        _ = connection.routed(.dialling([]), now: Self.start)
        guard case .close(.locked) = Self.step(connection.cut(.locked)) else {
            Issue.record("it goes on")
            return
        }
    }
}

import Policy
import Protocols
import Testing

/// A stream by Tor: why it was refused, and how an exit that refuses is left for a fresh circuit.
@Suite struct NodeConnectionTorTests {
    static let onion = Destination(host: .onion(String(repeating: "a", count: 55) + "d.onion"), port: 18080)
    static let named = Destination(host: .name("seed.example.net"), port: 18080)

    /// A stream whose request is out to a Tor.
    private func requested(
        hold: Duration = .seconds(30), tellsWhy: Bool = true, to target: Destination = Wire.target
    ) -> NodeStreamRun {
        let run = NodeStreamRun(hold: hold)
        run.client(Wire.request5)
        dial(run, tellsWhy: tellsWhy, to: target)
        return run
    }

    private func dial(_ run: NodeStreamRun, tellsWhy: Bool = true, to target: Destination = Wire.target) {
        run.route(.dialling([SocksHop(target, credentials: nil)], nearest: .tor(tellsWhy: tellsWhy)))
        run.connected()
        run.upstream(Wire.method)
    }

    private func event(
        _ reason: TorStreamEvent.Reason, _ status: TorStreamEvent.Status = .failed, remote: Bool = true,
        port: UInt16 = 18080, onion: Bool = false
    ) -> TorStreamEvent {
        TorStreamEvent(key: 1, status: status, reason: reason, isRemote: remote, port: port, isOnion: onion)
    }

    private func refusal(_ code: UInt8) -> [UInt8] { [5, code, 0, 1, 0, 0, 0, 0, 0, 0] }

    /// The exit's refusal comes by the control port, or by Tor's reply; and however it comes, there are three
    /// circuits in all and no word to the client before the last.
    @Test(arguments: [true, false])
    func anExitThatRefusesIsLeftTwice(byEvent: Bool) {
        let run = requested()
        func refuse() { byEvent ? run.told(event(.exitPolicy, .detached)) : run.upstream(refusal(2)) }
        for circuit in 1...2 {
            refuse()
            #expect(run.last == .leaveCircuit)
            #expect(run.connection.isHolding && run.toClient == [5, 0], "circuit \(circuit)")
            run.pass(.milliseconds(1))
            #expect(run.last == .route(Wire.target))
            dial(run)
        }
        refuse()
        #expect(run.closedWith == .exitRefused)
        #expect(run.toClient == [5, 0] + Wire.refused5(2))
        #expect(run.effects.filter { $0 == .leaveCircuit }.count == 2)
    }

    @Test func aFreshCircuitThatWorksIsRelayed() {
        let run = requested()
        run.told(event(.exitPolicy, .detached))
        run.pass(.milliseconds(1))
        dial(run)
        run.upstream(Wire.reply)
        #expect(run.toClient == [5, 0] + Wire.granted5)
        run.client(Wire.handshake())
        #expect(run.last == .relay(prefix: Wire.handshake()))
    }

    @Test(arguments: [0, 5] as [Int64])
    func noFreshCircuitPastTheHold(seconds: Int64) {
        let run = requested(hold: .seconds(seconds))
        run.now = NodeStreamRun.start + .seconds(seconds)
        run.told(event(.exitPolicy, .detached))
        #expect(run.closedWith == .exitRefused)
    }

    /// The minute's keys are used up: what is told is that the exit refused.
    @Test func noCircuitForAnotherAttempt() {
        let run = requested()
        run.told(event(.exitPolicy, .detached))
        run.pass(.milliseconds(1))
        run.route(.hold(until: run.now + .seconds(60), .circuitLimit))
        run.passDeadline()
        #expect(run.closedWith == .exitRefused)
        #expect(run.elapsed == .seconds(30))
    }

    /// A fresh circuit is no dial that broke: there are three of those, still.
    @Test func freshCircuitsLeaveTheRedials() {
        let run = requested()
        for _ in 0..<2 {
            run.told(event(.exitPolicy, .detached))
            run.pass(.milliseconds(1))
            dial(run)
        }
        for _ in 0..<2 {
            run.upstreamEnded()
            #expect(run.last == .dropUpstream)
            run.pass(.seconds(1))
            dial(run)
        }
        run.upstreamEnded()
        #expect(run.closedWith == .proxyFailed)
    }

    /// What a plain proxy refuses is its own affair.
    @Test func aPlainProxyIsNotAskedTwice() {
        let run = NodeStreamRun()
        run.client(Wire.request5)
        run.route(.dialling([SocksHop(Wire.target, credentials: nil)]))
        run.connected()
        run.upstream(Wire.method)
        run.told(event(.exitPolicy, .detached))
        #expect(!run.isOver)
        run.upstream(refusal(2))
        #expect(run.closedWith == .proxyRefused)
        #expect(run.toClient == [5, 0] + Wire.refused5(2))
    }

    /// No exit at all takes the port: there is none to try.
    @Test func whereNoExitWillDoNoneIsTried() {
        let run = requested()
        run.upstream(refusal(1))
        #expect(!run.isOver && run.toClient == [5, 0])
        run.told(event(.cannotAttach, remote: false))
        #expect(run.closedWith == .exitRefused)
        #expect(!run.effects.contains(.leaveCircuit))
    }

    @Test(arguments: [
        (TorStreamEvent.Reason.connectRefused, Refusal.connectionRefused), (.other, .unreachable),
        (.noRoute, .unreachable), (.privateAddress, .privateDestination), (.timeout, .timeout),
        (.netUnreachable, .networkUnreachable), (.destroyed, .unreachable),
    ])
    func aReplyThatSaysNothingWaitsForTheReason(reason: TorStreamEvent.Reason, expected: Refusal) {
        for before in [true, false] {
            let run = requested()
            if before { run.told(event(reason)) }
            run.upstream(refusal(1))
            if !before {
                #expect(!run.isOver)
                run.upstreamEnded()
                #expect(!run.isOver, "Tor closes once it has refused")
                run.told(event(reason))
            }
            #expect(run.closedWith == expected)
            #expect(run.toClient == [5, 0] + Wire.refused5(expected.socks.code))
        }
    }

    @Test func theReasonIsWaitedForForAFifthOfASecond() {
        let run = requested()
        run.upstream(refusal(1))
        run.pass(.milliseconds(199))
        #expect(!run.isOver)
        run.pass(.milliseconds(1))
        #expect(run.closedWith == .unreachable)
        let silent = requested(tellsWhy: false)
        silent.upstream(refusal(1))
        #expect(silent.closedWith == .unreachable)
    }

    /// Of a stream to another port, to another kind of service, or of one of many that share the key.
    @Test func whatIsAnothersIsNotTaken() {
        let run = requested()
        run.told(event(.exitPolicy, .detached, port: 80))
        run.told(event(.exitPolicy, .detached, onion: true))
        run.told(event(.connectRefused), isOurs: false)
        #expect(run.last == .route(Wire.target))
        run.upstream(refusal(1))
        run.told(event(.connectRefused), isOurs: false)
        run.passDeadline()
        #expect(run.closedWith == .unreachable)
    }

    /// That Tor found no further circuit says less than what became of those that it tried.
    @Test func theLastReasonButOneIsKept() {
        let run = requested()
        run.told(event(.timeout, .detached, remote: false))
        run.upstream(refusal(1))
        #expect(run.closedWith == .timeout)
        let late = requested()
        late.told(event(.timeout, .detached, remote: false))
        late.told(event(.cannotAttach, remote: false))
        late.upstream(refusal(1))
        #expect(late.closedWith == .timeout)
    }

    /// An onion service that was reached a moment ago, and went.
    @Test func anOnionServiceWhoseCircuitEnds() {
        let run = requested(to: Self.onion)
        run.told(event(.destroyed, remote: false, onion: true))
        run.upstream(refusal(1))
        #expect(run.closedWith == .onionUnreachable)
    }

    @Test(
        arguments: [
            (0xf0, Refusal.onionNotFound), (0xf1, .onionInvalid), (0xf2, .onionUnreachable), (0xf3, .onionUnreachable),
            (0xf4, .onionAuth), (0xf5, .onionAuth), (0xf6, .onionBadAddress), (0xf7, .onionUnreachable),
            (4, .onionUnreachable), (5, .connectionRefused),
        ] as [(UInt8, Refusal)])
    func onionServices(code: UInt8, expected: Refusal) {
        let run = requested(to: Self.onion)
        run.upstream(refusal(code))
        #expect(run.closedWith == expected)
        #expect(run.toClient == [5, 0] + Wire.refused5(expected.socks.code))
    }

    @Test(
        arguments: [(3, Refusal.networkUnreachable), (4, .nameNotFound), (5, .connectionRefused), (6, .timeout)]
            as [(UInt8, Refusal)])
    func names(code: UInt8, expected: Refusal) {
        let run = requested(to: Self.named)
        run.upstream(refusal(code))
        #expect(run.closedWith == expected)
    }

    @Test func anAddressThatIsMistypedToATorThatTells() {
        let run = requested(to: Self.onion)
        run.upstream(refusal(1))
        run.told(event(.protocolViolation, remote: false, onion: true))
        #expect(run.closedWith == .onionBadAddress)
    }

    /// A lock, or an egress that is lost, does not wait for reasons.
    @Test func whatEndsAllEndsTheWait() {
        let locked = requested()
        locked.upstream(refusal(1))
        locked.cut(.locked)
        #expect(locked.closedWith == .locked)
        let lost = requested()
        lost.upstream(refusal(1))
        lost.egressLost()
        #expect(lost.closedWith == .unreachable)
    }

    /// A proxy behind Tor: Tor's exit refuses the proxy's port; and what the proxy itself says is no exit's word.
    @Test func aProxyBehindTor() {
        let proxy = Destination(host: Host(.v4(IPv4Address(192, 0, 2, 7))), port: 1080)
        let hops = [SocksHop(proxy, credentials: nil), SocksHop(Wire.target, credentials: nil)]
        let run = NodeStreamRun()
        run.client(Wire.request5)
        run.route(.dialling(hops, nearest: .tor(tellsWhy: true)))
        run.connected()
        run.upstream(Wire.method)
        run.told(event(.exitPolicy, .detached, port: 1080))
        #expect(run.last == .leaveCircuit)
        run.pass(.milliseconds(1))
        run.route(.dialling(hops, nearest: .tor(tellsWhy: true)))
        run.connected()
        run.upstream(Wire.method)
        run.upstream(Wire.reply)
        run.upstream(Wire.method)
        run.told(event(.exitPolicy, .detached, port: 1080))
        #expect(!run.isOver)
        run.upstream(refusal(2))
        #expect(run.closedWith == .proxyRefused)
    }
}

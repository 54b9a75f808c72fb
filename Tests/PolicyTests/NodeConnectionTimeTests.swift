import Policy
import Protocols
import Testing

/// Deadlines, holding and redialling: how long a node's stream may take in each state, and what ends it.
@Suite struct NodeConnectionTimeTests {
    /// The states before the relay, by how far a stream has come.
    enum Reached: CaseIterable {
        case nothing, greeting, routing, holding, dialling, connected, requested, firstFrame
    }

    private func run(_ reached: Reached, hold: Duration = .seconds(30)) -> NodeStreamRun {
        let run = NodeStreamRun(hold: hold)
        if reached == .nothing { return run }
        run.client([5, 1, 0])
        if reached == .greeting { return run }
        run.client(Array(Wire.request5[3...]))
        if reached == .routing { return run }
        if reached == .holding {
            run.route(.hold(until: run.now + .seconds(3600), .egressNotReady))
            return run
        }
        run.route(.dialling([SocksHop(Wire.target, credentials: nil)]))
        if reached == .dialling { return run }
        run.connected()
        if reached == .connected { return run }
        run.upstream(Wire.method)
        if reached == .requested { return run }
        run.upstream(Wire.reply)
        return run
    }

    private let begun: [UInt8] = [5, 0]

    /// What the client hears at a cut, and whether it hears anything: after its reply it hears nothing more.
    @Test(arguments: Reached.allCases)
    func aCutEndsEveryState(_ reached: Reached) {
        for refusal in [Refusal.locked, .unguarded, .egressNotReady] {
            let run = run(reached)
            run.cut(refusal)
            #expect(run.closedWith == refusal)
            switch reached {
            case .nothing: #expect(run.toClient.isEmpty)
            case .greeting: #expect(run.toClient == begun)
            case .firstFrame: #expect(run.toClient == begun + Wire.granted5)
            default: #expect(run.toClient == begun + Wire.refused5(refusal.socks.code))
            }
            let said = run.toClient
            run.client(Wire.handshake())
            run.upstream(Wire.reply)
            run.connected()
            run.retry()
            run.passDeadline()
            run.cut()
            run.clientEnded()
            run.upstreamEnded()
            run.egressLost()
            #expect(run.effects.filter { if case .close = $0 { true } else { false } }.count == 1)
            #expect(run.closedWith == refusal)
            #expect(run.toClient == said)
        }
    }

    @Test(arguments: Reached.allCases)
    func aClientThatGoesEndsEveryState(_ reached: Reached) {
        let run = run(reached)
        run.clientEnded()
        #expect(run.closedWith == (reached == .nothing || reached == .greeting ? .badRequest : .clientGone))
    }

    @Test(arguments: Reached.allCases)
    func everyStateEndsByItself(_ reached: Reached) {
        let run = run(reached)
        if reached == .routing { return }  // Answered at once, by the driver that asked.
        var turns = 0
        while !run.isOver, turns < 200 {
            run.passDeadline()
            // Nothing gets better: the route goes on to say "not ready".
            if case .route? = run.last { run.route(.hold(until: run.now + .seconds(3600), .egressNotReady)) }
            turns += 1
        }
        #expect(run.isOver)
        #expect(run.elapsed <= .seconds(reached == .firstFrame ? 10 : 44))
        let expected: Refusal =
            switch reached {
            case .nothing, .greeting, .firstFrame: .slowClient
            case .holding, .dialling, .routing: .egressNotReady
            case .connected: .proxyFailed
            case .requested: .timeout
            }
        #expect(run.closedWith == expected)
    }

    @Test func theLimitsOfEachState() {
        #expect(run(.nothing).deadline == NodeStreamRun.start + .seconds(10))
        #expect(run(.greeting).deadline == NodeStreamRun.start + .seconds(10), "a byte now and then buys no time")
        #expect(run(.holding).deadline == NodeStreamRun.start + .seconds(30))
        #expect(run(.dialling).deadline == NodeStreamRun.start + .seconds(10))
        #expect(run(.connected).deadline == NodeStreamRun.start + .seconds(10))
        #expect(run(.requested).deadline == NodeStreamRun.start + .seconds(44))
        #expect(run(.firstFrame).deadline == NodeStreamRun.start + .seconds(10))
    }

    /// Of two proxies the first has opened the way, and the second hangs: it is that proxy that has failed, and not a
    /// destination which takes its time.
    @Test func aSecondProxyThatHangsHasFailed() {
        for (replies, expected) in [([Wire.reply], Refusal.proxyFailed), ([Wire.reply, Wire.method], .timeout)] {
            let run = run(.greeting)
            run.client(Array(Wire.request5[3...]))
            run.route(.dialling([SocksHop(Wire.target, credentials: nil), SocksHop(Wire.target, credentials: nil)]))
            run.connected()
            for reply in [Wire.method] + replies { run.upstream(reply) }
            #expect(run.deadline == NodeStreamRun.start + .seconds(44))
            run.passDeadline()
            #expect(run.closedWith == expected)
        }
    }

    /// An I2P router refuses everything until its tunnels stand; later it means it.
    @Test func aYoungI2PRouterIsAskedAgainWithinTheHold() {
        let refusal: [UInt8] = [5, 4, 0, 1, 0, 0, 0, 0, 0, 0]
        let hops = [SocksHop(Wire.target, credentials: nil)]
        func ask(_ run: NodeStreamRun, _ nearest: NodeConnection.NearestProxy) {
            run.route(.dialling(hops, nearest: nearest))
            run.connected()
            for reply in [Wire.method, refusal] { run.upstream(reply) }
        }
        let run = run(.greeting)
        run.client(Array(Wire.request5[3...]))
        ask(run, .youngI2P)
        var tries = 1
        while !run.isOver, run.deadline < NodeStreamRun.start + .seconds(30) {
            #expect(run.last == .dropUpstream && run.closedWith == nil)
            run.passDeadline()
            ask(run, .youngI2P)
            tries += 1
        }
        #expect((14...16).contains(tries), "each two seconds, and more often than a proxy that breaks is dialled")
        if !run.isOver { run.passDeadline() }
        #expect(run.closedWith == .unreachable)
        #expect(run.elapsed == .seconds(30))

        let grown = self.run(.greeting)
        grown.client(Array(Wire.request5[3...]))
        ask(grown, .plain)
        #expect(grown.closedWith == .unreachable, "refused at once")
    }

    @Test func nothingHappensBeforeADeadline() {
        for reached in Reached.allCases where reached != .routing {
            let run = run(reached)
            let effects = run.effects
            run.now = Instant(milliseconds: run.deadline.milliseconds - 1)
            run.tick()
            #expect(run.effects == effects)
            run.now = run.deadline
            run.tick()
            #expect(run.effects != effects, "\(reached)")
        }
    }

    @Test(arguments: [0, 1, 5, 30, 43, 44, 45, 3600] as [Int64])
    func aHeldStreamIsRefusedAtTheEndOfItsHoldAndNeverLaterThan44Seconds(_ seconds: Int64) {
        let run = NodeStreamRun(hold: .seconds(seconds))
        run.client(Wire.request4)
        run.route(.hold(until: run.now + .seconds(3600), .egressNotReady))
        if seconds > 0 {
            #expect(run.connection.isHolding)
            #expect(run.toClient.isEmpty)
            run.passDeadline()
        }
        #expect(run.closedWith == .egressNotReady)
        #expect(run.toClient == Wire.refused4())
        #expect(run.elapsed == .seconds(min(seconds, 44)))
    }

    @Test func theHoldCountsFromTheAcceptNotFromTheRequest() {
        let run = NodeStreamRun(hold: .seconds(12))
        run.pass(.seconds(9))
        run.client(Wire.request4)
        run.route(.hold(until: run.now + .seconds(3600), .egressNotReady))
        #expect(run.deadline == NodeStreamRun.start + .seconds(12))
    }

    @Test func aHeldStreamGoesOnWhenTheEgressReturns() {
        let run = run(.holding)
        run.pass(.seconds(29))
        #expect(run.connection.isHolding)
        run.retry()
        #expect(run.effects == [.route(Wire.target), .route(Wire.target)])
        run.route(.dialling([SocksHop(Wire.target, credentials: nil)]))
        run.connected()
        run.upstream(Wire.method)
        run.upstream(Wire.reply)
        run.client(Wire.handshake())
        #expect(run.last == .relay(prefix: Wire.handshake()))
    }

    @Test func aRetryIsForHeldStreamsAlone() {
        for reached in Reached.allCases where reached != .holding {
            let run = run(reached)
            let effects = run.effects
            run.retry()
            #expect(run.effects == effects)
        }
    }

    @Test func theRouteMayNameATimeToAskAgain() {
        let run = run(.routing)
        run.route(.hold(until: run.now + .seconds(7), .circuitLimit))
        #expect(run.deadline == NodeStreamRun.start + .seconds(7))
        run.passDeadline()
        #expect(run.last == .route(Wire.target))
        run.route(.hold(until: run.now + .seconds(60), .circuitLimit))
        run.passDeadline()
        #expect(run.elapsed == .seconds(30))
        #expect(run.closedWith == .circuitLimit)
    }

    /// However it fails before its answer: a refused connect, a close in the handshake, a lost egress.
    @Test(arguments: [Reached.dialling, .connected, .requested])
    func aBrokenProxyIsDialledThreeTimesInAll(_ reached: Reached) {
        for loses in [false, true] {
            let run = run(reached)
            var dials = 1
            while !run.isOver, dials < 10 {
                if loses { run.egressLost() } else { run.upstreamEnded() }
                guard !run.isOver else { break }
                #expect(run.last == .dropUpstream)
                #expect(run.connection.isHolding)
                let asked = run.effects.count
                run.pass(.milliseconds(999))
                #expect(run.effects.count == asked, "not before a second has passed")
                run.pass(.milliseconds(1))
                #expect(run.last == .route(Wire.target))
                run.route(.dialling([SocksHop(Wire.target, credentials: nil)]))
                dials += 1
                if reached != .dialling { run.connected() }
                if reached == .requested { run.upstream(Wire.method) }
            }
            #expect(dials == 3)
            #expect(run.closedWith == .proxyFailed)
            #expect(run.toClient == begun + Wire.refused5(1))
            #expect(run.elapsed == .seconds(2))
        }
    }

    @Test func aConnectThatHangsIsADialThatFailed() {
        let run = run(.dialling)
        run.passDeadline()
        #expect(run.elapsed == .seconds(10))
        #expect(run.last == .dropUpstream)
        #expect(run.connection.isHolding)
    }

    @Test func noRedialIsBegunThatCouldNotEndInTime() {
        let run = run(.requested)
        run.now = NodeStreamRun.start + .seconds(43)
        run.upstreamEnded()
        #expect(run.closedWith == .proxyFailed)
    }

    /// Each dial begins a handshake of its own: nothing of the one before is left in it.
    @Test func aRedialBeginsAnew() {
        let run = run(.requested)
        run.upstream([5, 0, 0])
        run.upstreamEnded()
        run.passDeadline()
        run.route(.dialling([SocksHop(Wire.target, credentials: nil)]))
        run.connected()
        run.upstream(Wire.method)
        run.upstream(Wire.reply)
        #expect(run.toUpstream == [Wire.greeting + Wire.connect, Wire.greeting + Wire.connect])
        #expect(run.toClient == begun + Wire.granted5)
    }

    @Test func onceThePeerIsConnectedNothingIsRetried() {
        for event in [NodeStreamRun.upstreamEnded, NodeStreamRun.egressLost] {
            let run = run(.firstFrame)
            event(run)()
            #expect(run.isOver)
            #expect(run.toClient == begun + Wire.granted5)
        }
    }

    @Test func aLostEgressDoesNotTouchAStreamThatHasNone() {
        for reached in [Reached.nothing, .greeting, .holding] {
            let run = run(reached)
            let effects = run.effects
            run.egressLost()
            #expect(run.effects == effects)
        }
    }
}

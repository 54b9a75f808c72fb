import Policy
import Protocols
import Testing

/// Random events in random order, sensible and senseless: what must hold whatever happens.
@Suite struct NodeConnectionRandomTests {
    @Test(arguments: 0..<40)
    func whateverHappens(_ seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var ends: [NodeStreamRun.Effect] = []
        for _ in 0..<500 {
            let life = Life(&random)
            for _ in 0..<60 where !life.run.isOver {
                life.happen(&random)
                life.check()
            }
            guard let last = life.run.last, life.run.isOver else { continue }
            ends.append(last)
            life.checkThatItIsOver()
        }
        // The walk is worth something: it came to relays and to many refusals.
        #expect(ends.count > 250)
        #expect(ends.count { if case .relay = $0 { true } else { false } } > 20)
        #expect(Set(ends).count { if case .close = $0 { true } else { false } } >= 9)
    }

    /// One stream, its client's script and its proxy's.
    private final class Life {
        let run: NodeStreamRun
        private let isSensible: Bool
        private let request: [UInt8]
        private let granted: [UInt8]
        /// What the client has yet to send. What the machine does not take stays here, as it stays in the kernel.
        private var script: [UInt8]
        private var taken: [UInt8] = []
        private var answers: [UInt8] = []
        private var dials = 0
        private static let peer: [UInt8] = [1, 2, 3]

        init(_ random: inout SeededGenerator) {
            run = NodeStreamRun(hold: .seconds([0, 3, 30, 44, 90].randomElement(using: &random) ?? 30))
            isSensible = Int.random(in: 0..<4, using: &random) > 0
            let isFive = Bool.random(using: &random)
            request = isFive ? Wire.request5 : Wire.request4
            granted = isFive ? [5, 0] + Wire.granted5 : Wire.granted4
            // No byte of the mark is in anything that a SOCKS handshake sends.
            var frame = Wire.handshake() + [UInt8](repeating: 0xee, count: 40)
            if Int.random(in: 0..<8, using: &random) == 0 {
                // Any but the return code, which means nothing in a request.
                let places = Array(0..<21) + Array(25..<Wire.handshake().count)
                frame[places.randomElement(using: &random) ?? 0] = 0xee
            }
            script = request + frame
        }

        func happen(_ random: inout SeededGenerator) {
            let asked = run.effects.count
            switch Int.random(in: 0..<(isSensible ? 20 : 26), using: &random) {
            case 0..<6 where run.connection.wantsClientBytes || !isSensible: clientSends(&random)
            case 6..<11 where run.connection.wantsUpstreamBytes || !isSensible: upstreamSends(&random)
            case 11..<14 where run.connection.isDialling || !isSensible: run.connected()
            case 14..<16: run.pass(.milliseconds(Int64.random(in: 0...3000, using: &random)))
            case 16 where Int.random(in: 0..<4, using: &random) == 0: run.passDeadline()
            case 17: run.retry()
            case 18 where Int.random(in: 0..<4, using: &random) == 0: run.upstreamEnded()
            case 19 where Int.random(in: 0..<8, using: &random) == 0: run.egressLost()
            case 20: run.clientEnded()
            case 21: run.cut([.locked, .unguarded].randomElement(using: &random) ?? .locked)
            case 22..<24: route(&random)
            default: break
            }
            if run.effects.count > asked, case .route? = run.last { route(&random) }
        }

        private func clientSends(_ random: inout SeededGenerator) {
            let bytes = Array(script.prefix(Int.random(in: 0...script.count, using: &random)))
            let consumed = run.client(bytes)
            guard (0...bytes.count).contains(consumed) else {
                Issue.record("consumed \(consumed) of \(bytes.count) bytes")
                return
            }
            taken += bytes[..<consumed]
            script.removeFirst(consumed)
        }

        private func upstreamSends(_ random: inout SeededGenerator) {
            // A sensible proxy answers what it was asked.
            let sent = run.toUpstream.last?.count ?? 0
            let answered = Wire.method.count + Wire.reply.count + Self.peer.count - answers.count
            let due = !isSensible || sent > Wire.greeting.count ? answers.count : max(0, Wire.method.count - answered)
            var bytes = Array(answers.prefix(Int.random(in: 0...due, using: &random)))
            answers.removeFirst(bytes.count)
            if !bytes.isEmpty, Int.random(in: 0..<30, using: &random) == 0 {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            run.upstream(bytes)
        }

        private func route(_ random: inout SeededGenerator) {
            switch Int.random(in: 0..<8, using: &random) {
            case 0: run.route(.refuse([.blocked, .banned, .locked].randomElement(using: &random) ?? .blocked))
            case 1..<3:
                let until = run.now + .milliseconds(Int64.random(in: 1...90_000, using: &random))
                run.route(.hold(until: until, .egressNotReady))
            default:
                let wasDialling = run.connection.isDialling
                run.route(.dialling([SocksHop(Wire.target, credentials: nil)]))
                guard !wasDialling, run.connection.isDialling else { return }
                dials += 1
                answers = Wire.method + Wire.reply + Self.peer
            }
        }

        func check() {
            // Not one byte of the client goes to an upstream before the relay: each is sent our SOCKS and no more.
            for sent in run.toUpstream { #expect((Wire.greeting + Wire.connect).starts(with: sent)) }
            // And with the relay all of them go, but for the request.
            if case .relay(let prefix)? = run.last {
                #expect(request + prefix == taken)
                #expect(prefix.starts(with: Wire.handshake()))
                #expect(run.toClient.starts(with: granted))
            }
            checkWhatTheClientHeard()
            if run.connection.wantsFirstFrame {
                #expect(run.toClient.starts(with: granted))
                #expect(run.deadline <= run.now + .seconds(10))
            } else if !run.isOver {
                #expect(run.deadline <= NodeStreamRun.start + .seconds(44))
            }
            #expect(dials <= NodeConnection.Limits.dials)
        }

        /// The greeting's answer, then one verdict; the peer's bytes after a grant alone.
        private func checkWhatTheClientHeard() {
            let heard = run.toClient
            if heard.starts(with: granted) {
                #expect(heard.count <= granted.count + Self.peer.count)
            } else if heard.count > granted.count - 8, let closed = run.closedWith {
                #expect(heard.count == granted.count)
                #expect(closed != .notLevin && closed != .badRequest)
            } else {
                #expect(heard.isEmpty || heard == [5, 0], "\(heard)")
            }
        }

        func checkThatItIsOver() {
            let said = (run.toClient, run.toUpstream, run.effects)
            run.client(Wire.handshake())
            run.upstream(Wire.method + Wire.reply)
            run.connected()
            run.upstreamEnded()
            run.egressLost()
            run.clientEnded()
            run.retry()
            run.route(.refuse(.blocked))
            run.route(.hold(until: run.now + .seconds(1), .blocked))
            run.cut()
            run.passDeadline()
            #expect(said == (run.toClient, run.toUpstream, run.effects))
            #expect(!run.connection.wantsClientBytes && !run.connection.wantsUpstreamBytes)
        }
    }
}

import Policy
import Protocols
import Testing

/// A resolver at the other end of the machine, and a clock.
private struct World {
    var machine = NameResolution()
    var random = SeededGenerator(seed: 7)
    var now = Instant(milliseconds: 1000)
    var effects: [NameResolution.Effect] = []
    var families = NameResolution.Families(v4: true, v6: false)

    mutating func lookUp(_ name: String) -> NameResolution.Answer {
        let (answer, new) = machine.lookUp(DNSName(name) ?? .root, families, now: now, random: &random)
        effects = new
        return answer
    }

    /// The questions in the last effects, with their ids.
    var sent: [(id: UInt16, question: DNSQuestion)] {
        var framing = DNSFraming()
        var found: [(UInt16, DNSQuestion)] = []
        for case .send(let bytes) in effects {
            var rest = bytes
            while true {
                let (consumed, event) = framing.receive(rest.span)
                rest.removeFirst(consumed)
                guard case .message(let message) = event, let read = try? DNSMessage(message) else { break }
                found += read.questions.map { (read.header.id, $0) }
            }
        }
        return found
    }

    /// Answers a question as a resolver does.
    mutating func answer(
        _ asked: (id: UInt16, question: DNSQuestion), _ address: String?, lifetime: UInt8 = 60, code: UInt8 = 0
    ) {
        var bytes: [UInt8] = [UInt8(asked.id >> 8), UInt8(asked.id & 0xff), 0x81, 0x80 | code, 0, 1, 0, 0, 0, 0, 0, 0]
        bytes += asked.question.name.wire + [0, UInt8(asked.question.type.rawValue), 0, 1]
        if let address, let found = IPAddress(address) {
            bytes[7] = 1
            let octets: [UInt8]
            switch found {
            case .v4(let inner): octets = inner.octets
            case .v6(let inner):
                octets = (0..<16).map { UInt8(($0 < 8 ? inner.high : inner.low) >> UInt64(56 - 8 * ($0 % 8)) & 0xff) }
            }
            bytes += [
                0xc0, 12, 0, UInt8(asked.question.type.rawValue), 0, 1, 0, 0, 0, lifetime, 0, UInt8(octets.count),
            ]
            bytes += octets
        }
        let framed = DNSFraming.framed(bytes) ?? []
        effects = machine.received(framed.span, now: now)
    }
}

struct NameResolutionTests {
    private let address = IPAddress("203.0.113.7") ?? .v4(IPv4Address(bits: 0))

    /// A world whose connection stands and that has asked for one name.
    private func asked(_ name: String = "node.example") -> (World, (id: UInt16, question: DNSQuestion)?) {
        var world = World()
        #expect(world.lookUp(name) == .pending)
        #expect(world.effects == [.connect])
        world.effects = world.machine.connected(now: world.now)
        return (world, world.sent.first)
    }

    @Test func anAnswerIsKeptForItsLifetimeAndNotLonger() throws {
        var (world, question) = asked()
        world.answer(try #require(question), "203.0.113.7", lifetime: 60)
        #expect(world.effects == [.answered])
        world.machine.settle(now: world.now)
        #expect(world.lookUp("NODE.example") == .addresses([address]))
        world.now = world.now + .milliseconds(59_999)
        #expect(world.lookUp("node.example") == .addresses([address]))
        world.now = world.now + .milliseconds(1)
        #expect(world.lookUp("node.example") == .pending)
    }

    @Test func aLifetimeOfZeroServesThoseWhoWaitAndNobodyElse() throws {
        var (world, question) = asked()
        world.answer(try #require(question), "203.0.113.7", lifetime: 0)
        #expect(world.lookUp("node.example") == .addresses([address]))
        #expect(world.lookUp("node.example") == .addresses([address]))
        world.machine.settle(now: world.now)
        #expect(world.lookUp("node.example") == .pending)
    }

    @Test func aFailureIsToldAndNotKept() throws {
        var (world, question) = asked()
        world.answer(try #require(question), nil, code: 3)
        #expect(world.lookUp("node.example") == .failed(.resolver(.noSuchName)))
        world.machine.settle(now: world.now)
        #expect(world.lookUp("node.example") == .pending)
    }

    @Test func bothFamiliesAreAskedAndIPv4ComesFirst() throws {
        var world = World()
        world.families.v6 = true
        _ = world.lookUp("node.example")
        world.effects = world.machine.connected(now: world.now)
        let sent = world.sent
        #expect(Set(sent.map(\.question.type)) == [.a, .aaaa])
        let six = try #require(sent.first { $0.question.type == .aaaa })
        let four = try #require(sent.first { $0.question.type == .a })
        world.answer(six, "2001:db8::7", lifetime: 5)
        #expect(world.effects.isEmpty)
        world.answer(four, "203.0.113.7", lifetime: 60)
        #expect(world.effects == [.answered])
        #expect(world.lookUp("node.example") == .addresses([address, try #require(IPAddress("2001:db8::7"))]))
        world.machine.settle(now: world.now)
        world.now = world.now + .seconds(5)
        #expect(world.lookUp("node.example") == .pending)
    }

    @Test func oneFamilyIsEnough() throws {
        var world = World()
        world.families.v6 = true
        _ = world.lookUp("node.example")
        world.effects = world.machine.connected(now: world.now)
        let sent = world.sent
        world.answer(try #require(sent.first { $0.question.type == .a }), "203.0.113.7")
        world.answer(try #require(sent.first { $0.question.type == .aaaa }), nil, code: 2)
        #expect(world.lookUp("node.example") == .addresses([address]))
    }

    @Test func anErrorSaysMoreThanNoAddress() throws {
        var world = World()
        world.families.v6 = true
        _ = world.lookUp("node.example")
        world.effects = world.machine.connected(now: world.now)
        let sent = world.sent
        world.answer(sent[0], nil)
        world.answer(sent[1], nil, code: 2)
        #expect(world.lookUp("node.example") == .failed(.resolver(.serverFailure)))
    }

    @Test func namesShareOneConnectionAndAreAnsweredInAnyOrder() throws {
        var (world, first) = asked("a.example")
        #expect(world.lookUp("b.example") == .pending)
        let second = try #require(world.sent.first)
        world.answer(second, "203.0.113.8")
        #expect(world.effects == [.answered])
        #expect(world.lookUp("a.example") == .pending)
        world.answer(try #require(first), "203.0.113.7")
        #expect(world.lookUp("a.example") == .addresses([address]))
    }

    @Test func anAnswerToAnotherQuestionGivesNoAddress() throws {
        var (world, question) = asked()
        let asked = try #require(question)
        world.answer((asked.id &+ 1, asked.question), "203.0.113.9")
        #expect(world.effects.isEmpty)
        world.answer((asked.id, DNSQuestion(DNSName("other.example") ?? .root, .a)), "203.0.113.9")
        #expect(world.effects == [.answered])
        #expect(world.lookUp("node.example") == .failed(.resolver(.notOurs("another question"))))
    }

    @Test func aConnectionThatEndsIsMadeAnewOnce() {
        var (world, _) = asked()
        #expect(world.machine.closed("gone", now: world.now) == [.connect])
        #expect(world.machine.connected(now: world.now).count == 1)
        #expect(world.machine.closed("gone", now: world.now) == [.answered])
        #expect(world.lookUp("node.example") == .failed(.unreachable("gone")))
    }

    @Test func aConnectionThatCannotBeMadeFailsAtOnce() {
        var world = World()
        _ = world.lookUp("node.example")
        #expect(world.machine.closed("refused", now: world.now) == [.answered])
        #expect(world.lookUp("node.example") == .failed(.unreachable("refused")))
    }

    @Test func silenceEndsAfterTheTimeoutAndTheConnectionWithIt() {
        var (world, _) = asked()
        #expect(world.machine.deadline == world.now + NameResolution.Limits.timeout)
        world.now = world.now + NameResolution.Limits.timeout
        #expect(world.machine.tick(world.now) == [.close, .answered])
        #expect(world.lookUp("node.example") == .failed(.timeout))
    }

    @Test func anIdleConnectionIsClosed() throws {
        var (world, question) = asked()
        world.answer(try #require(question), "203.0.113.7")
        world.now = world.now + NameResolution.Limits.idle
        #expect(world.machine.deadline == world.now)
        #expect(world.machine.tick(world.now) == [.close])
        #expect(world.machine.deadline == nil)
    }

    @Test func whatALostTunnelToldIsForgotten() throws {
        var (world, question) = asked()
        world.answer(try #require(question), "203.0.113.7")
        world.machine.settle(now: world.now)
        #expect(world.lookUp("second.example") == .pending)
        #expect(world.machine.reset(now: world.now) == [.close, .answered])
        #expect(world.lookUp("second.example") == .failed(.unreachable("the tunnel is gone")))
        world.machine.settle(now: world.now)
        #expect(world.lookUp("node.example") == .pending)
    }

    @Test func noMoreNamesAreAskedThanTheLimit() {
        var world = World()
        for number in 0..<NameResolution.Limits.pending {
            #expect(world.lookUp("n\(number).example") == .pending)
        }
        #expect(world.lookUp("one.too.many.example") == .failed(.tooMany))
        #expect(world.lookUp("n3.example") == .pending)
    }

    @Test func noFamilyNoQuestion() {
        var world = World()
        world.families.v4 = false
        #expect(world.lookUp("node.example") == .failed(.noFamily))
        #expect(world.effects.isEmpty)
    }

    @Test func everyFailureHasItsRefusal() {
        #expect(NameFailure.resolver(.noSuchName).refusal == .unreachable)
        #expect(NameFailure.resolver(.truncated).refusal == .proxyFailed)
        #expect(NameFailure.timeout.refusal == .timeout)
        #expect(NameFailure.tooMany.refusal == .connectionLimit)
    }
}

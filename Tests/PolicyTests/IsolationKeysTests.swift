import Policy
import Protocols
import Testing

/// Which streams share a circuit, and how many circuits whoever fills the node's peer list can make us build.
@Suite struct IsolationKeysTests {
    static let start = Instant(milliseconds: 1000)

    private func peer(_ number: Int, port: UInt16 = 18080) -> Destination {
        Destination(host: Host(.v4(IPv4Address(bits: 0x5000_0000 + UInt32(number)))), port: port)
    }

    /// Keys with a generator of their own, and the time at hand.
    private final class Ring {
        var keys: IsolationKeys
        var random = SeededGenerator(seed: 7)
        var now = IsolationKeysTests.start

        init(keys: IsolationKeys) {
            self.keys = keys
        }

        /// The answer at another time, of keys that are then as they were.
        func ask(_ destination: Destination, at time: Instant) -> IsolationKeys.Answer {
            var copy = keys
            var random = random
            return copy.key(for: .p2p, to: destination, scope: .peer, now: time, random: &random)
        }

        func ask(
            _ destination: Destination, _ requestClass: RequestClass = .p2p, _ scope: IsolationScope = .peer
        ) -> IsolationKeys.Answer {
            keys.key(for: requestClass, to: destination, scope: scope, now: now, random: &random)
        }

        func key(
            _ destination: Destination, _ requestClass: RequestClass = .p2p, _ scope: IsolationScope = .peer
        ) -> IsolationKeys.Key? {
            if case .key(let key) = ask(destination, requestClass, scope) { key } else { nil }
        }
    }

    @Test func onePeerHasOneKeyAndNoOtherHasIt() throws {
        let ring = Ring(keys: IsolationKeys(liveLimit: 512, perMinute: 512))
        let first = try #require(ring.key(peer(1)))
        #expect(ring.key(peer(1)) == first)
        let others = [
            ring.key(peer(2)), ring.key(peer(1, port: 18081)), ring.key(peer(1), .torZone), ring.key(peer(1), .i2pZone),
        ].compactMap { $0 }
        #expect(others.count == 4)
        #expect(Set(others + [first]).count == 5)
        #expect(Set((others + [first]).map(\.id)).count == 5)
        #expect(Set((others + [first]).map(\.credentials.username)).count == 5)
        #expect(Set((others + [first]).map(\.credentials.password)).count == 5)
        #expect(!(others + [first]).map(\.id).contains(0))
    }

    @Test func byClassTheDestinationDoesNotMatterAndByNoneTheClassNeither() throws {
        let byClass = Ring(keys: IsolationKeys())
        let p2p = try #require(byClass.key(peer(1), .p2p, .class))
        #expect(byClass.key(peer(2), .p2p, .class) == p2p)
        #expect(byClass.key(peer(1), .torZone, .class) != p2p)
        #expect(byClass.keys.count == 2)

        let byNone = Ring(keys: IsolationKeys())
        let all = try #require(byNone.key(peer(1), .p2p, .none))
        #expect(RequestClass.allCases.allSatisfy { byNone.key(peer(9), $0, .none) == all })
        #expect(byNone.keys.count == 1)
    }

    /// A user name that starts so is Tor's own extension of SOCKS, and Tor closes on one that it cannot read.
    @Test(arguments: 0..<20)
    func noKeyIsTakenForTorsExtension(_ seed: UInt64) throws {
        var random: any RandomNumberGenerator = SeededGenerator(seed: seed)
        if seed == 0 { random = Constant(bits: 0) }
        if seed == 1 { random = Constant(bits: .max) }
        var keys = IsolationKeys(liveLimit: 100, perMinute: 100)
        for number in 0..<100 {
            guard
                case .key(let key) = keys.key(
                    for: .p2p, to: peer(number), scope: .peer, now: Self.start, random: &random)
            else {
                Issue.record("no key for peer \(number)")
                return
            }
            for text in [key.credentials.username, key.credentials.password] {
                #expect(text.count == 32)
                #expect(text.allSatisfy { Array("0123456789abcdef".utf8).contains($0) })
            }
        }
    }

    private struct Constant: RandomNumberGenerator {
        let bits: UInt64
        func next() -> UInt64 { bits }
    }

    /// 128 random bits each: no byte of the generator is lost on the way to the text.
    @Test func aKeyCarriesAllItsRandomBits() throws {
        let ring = Ring(keys: IsolationKeys())
        var expected = SeededGenerator(seed: 7)
        func word() -> [UInt8] {
            (0..<2).flatMap { _ in
                let text = String(expected.next(), radix: 16)
                return Array(String(repeating: "0", count: 16 - text.utf8.count).utf8) + Array(text.utf8)
            }
        }
        let key = try #require(ring.key(peer(1)))
        #expect(key.credentials.username == word())
        #expect(key.credentials.password == word())
    }

    @Test func noMoreThanTheMinutesKeysAreMadeInAnyMinute() {
        let ring = Ring(keys: IsolationKeys(liveLimit: 10_000, perMinute: 7))
        var random = SeededGenerator(seed: 3)
        var made: [Instant] = []
        var next = 0
        while made.count < 200 {
            switch ring.ask(peer(next)) {
            case .key:
                made.append(ring.now)
                next += 1
            case .wait(let until):
                // Not a moment too early, and then at once.
                #expect(until > ring.now)
                #expect(until - ring.now <= .seconds(60))
                let early = Instant(milliseconds: until.milliseconds - 1)
                #expect(ring.ask(peer(next), at: early) == .wait(until: until))
                if case .key = ring.ask(peer(next), at: until) {} else { Issue.record("no key when it was promised") }
                if Bool.random(using: &random) { ring.now = until }
            case .exhausted:
                Issue.record("exhausted")
                return
            }
            ring.now = ring.now + .milliseconds(Int64.random(in: 0...9000, using: &random))
        }
        for index in 7..<made.count { #expect(made[index] - made[index - 7] >= .seconds(60)) }
    }

    @Test func aKeyThatIsThereCostsNothingOfTheMinute() {
        let ring = Ring(keys: IsolationKeys(liveLimit: 100, perMinute: 2))
        let first = ring.key(peer(1))
        #expect(ring.key(peer(2)) != nil)
        #expect(ring.ask(peer(3)) == .wait(until: Self.start + .seconds(60)))
        #expect(ring.key(peer(1)) == first)
    }

    @Test func neverMoreKeysThanTheLimitAndTheLongestUnusedGoesFirst() throws {
        let ring = Ring(keys: IsolationKeys(liveLimit: 3, perMinute: 1000))
        let keys = try (0..<3).map { number in
            ring.now = ring.now + .seconds(1)
            return try #require(ring.key(peer(number)))
        }
        #expect(ring.ask(peer(3)) == .exhausted)
        #expect(ring.keys.count == 3)
        // Peer 1 ended first, peer 0 after it; peer 2 is in use.
        ring.now = ring.now + .seconds(1)
        ring.keys.release(keys[1].id, now: ring.now)
        ring.now = ring.now + .seconds(1)
        ring.keys.release(keys[0].id, now: ring.now)
        #expect(ring.key(peer(3)) != nil)
        #expect(ring.keys.count == 3)
        #expect(ring.key(peer(0)) == keys[0], "used last of the two, so it stays")
        #expect(ring.ask(peer(1)) == .exhausted, "it was forgotten, and no other is free")
    }

    @Test func aKeyInUseIsNeverForgotten() throws {
        let ring = Ring(keys: IsolationKeys(liveLimit: 2, perMinute: 1000))
        let shared = try #require(ring.key(peer(1)))
        #expect(ring.key(peer(1)) == shared)
        ring.keys.release(shared.id, now: ring.now)
        let other = try #require(ring.key(peer(2)))
        ring.now = ring.now + .seconds(100_000)
        #expect(ring.ask(peer(3)) == .exhausted, "one of its two streams is still there")
        ring.keys.release(other.id, now: ring.now)
        #expect(ring.key(peer(3)) != nil)
        #expect(ring.key(peer(1)) == shared)
    }

    @Test func whatIsPastItsLifeIsForgottenTogether() throws {
        let ring = Ring(keys: IsolationKeys(liveLimit: 10, perMinute: 1000))
        for number in 0..<10 {
            let key = try #require(ring.key(peer(number)))
            ring.keys.release(key.id, now: ring.now)
            if number == 4 { ring.now = ring.now + .seconds(601) }
        }
        #expect(ring.key(peer(10)) != nil)
        #expect(ring.keys.count == 6, "five are past their ten minutes")
    }

    @Test func anUnknownKeyIsReleasedWithoutHarm() throws {
        let ring = Ring(keys: IsolationKeys(liveLimit: 1, perMinute: 1000))
        let key = try #require(ring.key(peer(1)))
        ring.keys.release(key.id + 1, now: ring.now)
        ring.keys.release(0, now: ring.now)
        #expect(ring.ask(peer(2)) == .exhausted)
        // A forgotten key's late release does not touch the one that came after it.
        ring.keys.release(key.id, now: ring.now)
        let second = try #require(ring.key(peer(2)))
        #expect(second.id != key.id)
        ring.keys.release(key.id, now: ring.now)
        #expect(ring.ask(peer(3)) == .exhausted)
    }

    /// A circuit that will not do: who is on it stays, who comes next gets another, within the same bounds.
    @Test func aRetiredKeyIsForThoseWhoHaveItAlone() throws {
        let ring = Ring(keys: IsolationKeys(liveLimit: 2, perMinute: 1000))
        let first = try #require(ring.key(peer(1)))
        ring.keys.retire(first.id)
        let second = try #require(ring.key(peer(1)))
        #expect(second.id != first.id && second.credentials != first.credentials)
        #expect(ring.key(peer(1)) == second)
        #expect(ring.ask(peer(2)) == .exhausted, "the retired one is in use, and counts")
        // Retired twice, by another stream that was on it: the key that came after it stays.
        ring.keys.retire(first.id)
        #expect(ring.key(peer(1)) == second)
        ring.keys.release(first.id, now: ring.now)
        #expect(ring.keys.count == 1)
        #expect(ring.key(peer(2)) != nil)
    }

    @Test func freshKeysAreWithinTheMinutesBound() throws {
        let ring = Ring(keys: IsolationKeys(liveLimit: 512, perMinute: 3))
        for _ in 0..<3 {
            let key = try #require(ring.key(peer(1)))
            ring.keys.release(key.id, now: ring.now)
            ring.keys.retire(key.id)
            #expect(ring.keys.count == 0)
        }
        #expect(ring.ask(peer(1)) == .wait(until: Self.start + .seconds(60)))
    }

    @Test func aKeyIsFoundByItsUserName() throws {
        let ring = Ring(keys: IsolationKeys(liveLimit: 1, perMinute: 1000))
        let key = try #require(ring.key(peer(1)))
        let name = key.credentials.username
        #expect(ring.keys.id(ofUsername: name) == key.id)
        #expect(ring.keys.id(ofUsername: key.credentials.password) == nil)
        for other in [[], Array(name.dropLast()), name + [0x30], name.map { $0 == 0x61 ? 0x41 : $0 &+ 1 }] {
            #expect(ring.keys.id(ofUsername: other) == nil)
        }
        ring.keys.retire(key.id)
        #expect(ring.keys.id(ofUsername: name) == key.id, "its stream goes on")
        ring.keys.release(key.id, now: ring.now)
        #expect(ring.keys.id(ofUsername: name) == nil)
    }

    @Test func limitsOfNothingAreOne() {
        let ring = Ring(keys: IsolationKeys(liveLimit: 0, perMinute: -5))
        #expect(ring.key(peer(1)) != nil)
        #expect(ring.ask(peer(2)) == .wait(until: Self.start + .seconds(60)))
    }
}

import Policy
import Protocols
import Testing

/// What the router believes of the guard, and for how long.
@Suite struct GuardProofTests {
    private static let guarded = users(107)

    /// The node's user with this number, nil where nobody has the name, and the router's.
    private static func users(_ id: UInt32?) -> GuardedUsers {
        var configuration = RouteSamples.configuration()
        configuration.node.user = "monero"
        var guarded = GuardedUsers(configuration, idOf: { _ in id }, router: 995)
        guarded.router = 995
        return guarded
    }

    /// A router whose ruleset has the digest "good" with a chain for its user, and "less" without.
    private static func expectation(
        required: Bool = true, _ guarded: GuardedUsers = guarded, digest: String = "good"
    ) -> GuardProofMachine.Expectation {
        GuardProofMachine.Expectation(isRequired: required, guarded: guarded) { $0 == 995 ? digest : "less" }
    }

    private static let epoch: Int64 = 1_767_323_045
    private var machine = GuardProofMachine(path: "/g.sock", expectation())
    private var now = Instant(milliseconds: 0)
    private var time: UTCTime { UTCTime(unixSeconds: Self.epoch + now.milliseconds / 1000) }

    private func word(
        problem: String? = nil, digest: String = "good", age: Int64 = 0, router: UInt32? = 995,
        canary: GuardHeartbeat.Canary? = nil, stopped: [StoppedPackets] = []
    ) -> GuardHeartbeat {
        GuardHeartbeat(
            problem: problem, digest: digest, checkedAt: UTCTime(unixSeconds: time.unixSeconds - age), mode: .owned,
            router: router, repairs: 0,
            users: [GuardHeartbeat.User(name: "monero", id: 107, canary: canary, stopped: stopped)])
    }

    @discardableResult
    private mutating func hear(_ heartbeat: GuardHeartbeat) -> [GuardProofMachine.Effect] {
        hear(GuardMessage.heartbeat(heartbeat).encode().encoded() + [0x0a])
    }

    @discardableResult
    private mutating func hear(_ bytes: [UInt8]) -> [GuardProofMachine.Effect] {
        machine.received(bytes.span, now: now, time: time)
    }

    private mutating func pass(_ milliseconds: Int64) -> [GuardProofMachine.Effect] {
        now = Instant(milliseconds: now.milliseconds + milliseconds)
        return machine.tick(now)
    }

    private mutating func connect() {
        #expect(machine.start() == [.connect])
        #expect(machine.connected(to: 0, now: now) == [])
    }

    private var isProven: Bool { if case .enforcing = machine.proof { true } else { false } }
    private var why: String { if case .unproven(let why) = machine.proof { why } else { "" } }

    @Test mutating func aHeartbeatWithOurDigestIsProof() {
        #expect(why.contains("/g.sock"))
        connect()
        #expect(why.contains("said nothing yet"))
        hear(word())
        #expect(machine.proof == .enforcing(time))
        #expect(machine.threats(at: time).count == 1, "no canary has run")
    }

    /// A second of one that was a second late, and not a millisecond more.
    @Test mutating func silenceIsNoProof() {
        connect()
        hear(word())
        #expect(pass(1899).isEmpty && isProven)
        #expect(machine.deadline == Instant(milliseconds: 1900))
        _ = pass(1)
        #expect(why.contains("silent for 2 s") && why.contains("systemctl"))
        hear(word())
        #expect(isProven, "it comes back by itself")
    }

    @Test mutating func aGuardThatNeverSpeaksIsSilent() {
        connect()
        _ = pass(1900)
        #expect(why.contains("silent"))
    }

    @Test mutating func itsEndIsTheEndOfTheProof() {
        connect()
        hear(word())
        #expect(machine.ended(now: now).isEmpty)
        #expect(why.contains("systemctl start xmr-routed-guard"))
        #expect(pass(499).isEmpty)
        #expect(pass(1) == [.connect])
        #expect(machine.unreachable("Connection refused", isForbidden: false, now: now).isEmpty)
        #expect(why.contains("no guard answers at /g.sock (Connection refused): systemctl start xmr-routed-guard"))
        #expect(pass(500) == [.connect])
        _ = machine.unreachable("Permission denied", isForbidden: true, now: now)
        #expect(why.contains("group xmr-routed"))
        #expect(pass(500) == [.connect])
        _ = machine.connected(to: 0, now: now)
        #expect(!isProven, "what it said before counts no more")
        hear(word())
        #expect(isProven)
    }

    @Test mutating func nothingElseIsProof() {
        connect()
        let bad = GuardHeartbeat.Canary(at: time, isProven: false, detail: "udp4 passed")
        let wrongs: [(GuardHeartbeat, String)] = [
            (word(problem: "the table is gone"), "the table is gone"),
            (word(digest: "other"), "systemctl reload xmr-routed-guard"),
            (word(digest: ""), "systemctl reload xmr-routed-guard"),
            (word(digest: "less"), "systemctl reload xmr-routed-guard"),
            (word(canary: bad), "udp4 passed"),
        ]
        for (wrong, words) in wrongs {
            hear(word())
            #expect(isProven)
            hear(wrong)
            #expect(!isProven && why.contains(words), "\(why)")
        }
    }

    /// Words that waited in a queue while this process was stopped say nothing of now.
    @Test mutating func anOldWordProvesNothing() {
        connect()
        hear(word(age: 4))
        #expect(!isProven)
        hear(word(age: 3))
        #expect(isProven)
        hear(word(age: -4))
        _ = pass(1900)
        #expect(!isProven, "nor does one from the future")
    }

    /// A guard to which the kernel does not answer says so with the time when it last did: that is no silence.
    @Test mutating func anOldComplaintIsHeard() {
        connect()
        hear(word())
        for second in 1...8 {
            #expect(pass(1000) == [])
            hear(word(problem: "the kernel does not say", age: Int64(second)))
            #expect(why == "the guard says: the kernel does not say")
        }
        _ = pass(1900)
        #expect(why.contains("silent for 2 s"), "and its silence is one")
        hear(word())
        #expect(isProven)
    }

    @Test mutating func aConfinedUserIsNoGuard() {
        _ = machine.start()
        #expect(machine.connected(to: 107, now: now) == [.disconnect])
        #expect(why.contains("runs as monero"))
        hear(word())
        #expect(!isProven)
        #expect(pass(500) == [.connect])
    }

    @Test(arguments: ["{\"kind\":\"heartbeat\"}\n", "nonsense\n", "{\"kind\":\"hello\"}\n", "[]\n"])
    mutating func whoSpeaksOtherwiseIsNoGuard(_ line: String) {
        connect()
        hear(word())
        #expect(hear(Array(line.utf8)) == [.disconnect])
        #expect(why.contains("does not speak"))
        #expect(pass(500) == [.connect])
    }

    @Test mutating func aLineWithoutEndIsCutOff() {
        connect()
        let chunk = [UInt8](repeating: 0x20, count: 65536)
        var effects: [GuardProofMachine.Effect] = []
        for _ in 0..<17 where effects.isEmpty { effects = hear(chunk) }
        #expect(effects == [.disconnect])
    }

    @Test mutating func whoCannotBeHeldIsSaidFirst() {
        machine = GuardProofMachine(path: "/g.sock", Self.expectation(Self.users(nil)))
        connect()
        hear(word())
        #expect(why.contains("there is no user monero"))
    }

    @Test mutating func switchedOffItIsNotAsked() {
        machine = GuardProofMachine(path: "/g.sock", Self.expectation(required: false))
        #expect(machine.start() == [] && machine.proof == .off && machine.deadline == nil)
        #expect(machine.destroy(now: now) == [])
        #expect(machine.configured(Self.expectation()) == [.connect])
        _ = machine.connected(to: 0, now: now)
        hear(word())
        #expect(isProven)
        #expect(machine.configured(Self.expectation(required: false)) == [.disconnect])
        #expect(machine.proof == .off && machine.threats(at: time).isEmpty)
    }

    @Test mutating func anotherConfigurationNeedsAnotherProof() {
        connect()
        hear(word())
        #expect(machine.configured(Self.expectation(digest: "new")) == [])
        #expect(!isProven)
        hear(word(digest: "new"))
        #expect(isProven)
    }

    @Test mutating func canariesAndTheRoutersUserAreThreatsOnly() {
        connect()
        let canary = GuardHeartbeat.Canary(at: time, isProven: true, detail: "")
        hear(word(canary: canary))
        #expect(isProven && machine.threats(at: time).isEmpty)
        let later = UTCTime(unixSeconds: time.unixSeconds + 181)
        #expect(machine.threats(at: later).first?.contains("xmr-routed-canary@monero.timer") == true)
        hear(word(digest: "less", router: 4, canary: canary))
        #expect(isProven)
        #expect(machine.threats(at: time).first?.contains("user 4") == true)
        hear(word(digest: "less", router: nil, canary: canary))
        #expect(isProven && machine.threats(at: time).first?.contains("nobody") == true)
    }

    @Test mutating func destructionIsAskedForAndAnswered() {
        #expect(machine.start() == [.connect])
        #expect(machine.destroy(now: now).contains { if case .destroyed(.failed) = $0 { true } else { false } })
        _ = machine.connected(to: 0, now: now)
        #expect(machine.destroy(now: now) == [.send(Array("{\"verb\":\"destroy\"}\n".utf8))])
        let answer = GuardMessage.destroyed(sockets: 12, problem: nil).encode().encoded() + [0x0a]
        #expect(hear(answer) == [.destroyed(.done(sockets: 12))])
        #expect(hear(answer) == [], "nobody asked")
        _ = machine.destroy(now: now)
        _ = machine.destroy(now: now)
        #expect(hear(GuardMessage.refused("no").encode().encoded() + [0x0a]) == [.destroyed(.failed("no"))])
        #expect(
            pass(3000).contains { if case .destroyed(.failed(let why)) = $0 { why.contains("restart") } else { false } }
        )
        _ = machine.destroy(now: now)
        #expect(machine.ended(now: now).count == 1)
    }

    /// What somebody had open before he was held is destroyed as soon as he is, and not before.
    @Test mutating func whoIsHeldAnewLosesWhatHeHasOpen() {
        connect()
        #expect(hear(word()) == [], "the guard has seen to that itself when it began")
        var more = Self.guarded
        more.users.append(GuardedUsers.User(name: "wallet", id: 108))
        _ = machine.configured(Self.expectation(more, digest: "new"))
        #expect(hear(word()) == [], "the guard has not reloaded yet")
        #expect(hear(word(digest: "new")) == [.send(GuardRequest.destroy.line)])
        #expect(hear(word(digest: "new")) == [])
        _ = machine.configured(Self.expectation(digest: "good"))
        #expect(hear(word()) == [])
    }

    @Test mutating func theLedgerIsTheSumAndStays() {
        connect()
        let rows = [
            StoppedPackets(protocol: "udp", port: 53, packets: 3, destination: "203.0.113.1"),
            StoppedPackets(protocol: "udp", port: 53, packets: 4, destination: "203.0.113.2"),
        ]
        hear(word(stopped: rows))
        _ = machine.ended(now: now)
        #expect(machine.stopped(destinations: false) == [StoppedPackets(protocol: "udp", port: 53, packets: 7)])
        #expect(machine.stopped(destinations: true) == rows.reversed())
    }
}

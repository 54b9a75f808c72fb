import Policy
import Protocols
import Testing

/// What is remembered of strangers, and how often it is told.
@Suite struct OwnerThreatsTests {
    private let users = ListenerUsers(allowed: [NodeUser(name: "monero", id: 112)])
    private var threats = OwnerThreats()

    private mutating func note(
        _ caller: NodeUser.Caller, at seconds: Double, listener: String = "node.proxy", name: String? = "root"
    ) -> OwnerThreats.Telling? {
        threats.note(caller, listener: listener, users: users, now: Self.time(seconds)) { _ in name }
    }

    private static func time(_ seconds: Double) -> Instant { Instant(milliseconds: Int64(seconds * 1000)) }

    @Test mutating func theSentenceNamesTheUserAndTheMend() {
        let telling = note(.other(0), at: 0)
        #expect(
            telling?.sentence == "node.proxy was used by user root (id 0), whom no guard holds: run monerod as monero")
        #expect(telling?.count == 1)
        #expect(threats.sentences(now: Self.time(1)) == [telling?.sentence])
        #expect(
            note(.other(4711), at: 0, name: nil)?.sentence
                == "node.proxy was used by the user with id 4711, whom no guard holds: run monerod as monero")
    }

    @Test mutating func theNodeItselfIsNoThreat() {
        #expect(note(.node, at: 0) == nil)
        #expect(threats.sentences(now: Self.time(0)).isEmpty)
    }

    @Test mutating func oneEventInFiveSecondsForEachUser() {
        #expect(note(.other(0), at: 0)?.count == 1)
        for step in 1...49 { #expect(note(.other(0), at: Double(step) / 10) == nil) }
        #expect(note(.other(0), at: 5)?.count == 50)
        #expect(note(.other(0), at: 5) == nil)
        #expect(note(.other(7), at: 5) != nil, "another user is told at once")
        #expect(note(.other(0), at: 5, listener: "node.tor-proxy") != nil, "and so is another listener")
        #expect(note(.other(0), at: 60)?.count == 2)
    }

    @Test mutating func aThreatIsForgottenTenMinutesAfterTheLastTime() {
        _ = note(.other(0), at: 0)
        _ = note(.other(0), at: 400)
        #expect(threats.sentences(now: Self.time(999.9)).count == 1)
        #expect(threats.sentences(now: Self.time(1000)).isEmpty)
        #expect(note(.other(0), at: 1001)?.count == 1, "and is new then")
    }

    @Test mutating func whoMayTakeManyNumbersDoesNotFillTheStatus() {
        var told = 0
        for user in UInt32(1000)..<9000 where note(.other(user), at: 1, name: nil) != nil { told += 1 }
        #expect(told == OwnerThreats.limit + 1)
        let sentences = threats.sentences(now: Self.time(2))
        #expect(sentences.count == OwnerThreats.limit + 1)
        #expect(sentences.contains { $0.contains("more than \(OwnerThreats.limit) others") })
        // Room again once they are forgotten.
        #expect(note(.other(0), at: 700)?.sentence.contains("user root (id 0)") == true)
        #expect(threats.sentences(now: Self.time(700)).count == 1)
    }

    @Test mutating func aNameIsOneLineOfBoundedLength() throws {
        let name = "evil\u{1b}[2J\n" + String(repeating: "x", count: 1000)
        let sentence = try #require(note(.other(5), at: 0, name: name)).sentence
        #expect(!sentence.contains("\u{1b}") && !sentence.contains("\n") && sentence.count < 200)
    }

    @Test mutating func whatCannotBeLookedUpSaysWhy() throws {
        let telling = try #require(note(.unproven(.unanswered("the kernel said nothing")), at: 0))
        #expect(telling.sentence.contains("the kernel said nothing") && telling.sentence.contains("AF_NETLINK"))
        let gone = try #require(note(.unproven(.closed), at: 0))
        #expect(gone.sentence.contains("had gone") && !gone.sentence.contains("root"))
        #expect(note(.unproven(.missing), at: 1) == nil, "the same as closed")
    }
}

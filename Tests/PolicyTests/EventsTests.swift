import Policy
import Protocols
import Testing

/// Events as lines, and what makes them.
@Suite struct EventsTests {
    static let time = StatusSamples.time

    @Test(arguments: [
        (
            StatusEvent.started(version: "0.1.0", at: time), "xmr-routed 0.1.0 started",
            #"{"time":"2026-01-02T03:04:05Z","kind":"started","sentence":"xmr-routed 0.1.0 started","fields":{"version":"0.1.0"}}"#
        ),
        (
            .refused(.banned, count: 12, at: time), "12 connections refused: banned: the ban list names the address",
            #"{"time":"2026-01-02T03:04:05Z","kind":"refused","sentence":"12 connections refused: banned: the ban list names the address","fields":{"reason":"banned","count":12}}"#
        ),
        (
            .refused(.exitRefused, count: 3, ports: [SharedPort(18080), nil], at: time),
            "3 connections refused: exit-refused: exits do not allow port 18080 and uncommon ones",
            #"{"time":"2026-01-02T03:04:05Z","kind":"refused","sentence":"3 connections refused: exit-refused: exits do not allow port 18080 and uncommon ones","fields":{"reason":"exit-refused","count":3,"ports":[18080]}}"#
        ),
        (
            .stalled(count: 1, at: time),
            "1 connection cut: stalled: the node had asked for blocks and nothing came; a new one takes a fresh circuit",
            #"{"time":"2026-01-02T03:04:05Z","kind":"stalled","sentence":"1 connection cut: stalled: the node had asked for blocks and nothing came; a new one takes a fresh circuit","fields":{"cut":1}}"#
        ),
        (
            .reloaded(at: time), "the new configuration is in force",
            #"{"time":"2026-01-02T03:04:05Z","kind":"reloaded","sentence":"the new configuration is in force","fields":{}}"#
        ),
    ])
    func lines(event: StatusEvent, sentence: String, json: String) throws {
        #expect(String(decoding: event.line(), as: UTF8.self) == json + "\n")
        #expect(event.humanLine.hasPrefix("2026-01-02T03:04:05Z  \(event.kind.rawValue)"))
        #expect(event.humanLine.hasSuffix("  " + sentence))
    }

    static let kinds: [StatusEvent] = [
        .started(version: "1", at: time), .reloaded(at: time), .reloadRefused("a.toml:1:2: no", at: time),
        .listenerPaused("node.proxy", "the descriptor limit is reached", at: time),
        .listenerResumed("node.proxy", at: time), .refused(.blocked, count: 1, at: time), .stallsLeft(at: time),
        StatusEvent(time: time, kind: StatusEvent.Kind(rawValue: "of a newer daemon"), sentence: "x\n\"\u{1b}[2J"),
    ]

    @Test(arguments: kinds)
    func decodingGivesWhatWasEncoded(event: StatusEvent) throws {
        let line = event.line()
        #expect(line.last == 0x0a && !line.dropLast().contains(0x0a), "one event is one line")
        #expect(try StatusEvent(decoding: JSONValue(reading: line.span)) == event)
        #expect(!event.humanLine.unicodeScalars.contains { $0.drivesTerminals })
    }

    @Test(arguments: ["time", "kind", "sentence", "fields"])
    func anEventThatLacksAKeyIsRefused(key: String) throws {
        var object = try #require(StatusEvent.reloaded(at: Self.time).encode().asObject)
        object[key] = .bool(true)
        #expect(throws: DocumentFailure.self) { try StatusEvent(decoding: .object(object)) }
        object[key] = nil
        let failure = #expect(throws: DocumentFailure.self) { try StatusEvent(decoding: .object(object)) }
        #expect(failure?.description == "\(key) is missing")
    }

    @Test func changesOfADocument() {
        func document(_ lock: StatusFacts.Lock, _ egress: [EgressStatus]) -> StatusDocument {
            StatusSamples.document(
                facts: StatusFacts(
                    lock: lock, guardProof: .enforcing(Self.time), egress: egress, routed: ["tor"]))
        }
        func changes(_ before: StatusDocument, _ after: StatusDocument) -> [String] {
            StatusEvent.changes(from: before, to: after, at: Self.time).map { "\($0.kind.rawValue): \($0.sentence)" }
        }
        let ready = document(.unlocked, [StatusSamples.tor])
        let locked = document(.byOperator, [StatusSamples.tor])
        #expect(changes(ready, ready).isEmpty)
        #expect(
            changes(ready, locked) == [
                "locked: locked: nothing passes the router",
                "state: protected became blocked: locked by the operator",
            ])
        #expect(
            changes(locked, ready) == [
                "unlocked: unlocked",
                "state: blocked became protected: the guard is enforcing and every egress is ready: tor",
            ])
        #expect(
            changes(
                document(.unlocked, [StatusSamples.starting]),
                document(.unlocked, [StatusSamples.tor, StatusSamples.work]))
                == [
                    "state: blocked became degraded: not ready: proxy.work: the proxy refused our credentials; "
                        + "the rest is protected",
                    "egress: tor is ready: bootstrapped 100 %",
                    "egress: proxy.work is failing: the proxy refused our credentials",
                ])
        #expect(
            changes(document(.unlocked, [StatusSamples.tor, StatusSamples.work]), ready).last
                == "egress: proxy.work is no longer configured")
        var counted = ready
        counted.uptimeSeconds = 99
        counted.listeners = StatusSamples.full.listeners
        #expect(changes(ready, counted).isEmpty, "counts are no events")
    }

    /// A service is told of by its name, and its address to nobody who keeps the log.
    @Test func aServiceThatIsPublishedIsAnEvent() {
        func changes(_ before: [InboundStatus], _ after: [InboundStatus]) -> [StatusEvent] {
            var (old, new) = (StatusSamples.full, StatusSamples.full)
            (old.inbound, new.inbound) = (before, after)
            return StatusEvent.changes(from: old, to: new, at: Self.time)
        }
        func service(_ published: Bool?, detail: String? = nil, open: UInt64? = nil) -> InboundStatus {
            InboundStatus(
                name: "tor.p2p", address: StatusSamples.onion, published: published, detail: detail, open: open)
        }
        let published = changes([service(false)], [service(true)])
        #expect(published.map(\.sentence) == ["tor.p2p is published"] && published.first?.kind == .inbound)
        #expect(changes([service(true)], [service(nil)]).map(\.sentence) == ["tor.p2p is not published"])
        #expect(changes([], [service(true)]).count == 1)
        #expect(changes([], [service(false)]).isEmpty && changes([service(nil)], [service(false)]).isEmpty)
        #expect(changes([service(true)], [service(true, detail: "x", open: 9)]).isEmpty)
        #expect(!published.contains { $0.line().contains(Array(StatusSamples.onion.utf8)) })
    }

    @Test(arguments: [0, 1, 99, 100, 101, 250])
    func theHistoryKeepsTheLast(count: Int) {
        var history = EventHistory()
        for index in 0..<count { history.append(.refused(.banned, count: UInt64(index), at: Self.time)) }
        let kept = history.events.map { $0.fields["count"] }
        #expect(kept == (max(0, count - 100)..<count).map { JSONValue.integer(UInt64($0)) })
    }
}

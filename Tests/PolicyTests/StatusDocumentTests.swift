import Policy
import Protocols
import Testing

/// The status document: schema 1 to the key, there and back.
@Suite struct StatusDocumentTests {
    @Test func everyKeyIsThere() throws {
        let text = String(decoding: StatusSamples.full.encode().encoded(), as: UTF8.self)
        #expect(
            text == """
                {"schema":1,"version":"0.1.0","state":"protected",\
                "reason":"the guard is enforcing and every egress is ready: tor, i2p","uptime_seconds":12.5,\
                "kill_switch":{"locked":false,"guard":{"state":"enforcing","proven_at":"2026-01-02T03:04:05Z"},\
                "stopped":[{"protocol":"udp","port":53,"packets":7},{"protocol":"udp","port":123,"packets":1},\
                {"protocol":"icmp","port":null,"packets":1}]},\
                "egress":[{"name":"tor","kind":"tor","state":"ready","detail":"bootstrapped 100 %"},\
                {"name":"i2p","kind":"i2p","state":"ready","detail":"tunnels are up"}],\
                "listeners":[{"name":"node.proxy","address":"127.0.0.1:18950","open":3,"accepted":40,\
                "refused":{"banned":12,"handshake-timeout":0,"no-route":2},\
                "bytes_up":1234567,"bytes_down":98765432109},\
                {"name":"node.tor-proxy","address":"127.0.0.1:18951","open":0,"accepted":0,"refused":{},\
                "bytes_up":0,"bytes_down":0},\
                {"name":"wallet.0","address":"127.0.0.1:18989","open":null,"accepted":null,"refused":{},\
                "bytes_up":null,"bytes_down":null}],\
                "inbound":[{"name":"tor.p2p","address":"\(StatusSamples.onion)","published":true,"detail":null,"open":3},\
                {"name":"i2p.p2p","address":null,"published":null,"detail":"waits for i2p: tunnels are built","open":null}],\
                "wallet":{"quorum_height":3500000,"nodes":[\
                {"name":"wallet.0.node.0","kind":"loopback","state":"ready","height":3500000,"latency_ms":2},\
                {"name":"wallet.0.node.1","kind":"onion","state":"down","height":null,"latency_ms":null}]},\
                "threats":["two nodes of wallet.0 differ at height 3499990: one of them is wrong"]}
                """)
    }

    static let samples: [StatusDocument] = [
        StatusSamples.full,
        StatusDocument(
            version: "", state: .blocked, reason: "", uptimeSeconds: nil,
            killSwitch: KillSwitchStatus(locked: true, guardStatus: GuardStatus(state: .unproven))),
        StatusDocument(
            version: "9.9.9-é\"\\\n", state: .unguarded, reason: "\u{1f600}", uptimeSeconds: 1.0 / 3,
            killSwitch: KillSwitchStatus(locked: false, guardStatus: GuardStatus(state: .off)),
            egress: Readiness.allCases.map { StatusSamples.egress("proxy.\($0)", $0, "\u{0}") },
            listeners: [
                ListenerStatus(
                    name: "node.proxy", address: "[::1]:1", open: .max, accepted: .max, refused: ["": .max, "x": 0],
                    bytesUp: .max, bytesDown: 0)
            ], inbound: [InboundStatus(name: "tor.rpc", address: "", published: false, detail: "\n")]),
    ]

    @Test(arguments: samples)
    func decodingGivesWhatWasEncoded(document: StatusDocument) throws {
        let bytes = document.encode().encoded()
        #expect(try StatusDocument(decoding: JSONValue(reading: bytes.span)) == document)
        let pretty = document.encode().encodedForReading()
        #expect(try StatusDocument(decoding: JSONValue(reading: pretty.span)) == document)
    }

    /// Every key of the schema, one at a time taken away or given a wrong type.
    @Test func aDocumentThatLacksAnythingIsRefused() throws {
        let whole = StatusSamples.full.encode()
        let places = Self.places(of: whole).filter { $0.last?.hasPrefix("refused/") != true }
        #expect(places.count > 60)
        for place in places {
            let isReason = place.count > 1 && ["refused", "failures"].contains(place[place.count - 2])
            if !place[place.count - 1].hasPrefix("#"), !isReason {
                let failure = #expect(throws: DocumentFailure.self, "\(place)") {
                    try StatusDocument(decoding: Self.changing(whole, at: place, to: nil))
                }
                #expect(failure?.description.hasSuffix("\(place[place.count - 1]) is missing") == true)
            }
            let failure = #expect(throws: DocumentFailure.self, "\(place)") {
                try StatusDocument(decoding: Self.changing(whole, at: place, to: .array([.bool(true)])))
            }
            #expect(failure?.description.contains(" must be ") == true)
        }
    }

    @Test func aNewerDaemonsFurtherKeysArePassedOver() throws {
        var whole = try #require(StatusSamples.full.encode().asObject)
        whole["moon"] = .string("full")
        var killSwitch = try #require(whole["kill_switch"]?.asObject)
        killSwitch["colour"] = .null
        whole["kill_switch"] = .object(killSwitch)
        #expect(try StatusDocument(decoding: .object(whole)) == StatusSamples.full)
    }

    @Test func anotherSchemaIsSaidBeforeAnythingElse() {
        let failure = #expect(throws: DocumentFailure.self) {
            try StatusDocument(decoding: .object(["schema": .integer(2)]))
        }
        #expect(
            failure?.description
                == "the daemon speaks status schema 2 and this program 1: use a program and a daemon of one version")
    }

    @Test(arguments: [
        ("state", JSONValue.string("safe"), "state must be one of \"protected\", \"degraded\", \"blocked\", "),
        ("schema", .string("1"), "schema must be a whole number up to 18446744073709551615, not text"),
        ("listeners", .array([.null]), "listeners[0] must be an object, not null"),
        ("threats", .array([.string(""), .integer(1)]), "threats[1] must be text, not a number"),
        ("kill_switch", .object(["locked": .bool(true)]), "kill_switch.guard is missing"),
    ])
    func aRefusalNamesTheKey(key: String, value: JSONValue, sentence: String) throws {
        var whole = try #require(StatusSamples.full.encode().asObject)
        whole[key] = value
        let failure = #expect(throws: DocumentFailure.self) { try StatusDocument(decoding: .object(whole)) }
        #expect(failure?.description.hasPrefix(sentence) == true, "\(failure?.description ?? "")")
    }

    @Test(arguments: [JSONValue.integer(-1), .integer(65536), .number(JSONNumber(text: "53.0") ?? JSONNumber(0))])
    func aPortThatIsNoneIsRefused(port: JSONValue) {
        let changed = Self.changing(
            StatusSamples.full.encode(), at: ["kill_switch", "stopped", "#0", "port"], to: port)
        #expect(throws: DocumentFailure.self) { try StatusDocument(decoding: changed) }
    }

    /// What a wallet's listener counts says when money moved, whoever filled it in.
    @Test func aWalletsListenerHasNoCounts() throws {
        var document = StatusSamples.full
        document.listeners = [
            ListenerStatus(
                name: "wallet.1", address: "127.0.0.1:1", open: 1, accepted: 22, refused: ["sendrawtransaction": 333],
                bytesUp: 4444, bytesDown: 55555)
        ]
        let text = String(decoding: document.encode().encoded(), as: UTF8.self)
        #expect(
            text.contains(
                #"{"name":"wallet.1","address":"127.0.0.1:1","open":null,"accepted":null,"refused":{},"#
                    + #""bytes_up":null,"bytes_down":null}"#))
        #expect(!StatusScreen.render(document, palette: .plain).contains("22 accepted"))
        #expect(!StatusMetrics.render(document).contains("wallet.1"))
    }

    // A place in a document: keys, and "#0" for the first element of a list.
    private static func places(of value: JSONValue, at place: [String] = []) -> [[String]] {
        var inner: [([String], JSONValue)] = []
        for member in value.asObject?.members ?? [] { inner.append((place + [member.key], member.value)) }
        for (index, element) in (value.asArray ?? []).enumerated() { inner.append((place + ["#\(index)"], element)) }
        return inner.flatMap { place, value in [place] + places(of: value, at: place) }
    }

    private static func changing(_ value: JSONValue, at place: [String], to new: JSONValue?) -> JSONValue {
        guard let first = place.first else { return new ?? .null }
        if var elements = value.asArray, let index = Int(first.dropFirst()) {
            elements[index] = changing(elements[index], at: Array(place.dropFirst()), to: new)
            return .array(elements)
        }
        guard var object = value.asObject, let old = object[first] else { return value }
        object[first] = place.count == 1 ? new : changing(old, at: Array(place.dropFirst()), to: new)
        return .object(object)
    }
}

import Protocols
import Testing

/// Onion services over the control connection: what is asked of Tor, and what follows from each answer.
@Suite struct TorOnionTests {
    private static let id = "vww6ybal4bd7szmgncyruucpgfkqahzddi37ktceo3ah7ngmcopnpyyd"
    private static let other = "duckduckgogg42xjoc72x3sjasowoarfbgcmvfimaftt6twagswzczad"
    private static let keyText = "ED25519-V3:" + String(repeating: "Ab+/", count: 21) + "0Q=="
    private static let directory = "$675133260718F2F256CC88D9F7965F24131271E0~relay1"
    private static var key: TorOnionKey? { TorOnionKey(keyText.utf8) }
    private static let onion = id + ".onion"

    private static func request(
        _ name: String = "tor.p2p", key: TorOnionKey? = nil, target: Endpoint = .unix("/run/x/p2p"),
        clients: [[UInt8]] = [], asksForWork: Bool = true
    ) -> TorOnionRequest {
        TorOnionRequest(
            name: name, key: key, port: 18084, target: target, clients: clients, asksForWork: asksForWork)
    }

    /// A conversation with a Tor that has said as whom it runs.
    private func open(user: String = "250-process/uid=107") -> TorControlReplay {
        var replay = TorControlReplay.ready()
        replay.serveOnions()
        replay.receive("250 OK", user, "250 OK")
        return replay
    }

    /// The same, with a service that stands.
    private func standing() -> TorControlReplay {
        var replay = open()
        replay.publish(Self.request(key: Self.key))
        replay.receive("250-ServiceID=\(Self.id)", "250 OK")
        return replay
    }

    @Test func descriptorsAreAskedForOnlyByWhoPublishes() {
        let without = TorControlReplay.ready()
        #expect(!without.sent.contains { $0.contains("HS_DESC") || $0.contains("process/uid") })
        let replay = open()
        #expect(
            replay.sent.suffix(2) == [
                "> SETEVENTS STATUS_CLIENT STATUS_GENERAL NETWORK_LIVENESS ORCONN STREAM HS_DESC",
                "> GETINFO process/uid",
            ])
        #expect(replay.onions == [.open(user: 107)])
    }

    /// Who is told before Tor has let us in asks as soon as it has.
    @Test func itMayBeToldBeforeTheLogin() {
        var replay = TorControlReplay.asked()
        replay.serveOnions()
        replay.publish(Self.request())
        #expect(replay.onions.isEmpty && !replay.sent.contains { $0.contains("ADD_ONION") })
        replay.receive(
            "250 AUTHCHALLENGE SERVERHASH=\(TorControlReplay.hash) SERVERNONCE=\(TorControlReplay.hash)", "250 OK",
            "250 OK")
        replay.answerPoll()
        replay.receive("250 OK", "250-process/uid=0", "250 OK")
        #expect(replay.onions == [.open(user: 0)])
        #expect(replay.client.state.readiness == .ready)
    }

    @Test(arguments: [
        ["250-process/uid=-1", "250 OK"], ["250-process/uid=", "250 OK"], ["250-process/uid=4294967296", "250 OK"],
        ["552 Unrecognized key \"process/uid\""], ["250 OK"],
    ])
    func aTorThatDoesNotSayItsUserIsOpenWithoutOne(answer: [String]) {
        var replay = TorControlReplay.ready()
        replay.serveOnions()
        replay.receive("250 OK")
        for line in answer { replay.receive(line) }
        #expect(replay.onions == [.open(user: nil)])
    }

    @Test func whatIsAskedForANewKey() {
        var replay = open()
        replay.publish(Self.request())
        #expect(
            replay.sent.last
                == "> ADD_ONION NEW:ED25519-V3 MaxStreams=32 PoWDefensesEnabled=1 Port=18084,unix:/run/x/p2p")
    }

    @Test func whatIsAskedForAKeyThatIsKept() {
        var replay = open()
        let target = Endpoint.tcp(.v4(IPv4Address(127, 0, 0, 1)), port: 41234)
        let clients = [[UInt8](repeating: 0, count: 32), [UInt8](repeating: 255, count: 32)]
        replay.publish(
            Self.request("tor.rpc", key: Self.key, target: target, clients: clients, asksForWork: false))
        let keys = ["\(String(repeating: "A", count: 52))", "\(String(repeating: "7", count: 51))Q"]
        #expect(
            replay.sent.last
                == "> ADD_ONION \(Self.keyText) Flags=V3Auth MaxStreams=32 Port=18084,127.0.0.1:41234"
                + " ClientAuthV3=\(keys[0]) ClientAuthV3=\(keys[1])")
    }

    @Test func aNewServiceComesWithItsKey() {
        var replay = open()
        replay.publish(Self.request())
        replay.receive("250-ServiceID=\(Self.id)", "250-PrivateKey=\(Self.keyText)", "250 OK")
        #expect(
            replay.onions.last == .added(name: "tor.p2p", address: Self.onion, newKey: Self.key) && Self.key != nil)
        #expect(replay.closed.isEmpty)
    }

    /// The key that Tor echoes of one that it was given is not taken for a new one.
    @Test func aKeptKeyIsNotNew() {
        var replay = open()
        replay.publish(Self.request(key: Self.key))
        replay.receive(
            "250-ServiceID=\(Self.id)", "250-ClientAuthV3=\(String(repeating: "A", count: 52))", "250 OK")
        #expect(replay.onions.last == .added(name: "tor.p2p", address: Self.onion, newKey: nil))
    }

    @Test(arguments: [
        ["250 OK"], ["250-ServiceID=", "250 OK"], ["250-ServiceID=\(id.dropLast())", "250 OK"],
        ["250-ServiceID=\(id.dropLast())a", "250 OK"], ["250-ServiceID=\(id.dropLast(2))..d", "250 OK"],
        ["250-ServiceID=x.\(id.dropFirst(2))", "250 OK"],
        ["250-ServiceID=\(id)", "250 OK"], ["250-ServiceID=\(id)", "250-PrivateKey=ED25519-V3:AAAA", "250 OK"],
        ["250-ServiceID=\(id)", "250-PrivateKey=\(keyText)A", "250 OK"],
    ])
    func anAnswerThatIsNoneEndsTheConnection(answer: [String]) {
        var replay = open()
        replay.publish(Self.request())
        for line in answer { replay.receive(line) }
        #expect(replay.closed.count == 1)
        #expect(replay.onions.last == .closed)
        #expect(!replay.client.state.detail.contains("ED25519"))
    }

    @Test(arguments: [
        (512, "Bad arguments to ADD_ONION: Unrecognized keyword argument \"PoWDefensesEnabled\"", false),
        (513, "Invalid key type", false), (550, "Onion address collision", true), (551, "Failed to add", false),
    ])
    func aRefusalIsTold(code: Int, words: String, isCollision: Bool) {
        var replay = open()
        replay.publish(Self.request())
        replay.receive("\(code) \(words)")
        guard case .refused("tor.p2p", let refusal) = replay.onions.last else {
            Issue.record("not refused")
            return
        }
        #expect(refusal.code == code && refusal.sentence == words && refusal.isCollision == isCollision)
        #expect(replay.closed.isEmpty)
    }

    @Test(arguments: ["250 OK", "552 Unknown Onion Service id"])
    func aServiceIsTakenDown(answer: String) {
        var replay = standing()
        replay.unpublish(Self.onion)
        #expect(replay.sent.last == "> DEL_ONION \(Self.id)")
        replay.receive(answer)
        #expect(replay.onions.last == .deleted(address: Self.onion))
        // There is nothing to take down any more.
        let count = replay.sent.count
        replay.unpublish(Self.onion)
        #expect(replay.sent.count == count)
    }

    /// A service that Tor does not take down ends with the connection.
    @Test func aServiceThatStaysEndsTheConnection() {
        var replay = standing()
        replay.unpublish(Self.onion)
        replay.receive("512 Malformed Onion Service id")
        #expect(replay.closed == [.unsupported("Malformed Onion Service id")])
        #expect(replay.onions.last == .closed)
    }

    @Test func theEndOfTheConnectionIsTheServices() {
        var replay = standing()
        replay.close()
        #expect(replay.onions.last == .closed)
        var without = TorControlReplay.ready()
        without.close()
        #expect(without.onions.isEmpty)
    }

    @Test func descriptorsOfOursAreTold() {
        var replay = standing()
        replay.receive(
            "650 HS_DESC CREATED \(Self.id) UNKNOWN UNKNOWN abc REPLICA=0",
            "650 HS_DESC UPLOAD \(Self.id) UNKNOWN \(Self.directory) abc HSDIR_INDEX=00",
            "650 HS_DESC UPLOADED \(Self.id) UNKNOWN \(Self.directory)",
            "650 HS_DESC FAILED \(Self.id) UNKNOWN \(Self.directory) REASON=UPLOAD_REJECTED",
            "650 HS_DESC UPLOADED \(Self.id) UNKNOWN $675133260718F2F256CC88D9F7965F24131271E0=relay1")
        let directory = "675133260718F2F256CC88D9F7965F24131271E0"
        #expect(
            replay.onions.suffix(3) == [
                .descriptor(.init(address: Self.onion, status: .uploaded, directory: directory)),
                .descriptor(.init(address: Self.onion, status: .failed, directory: directory)),
                .descriptor(.init(address: Self.onion, status: .uploaded, directory: directory)),
            ])
    }

    /// A Tor tells of every program's look-ups: of those nothing is kept.
    @Test func descriptorsOfOthersAreNot() {
        var replay = standing()
        let count = replay.onions.count
        replay.receive(
            "650 HS_DESC UPLOADED \(Self.other) UNKNOWN \(Self.directory)",
            "650 HS_DESC FAILED \(Self.other) NO_AUTH \(Self.directory) abc REASON=NOT_FOUND",
            "650 HS_DESC UPLOADED \(Self.id) UNKNOWN",
            "650 HS_DESC UPLOADED \(Self.id) UNKNOWN \(Self.directory.prefix(20))",
            "650 HS_DESC UPLOADED \(Self.id) UNKNOWN #\(Self.directory.dropFirst())", "650 HS_DESC",
            "650 HS_DESC UPLOADED")
        #expect(replay.onions.count == count && replay.closed.isEmpty)
        replay.unpublish(Self.onion)
        replay.receive("250 OK", "650 HS_DESC UPLOADED \(Self.id) UNKNOWN \(Self.directory)")
        #expect(replay.onions.last == .deleted(address: Self.onion))
    }

    @Test func aKeyIsReadStrictly() {
        #expect(Self.key?.text == Self.keyText)
        let bad = [
            "", "ED25519-V3:", Self.keyText + "A", String(Self.keyText.dropLast()),
            Self.keyText.replacing("0Q==", with: "0R=="), Self.keyText.replacing("0Q==", with: "0Q=A"),
            Self.keyText.replacing("Ab+/", with: "Ab-_"), Self.keyText.replacing("ED25519", with: "RSA1024"),
        ]
        for text in bad { #expect(TorOnionKey(text.utf8) == nil, "\(text)") }
    }

    @Test func aKeyIsNotShown() throws {
        let key = try #require(Self.key)
        var text = ""
        dump(key, to: &text)
        dump(TorOnionEvent.added(name: "x", address: Self.onion, newKey: key), to: &text)
        text += "\(key) \(String(reflecting: key)) \(TorOnionEvent.added(name: "x", address: "y", newKey: key))"
        text += "\(Self.request(key: key))"
        #expect(!text.contains("Ab+/"))
    }

    @Test(arguments: [
        ("/var/lib/xmr-routed/tor/p2p", true), ("/home/a b/p2p", false), ("/x\"y", false), ("/x\\y", false),
        ("/x,y", false), ("/x'y", false), ("/ü", false),
    ])
    func aPathThatTheCommandCannotCarryIsKnown(path: String, canBeNamed: Bool) {
        #expect(TorOnionRequest.canName(.unix(path)) == canBeNamed)
    }
}

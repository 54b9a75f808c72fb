import Protocols
import TLS
import Testing

/// A session's life: split anywhere, ended in order or not, and with somebody who speaks something else.
@Suite struct TLSSessionTests {
    private func pair(name: String? = "node.example") throws -> (Identities, Conversation) {
        let identities = try Identities()
        let server = try identities.make("node", for: "DNS:node.example")
        let client = TLSContext(client: .fingerprint(server.fingerprint))
        return (identities, try Conversation(client, server.server, name: name))
    }

    @Test(arguments: [1, 2, 3, 5, 7, 100, 1000]) func splitAnywhere(_ step: Int) throws {
        let (_, conversation) = try pair()
        conversation.step = step
        conversation.settle()
        try #require(conversation.client.isEstablished && conversation.server.isEstablished)
        let request = (0..<40_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        let answer = (0..<100_000).map { UInt8(truncatingIfNeeded: $0 &* 11) }
        try conversation.client.send(request.span)
        try conversation.server.send(answer.span)
        conversation.settle()
        #expect(conversation.atServer == request)
        #expect(conversation.atClient == answer)
    }

    /// The application's bytes may come in one read with the end of the handshake.
    @Test func bytesRightBehindTheHandshake() throws {
        let (_, conversation) = try pair()
        try conversation.server.receive(conversation.client.takeOutgoing().span) { _ in }
        try conversation.client.receive(conversation.server.takeOutgoing().span) { _ in }
        try #require(conversation.client.isEstablished && !conversation.server.isEstablished)
        try conversation.client.send("at once")
        var got: [UInt8] = []
        try conversation.server.receive(conversation.client.takeOutgoing().span) { plaintext in
            #expect(conversation.server.isEstablished)
            got += array(plaintext)
        }
        #expect(got == Array("at once".utf8))
    }

    @Test func theEndIsSaid() throws {
        let (_, conversation) = try pair()
        conversation.settle()
        try conversation.server.send("last")
        conversation.server.close()
        #expect(conversation.client.connectionEnded() == .truncated)
        conversation.settle()
        #expect(conversation.atClient == Array("last".utf8))
        #expect(conversation.client.hasEnded)
        #expect(conversation.client.connectionEnded() == nil)
        #expect(throws: TLSFailure.notOpen) { try conversation.server.send("more") }
    }

    /// A connection that ends without the word for it may have lost something, wherever it was cut.
    @Test func aCutIsToldApart() throws {
        let (_, conversation) = try pair()
        #expect(conversation.client.connectionEnded() == .closedInHandshake)
        conversation.settle()
        try conversation.server.send("a long answer")
        let record = conversation.server.takeOutgoing()
        for count in 0...record.count {
            #expect(conversation.client.connectionEnded() == .truncated, "cut after \(count) bytes")
            guard count < record.count else { break }
            try conversation.client.receive([record[count]].span) { _ in #expect(count == record.count - 1) }
        }
        #expect(
            conversation.client.connectionEnded()?.sentence
                == "it cut the connection off without TLS's word for the end")
    }

    @Test func whatWasChangedIsRefused() throws {
        let (_, conversation) = try pair()
        conversation.settle()
        try conversation.server.send("an answer")
        var record = conversation.server.takeOutgoing()
        record[record.count / 2] ^= 1
        #expect(throws: TLSFailure.self) {
            try conversation.client.receive(record.span) { _ in Issue.record("a changed record was passed on") }
        }
        #expect(!conversation.client.isEstablished)
        #expect(throws: TLSFailure.self) { try conversation.client.send("more") }
        #expect(throws: TLSFailure.self) { try conversation.client.receive(record.span) { _ in } }
    }

    private static let oldServerHello: [UInt8] =
        [0x16, 3, 2, 0, 42, 2, 0, 0, 38, 3, 2] + [UInt8](repeating: 9, count: 32) + [0, 0xc0, 0x13, 0]

    @Test(arguments: [
        (Array("HTTP/1.1 400 Bad Request\r\n\r\n".utf8), TLSFailure.notTLS, "it speaks no TLS"),
        (Array("SSH-2.0-OpenSSH_9.2p1\r\n".utf8), .notTLS, "it speaks no TLS"),
        ([0x01, 0x21, 0x01, 0x01, 0x01, 0x01, 0x01, 0x01, 0x00], .notTLS, "it speaks no TLS"),
        // A server of TLS 1.1 answers with its own version, a newer one that has it switched on alone with an alert.
        (oldServerHello, .tooOld, "it speaks nothing newer than TLS 1.1"),
        ([0x15, 3, 2, 0, 2, 2, 70], .tooOld, "it speaks nothing newer than TLS 1.1"),
    ])
    func aServerOfAnotherKind(_ answer: [UInt8], _ failure: TLSFailure, _ sentence: String) throws {
        let (_, conversation) = try pair()
        #expect(throws: failure) { try conversation.client.receive(answer.span) { _ in } }
        #expect(failure.sentence == sentence)
    }

    @Test func anAlertIsNamed() throws {
        let (_, conversation) = try pair()
        do {
            try conversation.client.receive([0x15, 3, 3, 0, 2, 2, 40].span) { _ in }
            Issue.record("no failure")
        } catch {
            #expect(error.sentence.hasPrefix("it refused the TLS session: "), "\(error.sentence)")
        }
    }

    /// A client of TLS 1.1, and one that speaks HTTP to the TLS listener.
    @Test func aClientOfAnotherKind() throws {
        let old: [UInt8] =
            [0x16, 3, 1, 0, 47, 1, 0, 0, 43, 3, 2] + [UInt8](repeating: 9, count: 32) + [0, 0, 4, 0xc0, 0x13, 0, 0x2f]
            + [1, 0]
        let (identities, one) = try pair()
        #expect(throws: TLSFailure.tooOld) { try one.server.receive(old.span) { _ in } }
        let two = try TLSSession(
            TLSContext(certificate: identities.directory + "/node.pem", key: identities.directory + "/node.key"))
        #expect(throws: TLSFailure.notTLS) { try two.receive(Array("GET / HTTP/1.1\r\n\r\n".utf8).span) { _ in } }
    }

    /// Bytes that nobody asked for, of any kind, end in a failure and not in a crash.
    @Test func garbage() throws {
        let (_, conversation) = try pair()
        var state: UInt64 = 1
        for _ in 0..<300 {
            let session = try TLSSession(TLSContext(client: .fingerprint([UInt8](repeating: 0, count: 32))))
            try session.start()
            var bytes: [UInt8] = []
            for _ in 0..<200 {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                bytes.append(UInt8(truncatingIfNeeded: state >> 33))
            }
            if state & 1 == 0 { bytes.replaceSubrange(0..<3, with: [0x16, 3, 3]) }
            do throws(TLSFailure) {
                try session.receive(bytes.span) { _ in Issue.record("garbage was passed on") }
            } catch { continue }
            #expect(session.connectionEnded() == .closedInHandshake)
        }
        conversation.settle()
        #expect(conversation.client.isEstablished, "what one session fails with is of no concern to another")
    }

    /// A name goes in clear, so a number must not: it would be none.
    @Test func onlyNamesAreSaid() throws {
        func greeting(_ name: String?) throws -> [UInt8] {
            let session = try TLSSession(
                TLSContext(client: .fingerprint([UInt8](repeating: 0, count: 32))),
                serverName: name.map { try Host(name: Array($0.utf8)) })
            try session.start()
            return session.takeOutgoing()
        }
        let onion = String(repeating: "a", count: 55) + "d.onion"
        #expect(try greeting("node.example").contains("node.example"))
        #expect(try greeting(onion).contains(onion))
        let plain = try greeting(nil)
        for number in ["192.0.2.1", "2001:db8::1"] {
            let bytes = try greeting(number)
            #expect(bytes.count == plain.count && !bytes.contains(number))
        }
        // No ticket, no protocol's name: nothing by which one wallet's greeting differs from another's.
        let types = extensions(of: plain)
        #expect(types.count > 5)
        #expect(!types.contains(35) && !types.contains(16) && !types.contains(41) && !types.contains(0))
        #expect(extensions(of: try greeting(nil)) == types)
    }

    /// The server gives no ticket, by which it would know its client again.
    @Test func noTicketIsGiven() throws {
        let (_, conversation) = try pair()
        conversation.settle()
        #expect(conversation.server.isEstablished && conversation.server.takeOutgoing().isEmpty)
        try conversation.server.send("x")
        #expect(conversation.server.takeOutgoing().count < 100)
    }

    /// A handler that ends the session in the middle of a read hears nothing more of it.
    @Test func aHandlerMayEndIt() throws {
        let (_, conversation) = try pair()
        conversation.settle()
        for _ in 0..<5 { try conversation.server.send([UInt8](repeating: 1, count: 1000).span) }
        var calls = 0
        try conversation.client.receive(conversation.server.takeOutgoing().span) { _ in
            calls += 1
            conversation.client.close()
        }
        #expect(calls == 1)
    }
}

extension [UInt8] {
    fileprivate func contains(_ text: String) -> Bool {
        let wanted = Array(text.utf8)
        return indices.contains { self[$0...].starts(with: wanted) }
    }
}

/// The types of a greeting's extensions, in order (RFC 8446 section 4.1.2).
private func extensions(of hello: [UInt8]) -> [Int] {
    func number(_ at: Int) -> Int { at + 1 < hello.count ? Int(hello[at]) << 8 | Int(hello[at + 1]) : 0 }
    var at = 5 + 4 + 2 + 32
    guard at < hello.count else { return [] }
    at += 1 + Int(hello[at])
    at += 2 + number(at)
    guard at < hello.count else { return [] }
    at += 1 + Int(hello[at])
    at += 2
    var types: [Int] = []
    while at + 4 <= hello.count {
        types.append(number(at))
        at += 4 + number(at + 2)
    }
    return types
}

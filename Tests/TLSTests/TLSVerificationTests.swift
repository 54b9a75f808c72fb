import Protocols
import TLS
import Testing

/// Whom a client trusts, and what it has sent by the time that it does not.
@Suite struct TLSVerificationTests {
    private let secret = "the wallet's request"

    private func talk(
        _ trust: TLSContext.Trust, _ server: Identities.Identity, name: String?
    ) throws -> Conversation {
        let conversation = try Conversation(TLSContext(client: trust), server.server, name: name)
        conversation.settle()
        return conversation
    }

    private func expectRefusal(
        _ conversation: Conversation, _ expected: TLSFailure, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        #expect(conversation.clientFailure == expected, sourceLocation: sourceLocation)
        #expect(!conversation.client.isEstablished, sourceLocation: sourceLocation)
        #expect(throws: TLSFailure.self, sourceLocation: sourceLocation) { try conversation.client.send(secret) }
        conversation.settle()
        #expect(conversation.atServer.isEmpty, sourceLocation: sourceLocation)
        #expect(conversation.serverFailure != nil, "it was told by an alert", sourceLocation: sourceLocation)
    }

    /// Self-signed, expired and for another name: none of that counts where the fingerprint is right.
    @Test func theRightFingerprintIsEnough() throws {
        let identities = try Identities()
        let server = try identities.make("old", for: "DNS:else.example", days: -9...(-3))
        let conversation = try talk(.fingerprint(server.fingerprint), server, name: "node.example")
        #expect(conversation.clientFailure == nil && conversation.client.isEstablished)
        try conversation.client.send(secret)
        try conversation.server.send("answer")
        conversation.settle()
        #expect(conversation.atServer == Array(secret.utf8))
        #expect(conversation.atClient == Array("answer".utf8))
    }

    @Test func anotherFingerprintIsNamed() throws {
        let identities = try Identities()
        let server = try identities.make("node", for: "DNS:node.example")
        for index in [0, 31] {
            var wrong = server.fingerprint
            wrong[index] ^= 1
            let conversation = try talk(.fingerprint(wrong), server, name: "node.example")
            expectRefusal(conversation, .otherFingerprint(server.fingerprint))
            let digits = server.fingerprint.map { String(Int($0) + 256, radix: 16).dropFirst() }.joined()
            #expect(
                conversation.clientFailure?.sentence
                    == "its certificate has another fingerprint: sha256:\(digits)")
        }
    }

    /// A fingerprint that is cut short, or none at all, is never right.
    @Test(arguments: [0, 1, 31, 33]) func noFingerprintIsRightInPart(_ count: Int) throws {
        let identities = try Identities()
        let server = try identities.make("node", for: "DNS:node.example")
        let part = Array((server.fingerprint + server.fingerprint).prefix(count))
        let conversation = try talk(.fingerprint(part), server, name: "node.example")
        #expect(!conversation.client.isEstablished && conversation.clientFailure != nil)
    }

    @Test(arguments: [
        ("DNS:node.example", "node.example"), ("DNS:*.node.example", "a.node.example"), ("IP:192.0.2.1", "192.0.2.1"),
        ("IP:2001:db8::1", "2001:db8::1"),
    ])
    func anAuthoritySpeaksForTheName(_ certificate: String, _ name: String) throws {
        let identities = try Identities()
        let authority = try identities.make("authority", for: nil)
        let server = try identities.make("node", for: certificate, signedBy: "authority")
        let conversation = try talk(.authorities(file: authority.certificate), server, name: name)
        #expect(conversation.clientFailure == nil && conversation.client.isEstablished)
    }

    @Test(arguments: [
        ("DNS:node.example", "other.example"), ("DNS:node.example", "192.0.2.1"), ("IP:192.0.2.1", "192.0.2.2"),
        ("DNS:192.0.2.1", "192.0.2.1"), ("DNS:n*.example", "node.example"), ("DNS:*.example", "a.node.example"),
        ("IP:192.0.2.1", "node.example"),
    ])
    func anotherNameIsRefused(_ certificate: String, _ name: String) throws {
        let identities = try Identities()
        let authority = try identities.make("authority", for: nil)
        let server = try identities.make("node", for: certificate, signedBy: "authority")
        expectRefusal(try talk(.authorities(file: authority.certificate), server, name: name), .otherName)
    }

    @Test func datesCountWithAnAuthority() throws {
        let identities = try Identities()
        let authority = try identities.make("authority", for: nil, days: -20...20)
        let old = try identities.make("old", for: "DNS:node.example", days: -9...(-3), signedBy: "authority")
        let young = try identities.make("young", for: "DNS:node.example", days: 3...9, signedBy: "authority")
        let trust = TLSContext.Trust.authorities(file: authority.certificate)
        expectRefusal(try talk(trust, old, name: "node.example"), .expired)
        expectRefusal(try talk(trust, young, name: "node.example"), .notYetValid)
    }

    @Test func whomNobodyHasSignedIsRefused() throws {
        let identities = try Identities()
        let authority = try identities.make("authority", for: nil)
        let alone = try identities.make("alone", for: "DNS:node.example")
        expectRefusal(try talk(.authorities(file: authority.certificate), alone, name: "node.example"), .untrusted)
        expectRefusal(try talk(.systemAuthorities, alone, name: "node.example"), .untrusted)
        _ = try identities.make("stranger", for: nil)
        let other = try identities.make("other", for: "DNS:node.example", signedBy: "stranger")
        expectRefusal(try talk(.authorities(file: authority.certificate), other, name: "node.example"), .untrusted)
    }

    /// Without a name there is nothing that an authority could speak for.
    @Test func anAuthorityNeedsAName() throws {
        let context = TLSContext(client: .systemAuthorities)
        #expect(throws: TLSFailure.unavailable) { try TLSSession(context) }
    }

    @Test func filesThatWillNotDoAreNamed() throws {
        let identities = try Identities()
        let one = try identities.make("one", for: "DNS:one.example")
        let two = try identities.make("two", for: "DNS:two.example")
        let missing = identities.directory + "/none.pem"
        func problem(_ context: TLSContext) -> String? {
            do throws(TLSFailure) {
                try context.prepare()
                return nil
            } catch { return error.sentence }
        }
        #expect(problem(one.server) == nil)
        #expect(
            problem(TLSContext(client: .authorities(file: missing)))
                == "\(missing) holds no certificates that can be read")
        #expect(
            problem(TLSContext(certificate: missing, key: one.key))
                == "\(missing) holds no certificate that can be read")
        #expect(
            problem(TLSContext(certificate: one.certificate, key: missing))
                == "\(missing) holds no private key that can be read without a password")
        #expect(
            problem(TLSContext(certificate: one.certificate, key: two.key))
                == "\(two.key) is not the key of the certificate")
    }
}

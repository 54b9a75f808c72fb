import Policy
import Protocols
import Testing

/// What is said on guard.sock.
@Suite struct GuardMessagesTests {
    private func read(_ text: String) throws -> JSONValue { try JSONValue(reading: Array(text.utf8).span) }

    @Test func everyMessageReadsAsItWasWritten() throws {
        let heartbeat = GuardHeartbeat(
            problem: "gone", digest: "00", checkedAt: UTCTime(unixSeconds: 5), mode: .watched, router: 995, repairs: 2,
            users: [GuardHeartbeat.User(name: "monero", id: 107)])
        for message in [
            GuardMessage.heartbeat(heartbeat), .destroyed(sockets: 12, problem: nil),
            .destroyed(sockets: 0, problem: "no"), .refused("no"),
        ] {
            #expect(try GuardMessage(decoding: message.encode()) == message)
        }
        #expect(try GuardRequest(decoding: GuardRequest.destroy.encode()) == .destroy)
    }

    @Test func theyAreWrittenAsAgreed() {
        let line = String(decoding: GuardMessage.destroyed(sockets: 12, problem: nil).encode().encoded(), as: UTF8.self)
        #expect(line == #"{"kind":"destroyed","sockets":12,"problem":null}"#)
        #expect(String(decoding: GuardRequest.destroy.encode().encoded(), as: UTF8.self) == #"{"verb":"destroy"}"#)
    }

    @Test(arguments: [
        "{}", #"{"kind":"other"}"#, #"{"kind":"destroyed","sockets":-1,"problem":null}"#, #"{"kind":"refused"}"#, "[]",
    ])
    func anythingElseIsNone(_ text: String) throws {
        let value = try read(text)
        #expect(throws: DocumentFailure.self) { try GuardMessage(decoding: value) }
    }

    @Test(arguments: ["{}", #"{"verb":"unlock"}"#, #"{"verb":1}"#, "null"]) func thereIsOneVerb(_ text: String) throws {
        let value = try read(text)
        #expect(throws: DocumentFailure.self) { try GuardRequest(decoding: value) }
    }
}

import Policy
import Protocols
import Testing

@Suite struct GuardHeartbeatTests {
    static let sample = GuardHeartbeat(
        problem: nil, digest: String(repeating: "ab", count: 32),
        checkedAt: UTCTime(unixSeconds: 1_790_000_000), mode: .owned, router: 995, repairs: 2,
        users: [
            GuardHeartbeat.User(
                name: "monero", id: 107,
                canary: GuardHeartbeat.Canary(at: UTCTime(unixSeconds: 1), isProven: true, detail: "8 tries"),
                stopped: [
                    StoppedPackets(protocol: "udp", port: 53, packets: 7),
                    StoppedPackets(protocol: "icmp", port: nil, packets: 1, destination: "192.0.2.9"),
                ]),
            GuardHeartbeat.User(name: "p2pool", id: 108),
        ])

    @Test func roundTrip() throws {
        for heartbeat in [
            Self.sample,
            GuardHeartbeat(
                problem: "the table is gone", digest: "", checkedAt: UTCTime(unixSeconds: 0), mode: .watched,
                router: nil, repairs: .max, users: []),
        ] {
            let bytes = heartbeat.encode().encoded()
            let value = try JSONValue(reading: bytes.span)
            #expect(try GuardHeartbeat(decoding: value) == heartbeat)
        }
    }

    /// A key that says it is proven and a problem beside it: neither is believed.
    @Test func contradictionsAreRefused() throws {
        var object = try #require(Self.sample.encode().asObject)
        object["problem"] = .string("gone")
        #expect(throws: DocumentFailure.self) { try GuardHeartbeat(decoding: .object(object)) }
        object["problem"] = .null
        object["proven"] = .bool(false)
        #expect(throws: DocumentFailure.self) { try GuardHeartbeat(decoding: .object(object)) }
        object["proven"] = .bool(true)
        #expect(throws: Never.self) { try GuardHeartbeat(decoding: .object(object)) }
        object["kind"] = .string("destroyed")
        #expect(throws: DocumentFailure.self) { try GuardHeartbeat(decoding: .object(object)) }
    }
}

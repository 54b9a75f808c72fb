public import Protocols

extension I2PSession {
    /// Whose session it is.
    public enum Identity: Hashable, Sendable {
        /// That of streams that go out: a destination that ends with the session, and is nobody's the next time.
        case outbound
        /// That of our service, which has the same keys for ever.
        case service
    }

    /// What the driver is to do, in this order.
    public enum Effect: Hashable, Sendable {
        /// Connect to the bridge; then `connected`, or `cannotConnect`.
        case dial
        /// Send these bytes.
        case send([UInt8])
        /// Look for the service's keys; then `keysRead`, or `noKeys`.
        case readKeys
        /// Keep these keys for ever; then `keysAreKept`, or `noKeys`.
        case keep(I2PKeys)
        /// Send something to this address by another session of ours, as a peer would, and see it come; then `proved`,
        /// `notProved` or `proofPostponed`.
        case prove(String)
        /// Close the connection, if there is one.
        case hangUp
    }

    /// The times that it keeps.
    public enum Limits {
        /// For the connect to the bridge, which is on this machine.
        static let connect: Duration = .seconds(5)
        /// For its greeting, and for new keys.
        static let greeting: Duration = .seconds(10)
        /// For the session. A bridge answers once the tunnels stand, and says nothing before: 20 s in a small network, and
        /// never while its router is not connected. Asked anew, it would begin anew.
        static let creation: Duration = .seconds(300)
        /// After so long without tunnels a person should look after it.
        static let slowCreation: Duration = .seconds(90)
        /// Between two questions whether the bridge is there: a connection that nobody answers on looks like a good one.
        static let interval: Duration = .seconds(10)
        /// For the answer to that.
        static let answer: Duration = .seconds(5)
        /// Between two pauses before another attempt: the first, doubled up to the last.
        static let shortestPause: Duration = .milliseconds(250)
        static let longestPause: Duration = .seconds(5)
        /// How long our keys rest between two sessions. i2pd 2.49 to 2.61 says OK to keys that come back within 5 s, and
        /// then takes the destination away without a word: its timer of 5 s ends the old session by its keys (i2pd issue
        /// 2558). Newer ones say DUPLICATED_DEST meanwhile.
        public static let rest: Duration = .seconds(10)
        /// For the whole of a proof: a bridge looks for a lease set for 40 s.
        static let proof: Duration = .seconds(60)
        /// For its last part, from the stream that stands to the bytes that come.
        public static let arrival: Duration = .seconds(15)
        /// Before the first. The network may still tell of the leases of an earlier session, and who has heard of those
        /// sends to them until they end, ten minutes long: the one by whom we prove it had better ask later. i2pd tells the
        /// network within a second, and again each 5 s while nobody confirmed it; of four first proofs
        /// at 6 s two came to nothing in a small network.
        static let firstProof: Duration = .seconds(12)
        /// After so long without a first one a person should know.
        static let hearsay: Duration = .seconds(60)
        /// Before the next, where one came to nothing.
        static let proofPause: Duration = .seconds(3)
        /// After the first proof: late enough that an old session's timer would have done its harm.
        static let secondProof: Duration = .seconds(15)
        /// Between two of the later ones.
        static let proofInterval: Duration = .seconds(120)
        /// So long after it stood, or after the last proof, a session that nobody reaches is made anew.
        static let proofPatience: Duration = .seconds(300)
    }
}

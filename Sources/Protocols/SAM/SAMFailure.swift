/// What an I2P router's SAM bridge says where it does not do what it was asked: RESULT of a reply (SAM V3, "Return
/// values"). A bridge may say more in MESSAGE; that is for nobody here, since it may name a destination.
public enum SAMResult: String, Hashable, Sendable, CaseIterable {
    /// The peer is there by name, and cannot be reached.
    case cannotReachPeer = "CANT_REACH_PEER"
    /// There is no such peer.
    case peerNotFound = "PEER_NOT_FOUND"
    /// No lease set, or no address, is known for the name.
    case keyNotFound = "KEY_NOT_FOUND"
    /// The network has no lease set for the destination.
    case leaseSetNotFound = "LEASESET_NOT_FOUND"
    /// What was given as keys, as a destination or as a name is none.
    case invalidKey = "INVALID_KEY"
    /// It took too long.
    case timeout = "TIMEOUT"
    /// A session with the same keys stands, or ended a moment ago.
    case duplicatedDestination = "DUPLICATED_DEST"
    /// A session with the same name stands.
    case duplicatedID = "DUPLICATED_ID"
    /// There is no session of that name, or none any more.
    case invalidID = "INVALID_ID"
    /// The session takes one ACCEPT at a time.
    case alreadyAccepting = "ALREADY_ACCEPTING"
    /// No version of the protocol that both speak.
    case noVersion = "NOVERSION"
    /// The I2P router failed, and no other result says at what.
    case error = "I2P_ERROR"
}

/// Why a conversation with a SAM bridge came to nothing.
public enum SAMFailure: Error, Hashable, Sendable {
    /// The bridge's own answer.
    case refused(SAMResult)
    /// It answered with a RESULT that SAM does not have.
    case unknownResult
    /// What it sends is not SAM: its first byte.
    case notSAM(firstByte: UInt8)
    /// A line of SAM's that is malformed or too long.
    case malformed
    /// It answered something else than what it was asked, or before it was asked.
    case unexpected
    /// It speaks a version that we did not offer.
    case version
    /// The keys in its answer are none that we know how to keep.
    case badKeys
    /// Its session has another destination than the keys that it was given.
    case otherDestination
    /// The destination's name cannot be said in SAM.
    case unspeakableDestination
    /// It closed the connection.
    case closed

    /// Whether no other destination would fare better: the fault is the bridge's, or the session's.
    public var isAboutBridge: Bool {
        switch self {
        case .refused(let result):
            switch result {
            case .cannotReachPeer, .peerNotFound, .keyNotFound, .leaseSetNotFound, .invalidKey, .timeout: false
            case .duplicatedDestination, .duplicatedID, .invalidID, .alreadyAccepting, .noVersion, .error: true
            }
        case .unspeakableDestination: false
        case .unknownResult, .notSAM, .malformed, .unexpected, .version, .badKeys, .otherDestination, .closed: true
        }
    }

    /// What the client who asked for the connection is told.
    public var refusal: SocksRefusal {
        switch self {
        case .refused(.timeout): .expired
        case .refused(.cannotReachPeer), .refused(.peerNotFound), .refused(.keyNotFound), .refused(.leaseSetNotFound),
            .refused(.invalidKey), .unspeakableDestination:
            .hostUnreachable
        default: .generalFailure
        }
    }

    /// What it means for a person, without a full stop. It names no destination.
    public var sentence: String {
        switch self {
        case .refused(let result): result.sentence
        case .unknownResult: "the I2P router answered with a result that SAM 3.1 does not have"
        case .notSAM(0x05): "a SOCKS5 proxy answered; give the I2P router's SAM port (7656), not its SOCKS port"
        case .notSAM(0x15), .notSAM(0x16): "it answered in TLS, not in SAM; give the I2P router's SAM port (7656)"
        case .notSAM: "it does not speak SAM; give the I2P router's SAM port (7656)"
        case .malformed: "the I2P router sent a malformed line of SAM"
        case .unexpected: "the I2P router answered something else than what it was asked"
        case .version: "the I2P router speaks no SAM 3.1 or newer; update it"
        case .badKeys: "the I2P router gave keys of a kind that is not known here"
        case .otherDestination: "the I2P router's session has another address than its keys"
        case .unspeakableDestination: "the destination's name cannot be asked for in SAM"
        case .closed: "the I2P router closed the connection"
        }
    }
}

extension SAMResult {
    /// What it means for a person, without a full stop.
    public var sentence: String {
        switch self {
        case .cannotReachPeer: "the I2P peer cannot be reached"
        case .peerNotFound: "there is no such I2P peer"
        case .keyNotFound: "the I2P router knows no such address; the peer may be offline"
        case .leaseSetNotFound: "the I2P network has no lease set for that address; the peer may be offline"
        case .invalidKey: "the I2P router takes that for no I2P address"
        case .timeout: "the I2P router's attempt timed out"
        case .duplicatedDestination:
            "the I2P router still has a session with the same keys; it lets go of it within seconds, unless another "
                + "program uses these keys"
        case .duplicatedID: "the I2P router still has a session of that name"
        case .invalidID: "the I2P router has lost our session"
        case .alreadyAccepting: "the I2P router takes one waiting ACCEPT for a session, not several; update it"
        case .noVersion: "the I2P router speaks no SAM 3.1 or newer; update it"
        case .error: "the I2P router failed without saying at what; its log says more"
        }
    }
}

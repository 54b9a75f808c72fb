public import Protocols

extension Refusal {
    /// What an I2P router's SAM bridge means by not giving a stream.
    public init(_ failure: SAMFailure) {
        switch failure {
        case .refused(.timeout): self = .timeout
        case .refused(.keyNotFound), .refused(.peerNotFound): self = .nameNotFound
        case .refused(.cannotReachPeer), .refused(.leaseSetNotFound), .refused(.invalidKey), .unspeakableDestination:
            self = .unreachable
        // The session is gone, or about to be told of: another is made.
        case .refused(.invalidID), .refused(.duplicatedID), .refused(.duplicatedDestination): self = .egressNotReady
        case .refused(.error), .refused(.noVersion), .refused(.alreadyAccepting), .unknownResult, .notSAM, .malformed,
            .unexpected, .version, .badKeys, .otherDestination, .closed:
            self = .proxyFailed
        }
    }
}

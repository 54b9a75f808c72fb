public import Protocols

extension Refusal {
    /// What a SOCKS5 proxy that is no Tor means by not connecting (RFC 1928 section 6).
    public init(_ failure: SocksClientFailure) {
        if case .sam(let failure) = failure {
            self.init(failure)
            return
        }
        guard case .refused(let code) = failure else {
            self = failure.isAboutProxy ? .proxyFailed : .unreachable
            return
        }
        switch SocksRefusal(code: code) {
        case .notAllowed, .commandNotSupported, .addressTypeNotSupported: self = .proxyRefused
        case .networkUnreachable: self = .networkUnreachable
        case .connectionRefused: self = .connectionRefused
        case .expired: self = .timeout
        case .hostUnreachable, .generalFailure, nil: self = .unreachable
        }
    }

    /// What Tor means by refusing with this code: its own for onion services where its SocksPort has the flag
    /// ExtendedErrors (proposal 304), else the few of RFC 1928, of which 1 says nothing and 4 little.
    ///
    /// - Parameters:
    ///   - host: where the stream was to go.
    ///   - told: what Tor told of the stream by its control port; nil where it told nothing.
    public init(torCode code: UInt8, to host: Host, told: TorStreamEvent?) {
        let kind = DestinationKind(host)
        switch code {
        case 0x02: self = .exitRefused
        case 0x03: self = .networkUnreachable
        case 0x05: self = .connectionRefused
        case 0x06: self = .timeout
        case 0xf0: self = .onionNotFound
        case 0xf1: self = .onionInvalid
        case 0xf2, 0xf3, 0xf7: self = .onionUnreachable
        case 0xf4, 0xf5: self = .onionAuth
        case 0xf6: self = .onionBadAddress
        default:
            if let told {
                self.init(told, to: host)
            } else if code == 0x04, kind == .onion {
                self = .onionUnreachable
            } else if code == 0x04, case .name = host {
                self = .nameNotFound
            } else {
                self = .unreachable
            }
        }
    }

    /// Whether this code of Tor's leaves so much open that its control port is worth waiting for. 4 does as well,
    /// but of what it stands for Tor's control port knows no more.
    public static func isCoarse(torCode code: UInt8) -> Bool {
        code == 0x01
    }

    /// What Tor told of a stream.
    private init(_ told: TorStreamEvent, to host: Host) {
        let isOnion = DestinationKind(host) == .onion
        switch told.reason {
        case .exitPolicy: self = .exitRefused
        // Also what Tor says at the end of its own patience, which is longer than ours.
        case .cannotAttach: self = isOnion ? .onionUnreachable : .exitRefused
        case .resolveFailed: self = isOnion ? .onionUnreachable : .nameNotFound
        case .connectRefused, .done, .connectionReset: self = .connectionRefused
        case .netUnreachable: self = .networkUnreachable
        case .timeout: self = .timeout
        case .privateAddress: self = .privateDestination
        case .protocolViolation where isOnion && !told.isRemote: self = .onionBadAddress
        // An onion service that was reached a moment ago and is gone now: its circuit still stood at our end.
        case .destroyed where isOnion: self = .onionUnreachable
        case .noRoute, .protocolViolation, .destroyed, .other: self = .unreachable
        }
    }
}

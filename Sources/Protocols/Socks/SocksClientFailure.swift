/// Why an upstream SOCKS5 proxy did not give us the connection.
public enum SocksClientFailure: Error, Hashable, Sendable {
    /// Its first byte is not 5: not a SOCKS5 proxy.
    case notSocks5(firstByte: UInt8)
    /// It took none of the authentication methods we offered: user name and password alone where we have
    /// credentials, none alone where we have not.
    case noAcceptableMethod(withCredentials: Bool)
    /// It refused the user name and password.
    case credentialsRefused
    /// It refused the connection with this code: RFC 1928's 1 to 8, Tor's 0xF0 to 0xF7, or another.
    case refused(code: UInt8)
    /// A reply that RFC 1928 or RFC 1929 does not allow.
    case malformedReply
    /// It answered before it was asked, so its answer is about something else.
    case answeredUnasked
    /// The destination's name is empty or longer than the 255 bytes that SOCKS5 can carry.
    case unspeakableDestination
    /// It is a SAM bridge, and this is what became of it there.
    case sam(SAMFailure)

    /// Whether the fault lies with the proxy or with how it is configured, so that no other destination would
    /// fare better.
    public var isAboutProxy: Bool {
        switch self {
        case .notSocks5, .noAcceptableMethod, .credentialsRefused, .malformedReply, .answeredUnasked: true
        case .refused, .unspeakableDestination: false
        case .sam(let failure): failure.isAboutBridge
        }
    }

    /// What the client who asked for the connection is told.
    public var refusal: SocksRefusal {
        switch self {
        case .refused(0xf0...0xf3), .refused(0xf6): .hostUnreachable
        case .refused(0xf4), .refused(0xf5): .notAllowed
        case .refused(0xf7): .expired
        case .refused(let code): SocksRefusal(code: code) ?? .generalFailure
        case .unspeakableDestination: .hostUnreachable
        case .sam(let failure): failure.refusal
        case .notSocks5, .noAcceptableMethod, .credentialsRefused, .malformedReply, .answeredUnasked: .generalFailure
        }
    }

    /// What it means for a person.
    public var sentence: String {
        switch self {
        case .notSocks5(0x48): "the proxy answered in HTTP, not in SOCKS5; give the port of its SOCKS listener"
        case .notSocks5(0x00), .notSocks5(0x04): "the proxy answered in SOCKS4, and SOCKS5 is needed"
        case .notSocks5(0x15), .notSocks5(0x16): "the proxy answered in TLS, not in SOCKS5"
        case .notSocks5(let byte): "the proxy's first byte was \(byte), not SOCKS5's 5; is it a SOCKS5 proxy?"
        case .noAcceptableMethod(withCredentials: true):
            "the proxy takes no user name and password; remove its credentials"
        case .noAcceptableMethod(withCredentials: false): "the proxy asks for credentials, and none are configured"
        case .credentialsRefused: "the proxy refused our credentials"
        case .refused(let code): Self.sentence(code: code)
        case .malformedReply: "the proxy sent a malformed SOCKS5 reply"
        case .answeredUnasked: "the proxy answered before it was asked; it does not follow SOCKS5"
        case .unspeakableDestination: "the destination's name is empty or too long for SOCKS5"
        case .sam(let failure): failure.sentence
        }
    }

    /// RFC 1928 section 6, and Tor's codes for onion services (proposal 304; F6 and F7 came later), which it
    /// sends only from a SocksPort with the flag ExtendedErrors.
    private static func sentence(code: UInt8) -> String {
        switch code {
        case 0x01: "the proxy failed without saying why"
        case 0x02: "the proxy's rules, or the exit's, forbid this destination"
        case 0x03: "the proxy cannot reach the destination's network"
        case 0x04: "the proxy cannot reach the host, or finds no address for its name"
        case 0x05: "the destination refused the connection, or ended it at once"
        case 0x06: "the proxy's attempt timed out"
        case 0x07: "the proxy does not support CONNECT"
        case 0x08: "the proxy does not support this kind of address"
        case 0xf0: "Tor found no descriptor for this onion service; it may be offline, or its address mistyped"
        case 0xf1: "Tor found an invalid descriptor for this onion service"
        case 0xf2: "Tor found this onion service's introduction points dead; it may have just gone offline"
        case 0xf3: "Tor could not meet this onion service at a rendezvous point"
        case 0xf4: "this onion service wants client authorization, and Tor has no key for it"
        case 0xf5: "this onion service does not accept the client authorization key that Tor has for it"
        case 0xf6: "Tor says that this onion address is invalid; it is mistyped"
        case 0xf7: "Tor's introduction to this onion service timed out"
        default: "the proxy refused with the unknown code \(code)"
        }
    }
}

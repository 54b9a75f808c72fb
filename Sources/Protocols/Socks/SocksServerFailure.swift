/// Why a client's SOCKS handshake was refused before it became a request.
public enum SocksServerFailure: Error, Hashable, Sendable {
    /// The first byte is neither 4 nor 5: not SOCKS. It is answered with silence.
    case notSocks(firstByte: UInt8)
    /// A SOCKS5 client that offers neither "no authentication" nor user name and password.
    case noAcceptableMethod
    /// A message of user name and password that is not of RFC 1929.
    case malformedAuthentication
    /// A user name or a password that is not the listener's.
    case wrongCredentials
    /// A SOCKS5 request with another version, or with its reserved byte set.
    case malformedRequest
    /// BIND, UDP ASSOCIATE, Tor's RESOLVE or any other command that is not CONNECT.
    case commandNotSupported(UInt8)
    /// A SOCKS5 address of an unknown type.
    case addressTypeNotSupported(UInt8)
    /// A SOCKS4 user id of more than 255 bytes.
    case userTooLong
    /// A SOCKS4a name of more than 255 bytes.
    case nameTooLong
    /// A name that must not be passed on.
    case badName(Host.Failure)
    /// Port 0.
    case portZero
    /// Bytes were given to a handshake that had ended: they belong to the stream, or to nobody.
    case ended

    /// What the client is told.
    public var refusal: SocksRefusal {
        switch self {
        case .commandNotSupported: .commandNotSupported
        case .addressTypeNotSupported: .addressTypeNotSupported
        case .badName(.badOnion), .badName(.badI2P): .hostUnreachable
        case .badName(.exitNotation), .badName(.ambiguousNumber), .noAcceptableMethod, .wrongCredentials: .notAllowed
        case .badName(.malformed), .badName(.forbiddenByte), .notSocks, .malformedAuthentication, .malformedRequest,
            .userTooLong, .nameTooLong, .portZero, .ended:
            .generalFailure
        }
    }

    /// What it means for a person who reads a log.
    public var sentence: String {
        switch self {
        case .notSocks(0x16): "a client spoke TLS to a SOCKS listener; point it at this address as a SOCKS proxy"
        case .notSocks(0x41...0x5a):
            "a client spoke HTTP or another text protocol to a SOCKS listener; point it at this address as a SOCKS proxy"
        case .notSocks(let byte): "a client's first byte was \(byte), and SOCKS begins with 4 or 5"
        case .noAcceptableMethod:
            "a SOCKS5 client offered neither \"no authentication\" nor user name and password; allow it one of them"
        case .malformedAuthentication: "a SOCKS5 client sent a malformed user name and password"
        case .wrongCredentials: "a SOCKS5 client gave another user name and password than the listener's"
        case .malformedRequest: "a SOCKS5 client sent a malformed request"
        case .commandNotSupported(0x02): "a client asked to listen (BIND), and this proxy only connects"
        case .commandNotSupported(0x03): "a client asked for UDP, and this proxy only connects TCP"
        case .commandNotSupported(0xf0), .commandNotSupported(0xf1):
            "a client asked to resolve a name, and this proxy resolves none; let it connect by name"
        case .commandNotSupported(let command): "a client sent SOCKS command \(command), and this proxy only connects"
        case .addressTypeNotSupported(let type): "a client sent an address of unknown type \(type)"
        case .userTooLong: "a SOCKS4 client sent a user id of more than 255 bytes"
        case .nameTooLong: "a SOCKS4a client sent a host name of more than 255 bytes"
        case .badName(let failure): failure.sentence
        case .portZero: "a client asked for port 0, which nobody listens on"
        case .ended: "a client's bytes were read as SOCKS after its handshake had ended"
        }
    }
}

extension Host.Failure {
    fileprivate var sentence: String {
        switch self {
        case .malformed: "a client asked for a malformed host name"
        case .forbiddenByte: "a client asked for a host name with a byte that no host name has"
        case .badOnion: "a client asked for an .onion name that is not a version 3 onion address"
        case .badI2P: "a client asked for a malformed .i2p name"
        case .ambiguousNumber:
            "a client asked for a number that some would read as an address; write the address as a.b.c.d"
        case .exitNotation: "a client asked for a Tor exit by name (.exit), which would single it out"
        }
    }
}

/// Where a stream is to go, as the one who asked named it: read once, canonical from then on.
///
/// Every later decision (which route, which isolation key, banned or not) is made on this value, so that no two
/// readers can understand one byte string differently.
public enum Host: Hashable, Sendable {
    /// An IP address. IPv6 forms of IPv4 addresses are already turned into IPv4.
    case address(IPAddress)
    /// A version 3 onion address: the 56 base32 characters and ".onion", lower case, without subdomains.
    case onion(String)
    /// An I2P name, lower case, ending in ".i2p" (".b32.i2p" or a name of the address book).
    case i2p(String)
    /// Any other name, lower case, without a trailing dot. It is never resolved by us: names go to the proxy.
    case name(String)

    /// Why a name is none.
    public enum Failure: Error, Hashable, Sendable {
        /// It has no characters, or a label with none or with more than 63.
        case malformed
        /// It has a byte that no host name has (a NUL, a space, a non-ASCII letter).
        case forbiddenByte
        /// It ends in ".onion" but is not a version 3 onion address.
        case badOnion
        /// It ends in ".i2p" but has no name before it, or is a malformed b32 address.
        case badI2P
        /// A number that some resolvers take for an address ("127.1", "0x7f000001").
        case ambiguousNumber
        /// Tor's ".exit" notation, with which a client names the exit relay that shall see it.
        case exitNotation
    }

    /// The host of an address.
    public init(_ address: IPAddress) {
        self = .address(address.canonical)
    }

    /// Reads a host name or an address literal, at most 255 bytes of ASCII.
    ///
    /// - Throws: `Failure` where it must not be passed on. A malformed ".onion" or ".i2p" never becomes a plain
    ///   name: it would be asked of a DNS resolver somewhere.
    public init(name: [UInt8]) throws(Failure) {
        guard (1...255).contains(name.count) else { throw .malformed }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(name.count)
        for byte in name {
            switch byte {
            case 0x41...0x5a: bytes.append(byte + 0x20)  // A-Z
            // a-z, 0-9 and - . _ : [ ]
            case 0x61...0x7a, 0x30...0x39, 0x2d, 0x2e, 0x5f, 0x3a, 0x5b, 0x5d: bytes.append(byte)
            default: throw .forbiddenByte
            }
        }
        // Work on the bytes: this runs for each connection that names its peer.
        if bytes.contains(0x3a) || bytes.contains(0x5b) || bytes.contains(0x5d) {
            guard let address = IPAddress(String(decoding: bytes, as: UTF8.self)) else { throw .forbiddenByte }
            self.init(address)
            return
        }
        if bytes.last == 0x2e { bytes.removeLast() }
        guard (1...253).contains(bytes.count) else { throw .malformed }
        let labels = bytes.split(separator: 0x2e, omittingEmptySubsequences: false)
        guard labels.allSatisfy({ (1...63).contains($0.count) }), let last = labels.last else { throw .malformed }
        let text = String(decoding: bytes, as: UTF8.self)
        if last.elementsEqual("onion".utf8) {
            guard labels.count >= 2, Self.isOnionLabel(labels[labels.count - 2]) else { throw .badOnion }
            // 56 characters, a dot and "onion".
            self = .onion(labels.count == 2 ? text : String(decoding: bytes.suffix(62), as: UTF8.self))
        } else if last.elementsEqual("i2p".utf8) {
            guard labels.count >= 2, !labels[labels.count - 2].elementsEqual("b32".utf8) || Self.isB32(labels)
            else { throw .badI2P }
            self = .i2p(text)
        } else if last.elementsEqual("exit".utf8) {
            throw .exitNotation
        } else if let address = IPv4Address(text) {
            self.init(.v4(address))
        } else {
            guard !Self.isNumber(last) else { throw .ambiguousNumber }
            self = .name(text)
        }
    }

    /// Whether it is a name that only means something on a local network or on this machine.
    public var isLocalName: Bool {
        guard case .name(let name) = self else { return false }
        let suffixes = [".localhost", ".local", ".internal", ".home.arpa", ".lan", ".localdomain"]
        return !name.contains(".") || suffixes.contains { name.hasSuffix($0) }
    }

    /// 56 base32 characters that end in the version, 3: its five low bits are all of the last character ("d").
    private static func isOnionLabel(_ label: ArraySlice<UInt8>) -> Bool {
        label.count == 56 && label.allSatisfy(\.isBase32) && label.last == 0x64
    }

    /// 52 characters for a plain b32 address; 56 and more for one of an encrypted lease set.
    private static func isB32(_ labels: [ArraySlice<UInt8>]) -> Bool {
        guard labels.count == 3, let label = labels.first else { return false }
        return (label.count == 52 || label.count >= 56) && label.allSatisfy(\.isBase32)
    }

    private static func isNumber(_ label: ArraySlice<UInt8>) -> Bool {
        label.allSatisfy { (0x30...0x39).contains($0) }
            || label.starts(with: "0x".utf8) && label.dropFirst(2).allSatisfy(\.isHexDigit)
    }
}

extension Host: CustomStringConvertible {
    /// The host as text; an IPv6 address without brackets.
    public var description: String {
        switch self {
        case .address(let address): address.description
        case .onion(let name), .i2p(let name), .name(let name): name
        }
    }
}

extension UInt8 {
    /// Whether this ASCII character is one of RFC 4648's base32, in lower case.
    var isBase32: Bool {
        (0x61...0x7a).contains(self) || (0x32...0x37).contains(self)
    }
}

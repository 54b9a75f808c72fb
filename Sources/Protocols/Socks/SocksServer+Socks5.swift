extension SocksServer {
    /// RFC 1928 section 3.
    static let noAuthentication: UInt8 = 0x00
    static let usernameAndPassword: UInt8 = 0x02
    static let noAcceptableMethod: UInt8 = 0xff

    /// Reads a SOCKS5 greeting (RFC 1928 section 3). "No authentication" is preferred: user name and password are
    /// taken from a client that offers nothing else.
    ///
    /// ```
    /// +----+-------+---------------+
    /// | 05 | count | count methods |
    /// +----+-------+---------------+
    /// ```
    static func readGreeting(_ bytes: Span<UInt8>, requiresPassword: Bool) -> Reading {
        guard bytes.count >= 2, bytes.count >= 2 + Int(bytes[1]) else { return .incomplete }
        let length = 2 + Int(bytes[1])
        var method = noAcceptableMethod
        for index in 2..<length {
            if bytes[index] == noAuthentication, !requiresPassword {
                return .greeting(length: length, method: noAuthentication)
            }
            if bytes[index] == usernameAndPassword { method = usernameAndPassword }
        }
        guard method == usernameAndPassword else { return .refused(length: length, .noAcceptableMethod) }
        return .greeting(length: length, method: method)
    }

    /// Reads a user name and a password (RFC 1929 section 2), and drops them where none are required. Empty ones are
    /// taken then, as Tor takes them: some clients send them.
    ///
    /// ```
    /// +----+-------+-----------+-------+----------+
    /// | 01 | count | user name | count | password |
    /// +----+-------+-----------+-------+----------+
    /// ```
    static func readAuthentication(_ bytes: Span<UInt8>, required: Credentials?) -> Reading {
        guard bytes.count >= 1 else { return .incomplete }
        guard bytes[0] == 1 else { return .refused(length: 1, .malformedAuthentication) }
        guard bytes.count >= 2 else { return .incomplete }
        let passwordCount = 2 + Int(bytes[1])
        guard bytes.count > passwordCount else { return .incomplete }
        let length = passwordCount + 1 + Int(bytes[passwordCount])
        guard bytes.count >= length else { return .incomplete }
        guard let required else { return .authentication(length: length, isRight: true) }
        // Both are compared whole, whatever the first bytes are: time tells nothing of them.
        let isUser = bytes.extracting(2..<passwordCount).equalsInConstantTime(required.username)
        let isPassword = bytes.extracting(passwordCount + 1..<length).equalsInConstantTime(required.password)
        return .authentication(length: length, isRight: isUser && isPassword)
    }

    /// Reads a SOCKS5 request (RFC 1928 section 4).
    ///
    /// ```
    /// +----+---------+----+------+---------------------------------+------+
    /// | 05 | command | 00 | type | 01: 4 bytes, 04: 16 bytes,      | port |
    /// |    |         |    |      | 03: count and a name of count   | 2    |
    /// +----+---------+----+------+---------------------------------+------+
    /// ```
    static func readRequest(_ bytes: Span<UInt8>) -> Reading {
        guard bytes.count >= 1 else { return .incomplete }
        guard bytes[0] == 5 else { return .refused(length: 1, .malformedRequest) }
        guard bytes.count >= 3 else { return .incomplete }
        guard bytes[2] == 0 else { return .refused(length: 3, .malformedRequest) }
        guard bytes.count >= 4 else { return .incomplete }
        let portStart: Int
        switch bytes[3] {
        case 1: portStart = 4 + 4
        case 3 where bytes.count < 5: return .incomplete
        case 3: portStart = 5 + Int(bytes[4])
        case 4: portStart = 4 + 16
        default: return .refused(length: 4, .addressTypeNotSupported(bytes[3]))
        }
        let length = portStart + 2
        guard bytes.count >= length else { return .incomplete }
        let port = UInt16(bytes[portStart]) << 8 | UInt16(bytes[portStart + 1])
        if let failure = failure(command: bytes[1], port: port) { return .refused(length: length, failure) }
        let address: IPAddress
        switch bytes[3] {
        case 1:
            address = .v4(IPv4Address(bytes[4], bytes[5], bytes[6], bytes[7]))
        case 4:
            address = .v6(IPv6Address(high: bytes.networkOrder64(at: 4), low: bytes.networkOrder64(at: 12)))
        default:
            return request(.v5, name: bytes.extracting(5..<portStart), port: port, length: length)
        }
        return .request(
            length: length,
            SocksRequest(version: .v5, destination: Destination(host: Host(address), port: port)))
    }
}

extension Span<UInt8> {
    /// Whether these bytes are `other`, found out by looking at each of them.
    fileprivate func equalsInConstantTime(_ other: [UInt8]) -> Bool {
        guard count == other.count else { return false }
        // The parentheses matter: in Swift `|` and `^` bind alike, and from the left.
        return other.indices.reduce(0) { $0 | (self[$1] ^ other[$1]) } == 0
    }

    /// Eight bytes in network order. The caller has seen that they are there.
    fileprivate func networkOrder64(at start: Int) -> UInt64 {
        var value: UInt64 = 0
        for index in start..<start + 8 { value = value << 8 | UInt64(self[index]) }
        return value
    }
}

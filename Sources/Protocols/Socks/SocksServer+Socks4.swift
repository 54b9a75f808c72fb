extension SocksServer {
    /// Reads a SOCKS4 or SOCKS4a request.
    ///
    /// ```
    /// +----+---------+------+---------+---------+-----+------------------------------+
    /// | 04 | command | port | address | user id | 00  | only where the address is    |
    /// |    |         | 2    | 4       | 0...255 |     | 0.0.0.x, x > 0: name, 00     |
    /// +----+---------+------+---------+---------+-----+------------------------------+
    /// ```
    static func readSocks4(_ bytes: Span<UInt8>) -> Reading {
        guard bytes.count > 8 else { return .incomplete }
        guard let userEnd = bytes.endOfText(from: 8) else {
            return bytes.count <= 8 + 255 ? .incomplete : .refused(length: 8 + 256, .userTooLong)
        }
        let address = IPv4Address(bytes[4], bytes[5], bytes[6], bytes[7])
        let port = UInt16(bytes[2]) << 8 | UInt16(bytes[3])
        guard (1...255).contains(address.bits) else {
            let length = userEnd + 1
            if let failure = failure(command: bytes[1], port: port) { return .refused(length: length, failure) }
            let destination = Destination(host: Host(.v4(address)), port: port)
            return .request(length: length, SocksRequest(version: .v4, destination: destination))
        }
        let nameStart = userEnd + 1
        guard let nameEnd = bytes.endOfText(from: nameStart) else {
            return bytes.count <= nameStart + 255 ? .incomplete : .refused(length: nameStart + 256, .nameTooLong)
        }
        let length = nameEnd + 1
        if let failure = failure(command: bytes[1], port: port) { return .refused(length: length, failure) }
        return request(.v4a, name: bytes.extracting(nameStart..<nameEnd), port: port, length: length)
    }

    /// Why a request cannot be served whatever its host is; nil where it can.
    static func failure(command: UInt8, port: UInt16) -> SocksServerFailure? {
        if command != 1 { return .commandNotSupported(command) }
        return port == 0 ? .portZero : nil
    }

    /// The request for a host by name, or its refusal.
    static func request(_ version: SocksVersion, name: Span<UInt8>, port: UInt16, length: Int) -> Reading {
        do throws(Host.Failure) {
            let host = try Host(name: [UInt8](copying: name))
            return .request(
                length: length,
                SocksRequest(version: version, destination: Destination(host: host, port: port)))
        } catch {
            return .refused(length: length, .badName(error))
        }
    }
}

extension Span<UInt8> {
    /// The index of the NUL that ends a text of at most 255 bytes beginning at `start`; nil where there is none.
    fileprivate func endOfText(from start: Int) -> Int? {
        var index = start
        while index < count, index <= start + 255 {
            if self[index] == 0 { return index }
            index += 1
        }
        return nil
    }
}

// Both system modules include the socket headers; Swift takes either as their home.
internal import CLibevent
internal import CLinux
internal import Protocols

/// Calls `body` with the kernel's form of an endpoint. The path of a Unix endpoint fits: `Endpoint` checked it.
func withSocketAddress<Result>(
    of endpoint: Endpoint, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result
) -> Result {
    switch endpoint {
    case .tcp(.v4(let address), let port):
        var name = sockaddr_in()
        name.sin_family = sa_family_t(AF_INET)
        name.sin_port = port.bigEndian
        name.sin_addr.s_addr = address.bits.bigEndian
        return unsafe withBytes(of: &name, body)
    case .tcp(.v6(let address), let port):
        var name = sockaddr_in6()
        name.sin6_family = sa_family_t(AF_INET6)
        name.sin6_port = port.bigEndian
        unsafe withUnsafeMutableBytes(of: &name.sin6_addr) { bytes in
            for (index, octet) in address.octets.enumerated() { unsafe bytes[index] = octet }
        }
        return unsafe withBytes(of: &name, body)
    case .unix(let path):
        var name = sockaddr_un()
        name.sun_family = sa_family_t(AF_UNIX)
        unsafe withUnsafeMutableBytes(of: &name.sun_path) { bytes in
            for (index, byte) in path.utf8.prefix(bytes.count - 1).enumerated() { unsafe bytes[index] = byte }
        }
        return unsafe withBytes(of: &name, body)
    }
}

private func withBytes<Name, Result>(
    of name: inout Name, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result
) -> Result {
    let length = socklen_t(MemoryLayout<Name>.size)
    return unsafe withUnsafePointer(to: &name) {
        unsafe body(UnsafeRawPointer($0).assumingMemoryBound(to: sockaddr.self), length)
    }
}

/// The IP address and port in a kernel socket address; nil for another family.
func endpoint(of name: UnsafePointer<sockaddr>) -> Endpoint? {
    guard let address = unsafe address(of: name) else { return nil }
    // The port is at the same place in both families' forms.
    let port = unsafe UnsafeRawPointer(name).load(as: sockaddr_in.self).sin_port
    return .tcp(address, port: UInt16(bigEndian: port))
}

/// The same of one that the kernel has filled in.
func endpoint(of name: inout sockaddr_storage) -> Endpoint? {
    unsafe withUnsafePointer(to: &name) {
        unsafe endpoint(of: UnsafeRawPointer($0).assumingMemoryBound(to: sockaddr.self))
    }
}

/// The IP address in a kernel socket address; nil for another family.
func address(of name: UnsafePointer<sockaddr>) -> IPAddress? {
    let raw = unsafe UnsafeRawPointer(name)
    switch unsafe Int32(name.pointee.sa_family) {
    case AF_INET:
        return .v4(IPv4Address(bits: UInt32(bigEndian: unsafe raw.load(as: sockaddr_in.self).sin_addr.s_addr)))
    case AF_INET6:
        var inner = unsafe raw.load(as: sockaddr_in6.self).sin6_addr
        let octets = unsafe withUnsafeBytes(of: &inner) { unsafe Array($0) }
        return IPv6Address(octets: octets).map { .v6($0) }
    default:
        return nil
    }
}

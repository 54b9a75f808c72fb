internal import Protocols

extension CanaryProbe {
    /// What its datagram holds; nil for TCP. A resolver is asked for a name that nobody has (RFC 6761), and nothing
    /// else says what this is: should it leave after all, it shows no more than it must.
    ///
    /// - Parameter id: of the question, random.
    public func datagram(id: UInt16) -> [UInt8]? {
        guard transport == .udp else { return nil }
        guard case .tcp(_, 53) = endpoint, let name = DNSName("invalid") else { return [0] }
        return DNSQuestion(name, .a).query(id: id)
    }
}

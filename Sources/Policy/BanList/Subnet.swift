public import Protocols

/// An address and how many of its first bits count.
public struct Subnet: Hashable, Sendable {
    /// An address inside it.
    public var address: IPAddress
    /// The bits that count: 1 to 32 for IPv4, 1 to 128 for IPv6.
    public var length: Int

    /// Reads "192.0.2.7", "192.0.2.0/24", "2001:db8::7" or "2001:db8::/32"; bits behind the length are ignored,
    /// as Monero does. A length of 0 is refused: it would be everybody.
    public init?(_ text: some StringProtocol) {
        let slash = text.utf8.firstIndex(of: 0x2f)
        let first = text[..<(slash ?? text.endIndex)]
        guard first.utf8.first != 0x5b, let address = IPAddress(first) else { return nil }
        let width =
            switch address {
            case .v4: 32
            case .v6: 128
            }
        self.address = address
        length = width
        guard let slash else { return }
        let digits = text[text.utf8.index(after: slash)...]
        guard (1...3).contains(digits.utf8.count), digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            digits.utf8.first != 0x30, let length = Int(digits), length <= width
        else { return nil }
        self.length = length
    }
}

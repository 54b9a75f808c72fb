public import Protocols

/// Why a name has no address for us.
public enum NameFailure: Error, Hashable, Sendable {
    /// The resolver's answer gave none.
    case resolver(DNSFailure)
    /// The resolver did not answer in time.
    case timeout
    /// The resolver could not be reached, or ended the connection; why.
    case unreachable(String)
    /// As many names as may be are being asked for.
    case tooMany
    /// The interface has no address with which an answer would be of use.
    case noFamily

    /// What the stream is refused with.
    public var refusal: Refusal {
        switch self {
        case .resolver(let failure): failure.isAboutResolver ? .proxyFailed : .unreachable
        case .timeout: .timeout
        case .unreachable: .proxyFailed
        case .tooMany: .connectionLimit
        case .noFamily: .unreachable
        }
    }

    /// Of the failures of a name's two questions the one that says more: an error before "has no address".
    func weightier(than other: DNSFailure) -> NameFailure {
        self == .resolver(.noAddress) ? .resolver(other) : self
    }
}

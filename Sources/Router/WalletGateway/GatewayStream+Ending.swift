import EventLoop
import Policy
import Protocols
import TLS

extension GatewayStream {
    /// How a stream ended.
    enum Ending: Hashable, Sendable {
        /// The other side closed it, in order.
        case closedByPeer
        /// All was written, and `closeAfterWriting` had asked for no more.
        case finished
        /// The nearest proxy could not be connected to, or the destination where there is none.
        case connectFailed(SystemError, isDirect: Bool)
        /// A proxy did not give us the connection.
        case proxyFailed(SocksChain.Failure)
        /// A proxy closed the connection in its handshake.
        case proxyClosed
        /// There is no TLS session, or none any more.
        case tlsFailed(TLSFailure)
        /// The connection broke.
        case failed(SystemError)

        /// The reason's name.
        var refusal: Refusal {
            switch self {
            case .connectFailed(let error, isDirect: true): error.isRefused ? .connectionRefused : .unreachable
            case .connectFailed, .proxyClosed: .proxyFailed
            case .proxyFailed(let failure): failure.isOfLastHop ? Refusal(failure.reason) : .proxyFailed
            case .tlsFailed, .failed, .closedByPeer, .finished: .unreachable
            }
        }

        /// Why, for a person, without a full stop. It names no destination.
        var sentence: String {
            switch self {
            case .closedByPeer: "it closed the connection"
            case .finished: "the connection was closed"
            case .connectFailed(let error, isDirect: true): "it cannot be connected to: \(error.reason)"
            case .connectFailed(let error, isDirect: false): "the proxy cannot be connected to: \(error.reason)"
            case .proxyFailed(let failure): failure.sentence
            case .proxyClosed: "the proxy closed the connection in its SOCKS5 handshake"
            case .tlsFailed(let failure): failure.sentence
            case .failed(let error): "the connection broke: \(error.reason)"
            }
        }
    }
}

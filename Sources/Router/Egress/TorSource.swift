import Policy
import Protocols

/// A Tor as an egress needs it, whoever started it.
protocol TorSource: AnyObject {
    /// What is known of it.
    var readiness: EgressReadiness { get }
    /// Where its streams are dialled.
    var socks: Endpoint? { get }
    /// Called after each change of `readiness`.
    var onChange: () -> Void { get set }
    /// Whether it tells why a stream failed.
    var tellsWhy: Bool { get }
    /// Called with what it tells of a stream of ours.
    var onStream: (TorStreamEvent) -> Void { get set }
    /// The number of an isolation key by its SOCKS user name; nil where it is none of ours.
    var keyOf: (ArraySlice<UInt8>) -> UInt64? { get set }
    func start()
    func stop()
    func dialFailed()
}

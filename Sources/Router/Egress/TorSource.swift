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
    func start()
    func stop()
    func dialFailed()
}

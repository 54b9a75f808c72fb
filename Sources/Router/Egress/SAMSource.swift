import Policy
import Protocols

/// Where an I2P router's SAM bridge is: one that runs already, or one of our own.
protocol SAMSource: AnyObject {
    /// Where it listens; nil while it does not.
    var endpoint: Endpoint? { get }
    /// What sentences call it.
    var what: String { get }
    /// What is amiss with it while it has no endpoint.
    var readiness: EgressReadiness { get }
    /// Called when one of these has changed.
    var onChange: () -> Void { get set }
    /// Whether it is who answers on a connection of ours that has this end.
    func isIt(behind end: Endpoint?) -> Bool
    func start()
    func stop()
}

/// The SAM port of an I2P router that runs without us.
///
/// Whoever has the port while the I2P router is away could have it for its own, and our service's keys are sent there. Whom
/// that could be is not for us to say, but for one kind: no I2P router runs as a user whom the guard holds.
final class RunningSAM: SAMSource {
    let endpoint: Endpoint?
    let what: String
    let readiness: EgressReadiness
    var onChange: () -> Void = {}
    private let isHeld: (Endpoint, Endpoint) -> Bool

    /// - Parameter isHeld: whether a program of a user whom the guard holds has the end at the first address of a connection
    ///   whose other end is at the second.
    init(_ endpoint: Endpoint, isHeld: @escaping (Endpoint, Endpoint) -> Bool) {
        self.endpoint = endpoint
        self.isHeld = isHeld
        what = "the I2P router's SAM port at \(endpoint)"
        readiness = EgressReadiness(.starting, "asking \(what)")
    }

    func isIt(behind end: Endpoint?) -> Bool {
        guard let end, let endpoint, endpoint.isLoopback else { return true }
        return !isHeld(endpoint, end)
    }
    func start() {}
    func stop() {}
}

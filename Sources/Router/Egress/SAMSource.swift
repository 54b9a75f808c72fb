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
final class RunningSAM: SAMSource {
    let endpoint: Endpoint?
    let what: String
    let readiness: EgressReadiness
    var onChange: () -> Void = {}
    private let held: HeldUsers

    init(_ endpoint: Endpoint, held: HeldUsers) {
        self.endpoint = endpoint
        self.held = held
        what = "the I2P router's SAM port at \(endpoint)"
        readiness = EgressReadiness(.starting, "asking \(what)")
    }

    func isIt(behind end: Endpoint?) -> Bool {
        guard let endpoint else { return true }
        return !held.answer(at: endpoint, to: end)
    }
    func start() {}
    func stop() {}
}

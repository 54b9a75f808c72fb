import EventLoop
import Policy
import Protocols

final class TorControlConnection {
    var readiness = EgressReadiness(.ready, "x")
    var onChange: () -> Void = {}
    init(_ e: Endpoint, loop: EventLoop) {}
    func start() {}
    func stop() {}
}

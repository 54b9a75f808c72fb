import EventLoop
import Policy

/// Where streams come in, as far as the streams need it: its name and number, and what is counted of it.
class StreamSource {
    let name: String
    /// Its number in this run, never used again: relays are tagged with it.
    let id: UInt32
    let requestClass: RequestClass
    let traffic = TrafficCounter()
    private(set) var accepted: UInt64 = 0
    private(set) var refused: [Refusal: UInt64] = [:]
    /// Connections of it that are open, in handshake or relayed.
    private(set) var open = 0

    init(name: String, requestClass: RequestClass, id: UInt32) {
        self.name = name
        self.requestClass = requestClass
        self.id = id
    }

    var isPaused: Bool { false }
    /// Accepts from now on.
    func resume() {}
    /// Accepts nothing; who connects waits.
    func pause() {}

    final func count(_ refusal: Refusal) {
        refused[refusal, default: 0] += 1
    }

    /// A connection has come.
    final func opened() {
        accepted += 1
        open += 1
    }

    final func closed() {
        open -= 1
    }
}

import EventLoop
import Policy
import Protocols

/// One published service, as far as its streams go: wherever they come from, they end at its target, and what holds for a
/// node's streams holds for them: lock, guard's proof, limits, counts.
final class InboundService: StreamSource {
    /// Where its streams end: TCP on this machine's loopback.
    let target: Endpoint
    /// The egress that it is published by: with that its streams end.
    let egress: Egress
    /// Where its streams come in; nil for one whose streams are handed over.
    private let acceptor: Acceptor?
    /// Called with each connection, and the client's end of it.
    var onAccept: (consuming Descriptor, Endpoint?) -> Void = { _, _ in }
    /// Called when the kernel has no descriptor left for a connection that waits.
    var onDescriptorLimit: (SystemError) -> Void = { _ in }

    /// A service of this name. It accepts nothing until `resume`.
    init(
        name: String, target: Endpoint, requestClass: RequestClass, egress: Egress, acceptor: Acceptor? = nil,
        id: UInt32
    ) {
        self.target = target
        self.egress = egress
        self.acceptor = acceptor
        super.init(name: name, requestClass: requestClass, id: id)
        acceptor?.onAccept = { [unowned self] in onAccept($0, $1) }
        acceptor?.onDescriptorLimit = { [unowned self] in onDescriptorLimit($0) }
    }

    /// Whether streams that are handed over are to be refused: there is no acceptor to let them wait.
    private var isFull = false

    override var isPaused: Bool { acceptor?.isPaused ?? isFull }
    override func resume() {
        isFull = false
        acceptor?.resume()
    }
    override func pause() {
        isFull = true
        acceptor?.pause()
    }
}

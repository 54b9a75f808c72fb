import EventLoop
import Policy
import Protocols

/// One of the router's listeners: accepts, counts, and pauses at its limits.
final class NodeListener: StreamSource {
    /// As the configuration asks for it; nil for one of the router's own.
    let plan: ListenerPlan?
    /// Where it listens; the port that the kernel chose where none was asked for.
    var endpoint: Endpoint { acceptor.endpoint }
    /// What a client must say to be let in; nil where none is asked for.
    let password: Credentials?

    private let acceptor: Acceptor
    /// Where it hears datagrams too; nil for one that does not.
    private(set) var datagrams: DatagramSocket?
    /// Called with each connection, and the client's end of it.
    var onAccept: (consuming Descriptor, Endpoint?, NodeListener) -> Void = { _, _, _ in }
    /// Called when the kernel has no descriptor left for a connection that waits.
    var onDescriptorLimit: (NodeListener, SystemError) -> Void = { _, _ in }

    /// Listens, and accepts nothing until `resume`.
    ///
    /// - Throws: a sentence that names the listener: "node.proxy: 127.0.0.1:18950 is taken …".
    convenience init(_ plan: ListenerPlan, id: UInt32, loop: EventLoop) throws(StartFailure) {
        try self.init(
            plan, name: plan.name, requestClass: plan.requestClass, endpoint: plan.endpoint, password: nil, id: id,
            loop: loop)
        guard case .resolver = plan.ingress else { return }
        do throws(SystemError) {
            datagrams = try DatagramSocket(at: plan.endpoint, loop: loop)
        } catch {
            throw StartFailure("\(name) cannot listen at \(plan.endpoint) (UDP): \(error.reason); \(plan.mend)")
        }
    }

    /// One that no key of the configuration asks for; `plan` only for one that a key does.
    init(
        _ plan: ListenerPlan? = nil, name: String, requestClass: RequestClass,
        endpoint: Endpoint, password: Credentials?, id: UInt32, loop: EventLoop
    ) throws(StartFailure) {
        self.plan = plan
        self.password = password
        acceptor = try Acceptor(at: endpoint, name: name, mend: plan?.mend ?? "end what has that port", loop: loop)
        super.init(name: name, requestClass: requestClass, id: id)
        acceptor.onAccept = { [unowned self] client, peer in
            opened()
            onAccept(client, peer, self)
        }
        acceptor.onDescriptorLimit = { [unowned self] in onDescriptorLimit(self, $0) }
    }

    var isIPv6: Bool { if case .tcp(.v6, _) = endpoint { true } else { false } }
    override var isPaused: Bool { acceptor.isPaused }

    /// Accepts from now on.
    override func resume() {
        acceptor.resume()
        datagrams?.resume()
    }

    /// Accepts nothing; who connects waits in the kernel's queue.
    override func pause() {
        acceptor.pause()
        datagrams?.pause()
    }
}

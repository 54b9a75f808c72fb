import EventLoop
import Policy
import Protocols

/// Where Tor connects the streams of one onion service to: a Unix socket in the directory of a Tor of ours, else a port of
/// 127.0.0.1 that the kernel chose. Nobody but Tor's own user is taken there: any other program of this machine could
/// claim to be somebody who came by the service.
final class OnionListener {
    /// Where it listens.
    let endpoint: Endpoint
    private let service: InboundService
    private unowned let router: Router
    /// The user whom Tor runs as.
    private let user: UInt32

    /// Listens and takes connections.
    ///
    /// - Throws: a sentence, where it cannot listen.
    init(
        _ configuration: OnionServiceConfiguration, by tor: TorEgress, user: UInt32, router: Router
    ) throws(StartFailure) {
        self.router = router
        self.user = user
        let place = tor.inboundPlace(of: configuration.kind)
        // One that a router left which was killed. The directory's lock is ours while its Tor runs.
        if case .unix(let path) = place, Files.kind(of: path) == .socket { Files.remove(path) }
        let acceptor = try Acceptor(
            at: place, name: configuration.name, mend: "let the router's user alone own the state directory",
            loop: router.loop)
        endpoint = acceptor.endpoint
        service = InboundService(
            name: configuration.name, target: configuration.target,
            requestClass: configuration.kind == .rpc ? .inboundRPC : .inbound, egress: tor, acceptor: acceptor,
            id: router.nextSource())
        service.onAccept = { [unowned self] in accept($0, peer: $1) }
        router.add(service)
    }

    /// Listens no more, and cuts all that has come here.
    func close() {
        router.remove(service)
        if case .unix(let path) = endpoint { Files.remove(path) }
    }

    private func accept(_ client: consuming Descriptor, peer: Endpoint?) {
        let isTors =
            switch endpoint {
            case .unix: Socket.peerCredentials(client)?.user == user
            case .tcp:
                peer.map { router.owners.owner(of: $0, connectedTo: endpoint) == .user(user) } ?? false
            }
        if isTors { router.take(client, of: service) } else { router.refuse(client, of: service) }
    }
}

import EventLoop
import Policy
import Protocols

/// What the services for the node's questions ask of the router.
extension Router: NameService.Host {
    func refusal(ofQuestionFrom client: Endpoint, at listener: NodeListener) -> (Refusal?, owner: UInt32) {
        var tag = FlowTag()
        tag.listener = listener.id
        // To a name server's port, or to the listener itself.
        tag.owner = owners.user(ofDatagramFrom: client, toPorts: [53, NodeConfiguration.dnsPort], at: listener.name)
        return (standingRefusal(of: tag), tag.owner)
    }

    func openStream(of listener: NodeListener, owner: UInt32) -> ByteStream? {
        guard case .resolver(let resolver) = listener.plan?.ingress, budget.allows(listener.open) else {
            refused(.connectionLimit, at: listener)
            return nil
        }
        var ours: ByteStream?
        do throws(SystemError) {
            try Socket.pair { near, far in
                ours = ByteStream(near, connecting: false, loop: loop)
                listener.opened()
                begin(far, at: listener, redirectedTo: resolver.destination, owner: owner)
            }
        } catch {
            refused(.connectionLimit, at: listener)
        }
        return ours
    }

    func refused(_ refusal: Refusal, at listener: NodeListener) {
        listener.count(refusal)
        report(refusal, port: nil)
    }

    /// The services of the listeners that hear datagrams: one each, as long as its listener is there.
    func serveNames() {
        nameServices = nameServices.filter { id, _ in listeners.contains { $0.id == id } }
        for listener in listeners where listener.datagrams != nil && nameServices[listener.id] == nil {
            nameServices[listener.id] = NameService(listener, host: self, loop: loop)
        }
    }
}

extension Endpoint {
    /// As a destination; nil for a Unix socket.
    var destination: Destination? {
        guard case .tcp(let address, let port) = self else { return nil }
        return Destination(host: Host(address), port: port)
    }
}

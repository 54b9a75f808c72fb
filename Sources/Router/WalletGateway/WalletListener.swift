import EventLoop
import Policy
import Protocols
import TLS

/// The wallets' side of a gateway: takes connections, and lets go of those that are too many, are not for this
/// listener, or say nothing.
final class WalletListener {
    private let acceptor: Acceptor
    /// The certificate that it shows; nil where it speaks plain HTTP.
    var tls: TLSContext?
    private unowned let gateway: WalletGateway
    private let loop: EventLoop
    private var connections: [UInt64: WalletConnection] = [:]
    private var lastNumber: UInt64 = 0
    /// Whether the acceptor is ours: after a reload it is another listener's, and nothing of ours may stop it.
    private var isListening = false
    /// Goes on accepting when descriptors may have come back.
    private lazy var resumeLater = Watch.timer(on: loop) { [unowned self] in acceptor.resume() }

    /// How many connections may be open. A wallet has a handful.
    static let limit = 64

    init(_ acceptor: Acceptor, tls: TLSContext?, gateway: WalletGateway, loop: EventLoop) {
        self.acceptor = acceptor
        self.tls = tls
        self.gateway = gateway
        self.loop = loop
    }

    /// Accepts from now on.
    func resume() {
        isListening = true
        acceptor.onAccept = { [unowned self] in accept($0, from: $1) }
        acceptor.onDescriptorLimit = { [unowned self] _ in
            // They may come back elsewhere in the system, of which nobody tells us.
            acceptor.pause()
            resumeLater.schedule(after: .seconds(1))
        }
        acceptor.resume()
    }

    /// Accepts nothing any more: the socket that listens may be another's from now on.
    func release() {
        guard isListening else { return }
        isListening = false
        resumeLater.cancel()
        acceptor.pause()
        acceptor.onAccept = { _, _ in }
        acceptor.onDescriptorLimit = { _ in }
    }

    var isEmpty: Bool { connections.isEmpty }

    private func accept(_ client: consuming Descriptor, from peer: Endpoint?) {
        // One that is let go is closed unanswered.
        guard hasRoom(), let owner = gateway.admit(peer, open: connections.count) else { return }
        let stream: GatewayStream
        do throws(TLSFailure) {
            stream = try GatewayStream(accepted: client, tls: tls, loop: loop)
        } catch {
            return gateway.refused()
        }
        lastNumber += 1
        connections[lastNumber] = WalletConnection(
            stream, from: peer, number: lastNumber, owner: owner, gateway: gateway, loop: loop)
        gateway.sweepFromNowOn()
    }

    /// Makes room for one more where there is none: whoever is idle for the longest goes.
    private func hasRoom() -> Bool {
        guard connections.count >= Self.limit else { return true }
        guard let idlest = connections.values.filter(\.isIdle).min(by: { $0.isIdler(than: $1) }) else {
            gateway.isFull()
            return false
        }
        idlest.close()
        return true
    }

    /// Takes over a connection of another listener at the same address.
    func adopt(_ connection: WalletConnection, owner: UInt32) {
        lastNumber += 1
        connections[lastNumber] = connection
        connection.move(to: gateway, number: lastNumber, owner: owner)
        gateway.sweepFromNowOn()
    }

    func forget(_ connection: WalletConnection) { connections[connection.number] = nil }

    /// Calls `body` for each connection, which may end it.
    func forEach(_ body: (WalletConnection) -> Void) {
        for connection in Array(connections.values) { body(connection) }
    }
}

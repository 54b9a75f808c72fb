import Policy
import Protocols

/// A node's stream for tests: its machine, the clock, and all that the machine has said so far.
final class NodeStreamRun {
    private(set) var connection: NodeConnection
    var now: Instant
    /// What the client was sent.
    private(set) var toClient: [UInt8] = []
    /// What each dialled upstream was sent.
    private(set) var toUpstream: [[UInt8]] = []
    /// What the machine asked for, but for waiting.
    private(set) var effects: [Effect] = []
    /// Bytes of the client that the state did not take.
    private(set) var left: [UInt8] = []

    enum Effect: Hashable {
        case route(Destination)
        case dropUpstream, leaveCircuit
        case relay(prefix: [UInt8])
        case close(Refusal)
    }

    static let start = Instant(milliseconds: 1_000_000)

    init(network: MoneroNetwork = .mainnet, hold: Duration = .seconds(30)) {
        now = Self.start
        connection = NodeConnection(network: network, hold: hold, now: Self.start)
    }

    var last: Effect? { effects.last }
    var closedWith: Refusal? { if case .close(let refusal)? = last { refusal } else { nil } }
    var isOver: Bool {
        switch last {
        case .relay, .close: true
        case .route, .dropUpstream, .leaveCircuit, nil: false
        }
    }
    var deadline: Instant { connection.deadline }
    /// Since the connection was accepted.
    var elapsed: Duration { now - Self.start }

    // MARK: What happens

    /// The client sends. What is not taken waits for the first frame, as the driver keeps it.
    /// - Returns: how many bytes were taken.
    @discardableResult func client(_ bytes: [UInt8]) -> Int {
        let (consumed, step) = connection.clientSent(bytes.span, now: now)
        if (0...bytes.count).contains(consumed) { left += bytes[consumed...] }
        take(step)
        return consumed
    }

    func route(_ routing: NodeConnection.Routing) {
        let wasDialling = connection.isDialling
        take(connection.routed(routing, now: now))
        if !wasDialling, connection.isDialling { toUpstream.append([]) }
    }

    func connected() { take(connection.upstreamConnected(now: now)) }
    func upstream(_ bytes: [UInt8]) { take(connection.upstreamSent(bytes.span, now: now)) }
    func upstreamEnded() { take(connection.upstreamEnded(now: now)) }
    func told(_ event: TorStreamEvent, isOurs: Bool = true) { take(connection.told(event, isOurs: isOurs, now: now)) }
    func clientEnded() { take(connection.clientEnded()) }
    func egressLost() { take(connection.egressLost(now: now)) }
    func retry() { take(connection.retry()) }
    func cut(_ refusal: Refusal = .locked) { take(connection.cut(refusal)) }
    func tick() { take(connection.tick(now)) }

    func pass(_ duration: Duration) {
        now = now + duration
        tick()
    }

    /// Waits until the machine's deadline.
    func passDeadline() {
        now = max(now, deadline)
        tick()
    }

    private func take(_ step: NodeConnection.Step) {
        toClient += step.toClient
        if !step.toUpstream.isEmpty {
            if toUpstream.isEmpty { toUpstream.append([]) }
            toUpstream[toUpstream.count - 1] += step.toUpstream
        }
        switch step.next {
        case .wait: break
        case .route(let destination): effects.append(.route(destination))
        case .dropUpstream: effects.append(.dropUpstream)
        case .leaveCircuit: effects.append(.leaveCircuit)
        case .relay(let prefix): effects.append(.relay(prefix: prefix))
        case .close(let refusal): effects.append(.close(refusal))
        }
    }
}

/// Bytes of a node and of a proxy.
enum Wire {
    static let target = Destination(host: RouteSamples.publicIPv4, port: 18080)
    /// SOCKS4 with an empty user id, as monerod sends it, for `target`.
    static let request4: [UInt8] = [4, 1, 0x46, 0xa0, 95, 217, 25, 101, 0]
    /// SOCKS5 in one go, for `target`.
    static let request5: [UInt8] = [5, 1, 0] + [5, 1, 0, 1, 95, 217, 25, 101, 0x46, 0xa0]
    static let granted4: [UInt8] = [0, 0x5a, 0, 0, 0, 0, 0, 0]
    static let granted5: [UInt8] = [5, 0, 0, 1, 0, 0, 0, 0, 0, 0]

    /// What we send a proxy without credentials, for `target`.
    static let greeting: [UInt8] = [5, 1, 0]
    static let connect: [UInt8] = [5, 1, 0, 1, 95, 217, 25, 101, 0x46, 0xa0]
    /// What the proxy answers.
    static let method: [UInt8] = [5, 0]
    static let reply: [UInt8] = [5, 0, 0, 1, 127, 0, 0, 1, 0, 80]

    static func refused4() -> [UInt8] { [0, 0x5b, 0, 0, 0, 0, 0, 0] }
    static func refused5(_ code: UInt8) -> [UInt8] { [5, code, 0, 1, 0, 0, 0, 0, 0, 0] }

    /// The smallest Levin handshake: a header, and a body of node_data.network_id.
    static func handshake(_ network: MoneroNetwork = .mainnet) -> [UInt8] {
        var body: [UInt8] = [0x01, 0x11, 0x01, 0x01, 0x01, 0x01, 0x02, 0x01, 0x01]
        body += [1 << 2, 9] + Array("node_data".utf8) + [0x0c]
        body += [1 << 2, 10] + Array("network_id".utf8) + [0x0a, 16 << 2] + network.networkID
        return LevinHeader(request: LevinHeader.handshake, length: UInt64(body.count)).bytes + body
    }
}

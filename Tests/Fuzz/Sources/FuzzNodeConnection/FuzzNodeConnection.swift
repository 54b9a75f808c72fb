import FuzzSupport
import Policy
import Protocols

/// The input is a list of events (see `Event`), sensible or not. Whatever happens: no byte of the client is sent to an
/// upstream before the relay; the relay begins with our network's handshake and has every byte after the request; the
/// end comes once and is final; no wait is longer than monerod's own. And it is all the same when the client's bytes
/// come one by one.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
    let events = Event.list(bytes(data, size))
    let whole = Life(events, byteByByte: false)
    let split = Life(events, byteByByte: true)
    require(whole.toClient == split.toClient, "cut into bytes, the client hears otherwise")
    require(whole.toUpstream == split.toUpstream, "cut into bytes, the upstream is sent otherwise")
    require(whole.effects == split.effects, "cut into bytes, it ends otherwise: \(whole.effects), \(split.effects)")
    return 0
}

/// What happens to a connection. An event is a byte; for 0, 1 and 5 an argument follows, and for 0 and 1 as many bytes.
enum Event {
    case client([UInt8])
    case upstream([UInt8])
    case connected, upstreamEnded, clientEnded
    case pass(Duration)
    case retry, cut, egressLost
    case refuse, hold, dial(withCredentials: Bool)
    case dialTor, told(TorStreamEvent)

    static func list(_ input: [UInt8]) -> [Event] {
        var events: [Event] = []
        var rest = input[...]
        func next(_ count: Int) -> [UInt8] {
            defer { rest = rest.dropFirst(count) }
            return Array(rest.prefix(count))
        }
        while let code = rest.popFirst(), events.count < 64 {
            switch code % 16 {
            case 0: events.append(.client(next(Int(rest.popFirst() ?? 0))))
            case 1: events.append(.upstream(next(Int(rest.popFirst() ?? 0))))
            case 2: events.append(.connected)
            case 3: events.append(.upstreamEnded)
            case 4: events.append(.clientEnded)
            case 5: events.append(.pass(.milliseconds(100 * Int64(rest.popFirst() ?? 0))))
            case 6: events.append(.retry)
            case 7: events.append(.cut)
            case 8: events.append(.egressLost)
            case 9 where code >= 0x90: events.append(code >= 0xd0 ? .dialTor : .told(told[Int(code >> 4) % told.count]))
            case 9: events.append(.refuse)
            case 10: events.append(.hold)
            case 11: events.append(.dial(withCredentials: false))
            case 12: events.append(.dial(withCredentials: true))
            // What goes well, in one byte each.
            case 13: events.append(.client([4, 1, 0x46, 0xa0, 95, 217, 25, 101, 0]))
            case 14: events.append(.client(handshake))
            default: events += [.connected, .upstream([5, 0]), .upstream([5, 0, 0, 1, 0, 0, 0, 0, 0, 0])]
            }
        }
        return events
    }

    private static let told = [TorStreamEvent.Reason.exitPolicy, .cannotAttach, .timeout].map {
        TorStreamEvent(key: 1, status: .failed, reason: $0, isRemote: true, port: 18080, isOnion: false)
    }

    /// The smallest Levin handshake of mainnet.
    private static let handshake: [UInt8] = {
        var body: [UInt8] = [0x01, 0x11, 0x01, 0x01, 0x01, 0x01, 0x02, 0x01, 0x01]
        body += [1 << 2, 9] + Array("node_data".utf8) + [0x0c]
        body += [1 << 2, 10] + Array("network_id".utf8) + [0x0a, 16 << 2] + MoneroNetwork.mainnet.networkID
        return LevinHeader(request: LevinHeader.handshake, length: UInt64(body.count)).bytes + body
    }()
}

/// One connection, and all that it said.
struct Life {
    enum Effect: Equatable {
        case route(Destination)
        case dropUpstream, leaveCircuit
        case relay([UInt8])
        case close(Refusal)
    }

    private var connection: NodeConnection
    private var now = Instant(milliseconds: 0)
    private(set) var toClient: [UInt8] = []
    private(set) var toUpstream: [[UInt8]] = []
    private(set) var effects: [Effect] = []
    /// The client's bytes that were taken, and how many of them were the request.
    private var taken: [UInt8] = []
    private var requestCount: Int?
    private var dials: [Bool] = []

    private static let target = Destination(host: Host(.v4(IPv4Address(95, 217, 25, 101))), port: 18080)
    private static let credentials = Credentials(username: Array("user".utf8), password: Array("word".utf8))

    init(_ events: [Event], byteByByte: Bool) {
        connection = NodeConnection(network: .mainnet, hold: .seconds(30), now: now)
        for event in events {
            let isOver = isOver
            let said = (toClient.count, toUpstream.count, effects.count)
            switch event {
            case .client(let bytes): clientSends(bytes, byteByByte)
            case .upstream(let bytes): take(connection.upstreamSent(bytes.span, now: now))
            case .connected: take(connection.upstreamConnected(now: now))
            case .upstreamEnded: take(connection.upstreamEnded(now: now))
            case .clientEnded: take(connection.clientEnded())
            case .pass(let duration):
                now = now + duration
                take(connection.tick(now))
            case .retry: take(connection.retry())
            case .cut: take(connection.cut(.locked))
            case .egressLost: take(connection.egressLost(now: now))
            case .refuse: take(connection.routed(.refuse(.banned), now: now))
            case .hold: take(connection.routed(.hold(until: now + .seconds(3600), .egressNotReady), now: now))
            case .dial(let withCredentials): dial(withCredentials, nearest: .plain)
            case .dialTor: dial(true, nearest: .tor(tellsWhy: true))
            case .told(let event): take(connection.told(event, isOurs: true, now: now))
            }
            require(!isOver || said == (toClient.count, toUpstream.count, effects.count), "it goes on after its end")
            check()
        }
    }

    private var isOver: Bool {
        switch effects.last {
        case .relay, .close: true
        case .route, .dropUpstream, .leaveCircuit, nil: false
        }
    }

    private mutating func clientSends(_ bytes: [UInt8], _ byteByByte: Bool) {
        for piece in byteByByte ? bytes.map({ [$0] }) : [bytes] {
            let count = effects.count
            let (consumed, step) = connection.clientSent(piece.span, now: now)
            require((0...piece.count).contains(consumed), "took \(consumed) of \(piece.count) bytes")
            taken += piece[..<consumed]
            take(step)
            if requestCount == nil, effects.count > count, case .route? = effects.last { requestCount = taken.count }
            // What a state does not take waits in the kernel; here it is lost.
            if consumed < piece.count { return }
        }
    }

    private mutating func dial(_ withCredentials: Bool, nearest: NodeConnection.NearestProxy) {
        let wasDialling = connection.isDialling
        take(
            connection.routed(
                .dialling(
                    [SocksHop(Self.target, credentials: withCredentials ? Self.credentials : nil)], nearest: nearest),
                now: now))
        guard !wasDialling, connection.isDialling else { return }
        dials.append(withCredentials)
        toUpstream.append([])
    }

    private mutating func take(_ step: NodeConnection.Step) {
        toClient += step.toClient
        if !step.toUpstream.isEmpty {
            require(!toUpstream.isEmpty, "bytes for an upstream that was never dialled")
            toUpstream[toUpstream.count - 1] += step.toUpstream
        }
        switch step.next {
        case .wait: break
        case .route(let destination): effects.append(.route(destination))
        case .dropUpstream: effects.append(.dropUpstream)
        case .leaveCircuit: effects.append(.leaveCircuit)
        case .close(let refusal): effects.append(.close(refusal))
        case .relay(let prefix): relay(prefix)
        }
    }

    private mutating func relay(_ prefix: [UInt8]) {
        require(Self.passes(prefix), "relayed what is no handshake")
        // How much came with the handshake's last byte is the cut's doing.
        var least = prefix
        while Self.passes(Array(least.dropLast())) { least.removeLast() }
        effects.append(.relay(least))
    }

    private static func passes(_ bytes: [UInt8]) -> Bool {
        var gate = LevinGate(network: .mainnet)
        let outcome = gate.receive(bytes.span)
        return outcome == .pass
    }

    private func check() {
        for (sent, withCredentials) in zip(toUpstream, dials) {
            let login = [1, 4] + Array("user".utf8) + [4] + Array("word".utf8)
            let all =
                [5, 1, withCredentials ? 2 : 0] + (withCredentials ? login : [])
                + [5, 1, 0, 1, 95, 217, 25, 101, 0x46, 0xa0]
            require(all.starts(with: sent), "an upstream was sent \(sent)")
        }
        if case .relay(let least)? = effects.last {
            require(taken.dropFirst(requestCount ?? .max).starts(with: least), "the relay begins elsewhere")
        }
        let left = effects.count { $0 == .leaveCircuit }
        require(left <= NodeConnection.Limits.freshCircuits, "left \(left) circuits")
        require(dials.count - left <= NodeConnection.Limits.dials, "dialled \(dials.count) times")
        guard !isOver else { return }
        let limit = Instant(milliseconds: 44_000)
        require(
            connection.deadline <= limit || connection.wantsFirstFrame && connection.deadline <= now + .seconds(10),
            "waits until \(connection.deadline)")
    }
}

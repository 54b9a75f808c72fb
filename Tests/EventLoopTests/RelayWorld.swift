import EventLoop
import LoopTurns
import Protocols

/// A table of relays between plugs, in one loop.
final class RelayWorld {
    let loop: EventLoop
    let table: FlowTable
    let counter = TrafficCounter()
    private var parts: Parts
    private let ended = Count()
    private final class Count { var count = 0 }
    /// How many relays have ended.
    var endedCount: Int { ended.count }

    private struct Parts: ~Copyable {
        let front: LoopbackListener
        let back: LoopbackListener
    }

    /// Where the upstream listens.
    var backEndpoint: Endpoint { parts.back.endpoint }

    /// The two ends of a relay.
    struct Ends {
        let client: Plug
        let upstream: Plug
    }

    init(pipeLimit: Int = 896) throws {
        let loop = try EventLoop()
        self.loop = loop
        parts = Parts(front: try LoopbackListener(), back: try LoopbackListener())
        let ended = ended
        table = FlowTable(loop: loop, pipeLimit: pipeLimit) { _ in ended.count += 1 }
    }

    /// Dials the upstream, and relays as soon as it is connected.
    final class Immediate: FlowOwner {
        private let upstream: Endpoint
        private let counter: TrafficCounter
        private let prefix: [UInt8]
        private let isLevin: Bool

        init(upstream: Endpoint, counter: TrafficCounter, prefix: [UInt8], isLevin: Bool) {
            self.upstream = upstream
            self.counter = counter
            self.prefix = prefix
            self.isLevin = isLevin
        }

        private var isDialled = false

        override func ready(_ side: FlowSide) {
            if !isDialled, let socket = try? Socket.connect(to: upstream) {
                isDialled = true
                attach(upstream: socket)
            } else if side == .upstream {
                relay(prefix: prefix, tag: FlowTag(), counter: counter, isLevin: isLevin)
            }
        }
    }

    /// A relay that is under way.
    func relay(prefix: [UInt8] = [], isLevin: Bool = false) throws -> Ends? {
        guard
            let ends = try open({ [counter] in
                Immediate(upstream: $0, counter: counter, prefix: prefix, isLevin: isLevin)
            }),
            let upstream = try upstream()
        else { return nil }
        let count = table.relayCount
        run { table.relayCount > count }
        return Ends(client: ends, upstream: upstream)
    }

    /// A flow whose owner the test brings; it is given where the upstream listens.
    func open(_ owner: (Endpoint) -> FlowOwner) throws -> Plug? {
        let client = Plug(try Socket.connect(to: parts.front.endpoint))
        guard let socket = try Socket.accept(from: parts.front.descriptor) else { return nil }
        table.open(client: socket, owner: owner(parts.back.endpoint))
        return client
    }

    /// The next connection to the upstream's listener.
    func upstream() throws -> Plug? {
        var plug: Plug?
        run {
            plug = plug ?? (try? parts.back.accept()).flatMap { $0 }
            return plug != nil
        }
        return plug
    }

    /// Turns the loop until `done`.
    ///
    /// - Returns: whether it was done within `patience`.
    @discardableResult
    func run(for patience: Duration = .seconds(20), until done: () -> Bool) -> Bool {
        loop.turn(for: patience, until: done)
    }

    /// Turns the loop for a while, whatever happens.
    func run(for time: Duration) {
        run(for: time) { false }
    }
}

/// SplitMix64: the same numbers for the same seed.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var bits = state
        bits = (bits ^ (bits >> 30)) &* 0xbf58_476d_1ce4_e5b9
        bits = (bits ^ (bits >> 27)) &* 0x94d0_49bb_1331_11eb
        return bits ^ (bits >> 31)
    }

    /// Bytes in which a lost, doubled or moved one shows.
    mutating func bytes(_ count: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count + 8)
        while bytes.count < count {
            let bits = next()
            for shift in 0..<8 { bytes.append(UInt8(truncatingIfNeeded: bits >> UInt64(8 * shift))) }
        }
        bytes.removeLast(bytes.count - count)
        return bytes
    }
}

/// One direction's bytes on their way: sent by one plug and read by another, in pieces of random size.
final class Transfer {
    let content: [UInt8]
    private let source: Plug
    private let sink: Plug
    private var sent = 0
    private(set) var received = 0
    private(set) var isIntact = true
    private(set) var sawEnd = false
    private var random: SeededGenerator

    init(_ count: Int, from source: Plug, to sink: Plug, seed: UInt64) {
        random = SeededGenerator(seed: seed)
        content = random.bytes(count)
        self.source = source
        self.sink = sink
    }

    var isDone: Bool { received == content.count || !isIntact }
    var isSent: Bool { sent == content.count }

    func send() {
        guard sent < content.count, Int.random(in: 0..<4, using: &random) > 0 else { return }
        let size = [7, 300, 4000, 70_000, 400_000].randomElement(using: &random) ?? 1
        let end = min(content.count, sent + Int.random(in: 1...size, using: &random))
        sent += source.send(content[sent..<end])
    }

    /// Reads some of what is there. `slow`: often not.
    func receive(slow: Bool = false) {
        guard Int.random(in: 0..<8, using: &random) > (slow ? 5 : 1) else { return }
        let size = [10, 1000, 30_000, 200_000].randomElement(using: &random) ?? 1
        take(sink.read(Int.random(in: 1...size, using: &random)))
    }

    func take(_ read: Plug.Read) {
        switch read {
        case .bytes(let bytes):
            guard received + bytes.count <= content.count,
                content[received..<received + bytes.count].elementsEqual(bytes)
            else {
                isIntact = false
                return
            }
            received += bytes.count
        case .ended: sawEnd = true
        case .nothing: break
        case .broken: isIntact = false
        }
    }
}

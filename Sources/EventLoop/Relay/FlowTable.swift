internal import CLibevent
internal import CLinux

/// All flows of a loop: those in handshake, each with its `FlowOwner`, and the relays, which have no object of
/// their own.
///
/// A flow is a client's socket and the upstream's. Each has one edge-triggered libevent event from the moment it is
/// known until it is closed, added once: the handshake and the relay take turns on it.
@safe
public final class FlowTable {
    let loop: EventLoop
    var pipes: PipePool
    /// Every flow, in a ring of links through the flows themselves.
    private(set) var first: UnsafeMutablePointer<FlowState>?
    /// Kept for as long as any relay might count on them.
    private var counters: [TrafficCounter] = []
    private var onRelayEnded: (FlowTag) -> Void
    /// Called when a client has asked its peer for blocks: from now on `takePulses` may have something to say.
    public var onAsked: () -> Void = {}
    private var lastNumber: UInt64 = 0
    /// Looks for relays that are ending and that nothing moves in; runs only while there are any.
    private lazy var sweeper = Watch.timer(on: loop) { [unowned self] in sweep() }
    /// The relays with a direction that is patient, and when they are looked at.
    var patient: [UnsafeMutablePointer<FlowState>] = unsafe []
    private(set) lazy var patienceTimer = Watch.timer(on: loop) { [unowned self] in lookAtPatient() }

    /// The number of flows being relayed.
    public private(set) var relayCount = 0

    /// - Parameters:
    ///   - pipeLimit: how many pipes busy relays may hold at a time; past it they copy.
    ///   - onRelayEnded: called after a relay's sockets are closed, whoever ended it.
    public init(loop: EventLoop, pipeLimit: Int = 896, onRelayEnded: @escaping (FlowTag) -> Void) {
        self.loop = loop
        pipes = PipePool(limit: pipeLimit)
        self.onRelayEnded = onRelayEnded
    }

    deinit {
        // Whoever owned the table is on his way out himself.
        onRelayEnded = { _ in }
        while let flow = unsafe first { unsafe close(flow, reset: true) }
        pipes.drain()
    }

    /// Takes a client's socket; `owner` handles it from now on, until it relays or closes it.
    public func open(client: consuming Descriptor, owner: FlowOwner) {
        let flow = UnsafeMutablePointer<FlowState>.allocate(capacity: 1)
        unsafe flow.initialize(to: FlowState(table: .passUnretained(self)))
        unsafe flow.pointee.owner = .passRetained(owner)
        unsafe owner.adopt(flow)
        unsafe link(flow)
        unsafe watch(&flow.pointee.client, of: flow, descriptor: client.release())
    }

    func watch(
        _ socket: UnsafeMutablePointer<FlowSocket>, of flow: UnsafeMutablePointer<FlowState>, descriptor: Int32
    ) {
        unsafe socket.pointee.flow = flow
        unsafe socket.pointee.descriptor = descriptor
        unsafe event_assign(
            &socket.pointee.event, loop.base, descriptor,
            Int16(EV_READ | EV_WRITE | EV_CLOSED | EV_ET | EV_PERSIST), flowSocketBecameReady, socket)
        unsafe event_priority_set(&socket.pointee.event, Urgency.traffic.rawValue)
        unsafe event_add(&socket.pointee.event, nil)
    }

    /// From now on bytes pass. `prefix`, already read from the client, goes first.
    func relay(
        _ flow: UnsafeMutablePointer<FlowState>, prefix: [UInt8], tag: FlowTag, counter: TrafficCounter, isLevin: Bool
    ) {
        lastNumber += 1
        unsafe flow.pointee.tag = tag
        unsafe flow.pointee.tag.number = lastNumber
        if isLevin {
            unsafe follow(flow, from: prefix)
        }
        unsafe flow.pointee.traffic = unsafe counter.count
        if !counters.contains(where: { $0 === counter }) { counters.append(counter) }
        unsafe prefix.withUnsafeBufferPointer { bytes in
            if let base = bytes.baseAddress { unsafe keep(base, offset: 0, count: bytes.count, in: &flow.pointee.up) }
        }
        unsafe counter.count.pointee.up &+= UInt64(prefix.count)
        relayCount += 1
        unsafe flow.pointee.owner?.release()
        unsafe flow.pointee.owner = nil
        // In the next turn: the caller is inside one of this flow's own calls.
        unsafe event_active(&flow.pointee.client.event, Int32(EV_TIMEOUT), 0)
    }

    /// No relay counts on it any more, and none will.
    public func forget(_ counter: TrafficCounter) { counters.removeAll { $0 === counter } }

    /// Ends every relay that `shouldCut` names, at once: what the kernel still holds of it is thrown away (a
    /// plain close would let queued bytes leave after a lock), and both ends see a reset.
    ///
    /// - Returns: how many were cut.
    @discardableResult
    public func cut(where shouldCut: (FlowTag) -> Bool) -> Int {
        var count = 0
        var flow = unsafe first
        while let current = unsafe flow {
            unsafe flow = unsafe current.pointee.next
            if unsafe current.pointee.owner == nil, unsafe shouldCut(current.pointee.tag) {
                unsafe close(current, reset: true)
                count += 1
            }
        }
        return count
    }

    /// Closes both sockets and forgets the flow.
    ///
    /// - Parameter reset: whether the client's side throws away what the kernel has not sent yet; `resetUpstream` the
    ///   same for the upstream's.
    func close(_ flow: UnsafeMutablePointer<FlowState>, reset: Bool, resetUpstream: Bool? = nil) {
        unsafe end(&flow.pointee.client, reset: reset)
        unsafe end(&flow.pointee.upstream, reset: resetUpstream ?? reset)
        unsafe dropSpill(&flow.pointee.up)
        unsafe dropSpill(&flow.pointee.down)
        unsafe releasePipe(&flow.pointee.up)
        unsafe releasePipe(&flow.pointee.down)
        unsafe forgetPatience(flow)
        unsafe unlink(flow)
        let owner = unsafe flow.pointee.owner
        let tag = unsafe flow.pointee.tag
        unsafe flow.deinitialize(count: 1)
        unsafe flow.deallocate()
        if let owner = unsafe owner {
            unsafe owner._withUnsafeGuaranteedRef { $0.forget() }
            unsafe owner.release()
        } else {
            relayCount -= 1
            onRelayEnded(tag)
        }
    }

    func end(_ socket: UnsafeMutablePointer<FlowSocket>, reset: Bool) {
        guard unsafe socket.pointee.descriptor >= 0 else { return }
        unsafe event_del(&socket.pointee.event)
        if unsafe reset || socket.pointee.endsByReset { Socket.setReset(unsafe socket.pointee.descriptor) }
        unsafe CLinux.close(socket.pointee.descriptor)
        unsafe socket.pointee.descriptor = -1
    }

    /// Both directions of a relay, one turn each. `edge` is the side that has just become readable.
    func turn(_ flow: UnsafeMutablePointer<FlowState>, edge: FlowSide?) {
        guard let traffic = unsafe flow.pointee.traffic else { return }
        if unsafe isBrokenBehindFullBuffers(flow, edge) { return unsafe close(flow, reset: true) }
        let before = unsafe traffic.pointee.down
        let up = unsafe move(
            &flow.pointee.up, from: &flow.pointee.client, to: &flow.pointee.upstream, counting: &traffic.pointee.up)
        let down = unsafe move(
            &flow.pointee.down, from: &flow.pointee.upstream, to: &flow.pointee.client, counting: &traffic.pointee.down)
        if unsafe traffic.pointee.down != before { unsafe flow.pointee.hasHeard = true }
        if unsafe flow.pointee.up.hasPassed || flow.pointee.down.hasPassed { unsafe followAnswers(flow) }
        if up == .broken || down == .broken {
            unsafe close(flow, reset: true)
        } else if unsafe flow.pointee.up.endForwarded,
            unsafe flow.pointee.down.endForwarded || flow.pointee.upstream.endsByReset
        {
            unsafe close(flow, reset: false)
        } else {
            if up == .yielded || down == .yielded {
                unsafe event_active(&flow.pointee.client.event, Int32(EV_TIMEOUT), 0)
            }
            if unsafe isEnding(flow) {
                unsafe flow.pointee.quietSweeps = 0
                if !sweeper.isPending { sweeper.schedule(after: Self.sweepInterval) }
            }
        }
    }

    /// A side that cannot be read, because the other takes no more, shows a reset only in its error: nobody reads it.
    private func isBrokenBehindFullBuffers(_ flow: UnsafeMutablePointer<FlowState>, _ edge: FlowSide?) -> Bool {
        switch edge {
        case .client where unsafe !flow.pointee.upstream.isWritable:
            unsafe Socket.connectError(flow.pointee.client.descriptor) != nil
        case .upstream where unsafe !flow.pointee.client.isWritable:
            unsafe Socket.connectError(flow.pointee.upstream.descriptor) != nil
        default: false
        }
    }

    /// Whether one side has said that it will send no more.
    private func isEnding(_ flow: UnsafeMutablePointer<FlowState>) -> Bool {
        unsafe flow.pointee.up.endForwarded || flow.pointee.down.endForwarded || flow.pointee.client.sawEnd
            || flow.pointee.upstream.sawEnd
    }

    private static let sweepInterval: Duration = .seconds(60)
    private static let quietSweepsAllowed: UInt8 = 5

    /// Ends relays of which one side has ended and in which nothing moved for five minutes: a peer that never closes
    /// or never reads must not hold two descriptors for ever.
    private func sweep() {
        var isAnyHalfClosed = false
        var flow = unsafe first
        while let current = unsafe flow {
            unsafe flow = unsafe current.pointee.next
            guard unsafe current.pointee.owner == nil, unsafe isEnding(current) else { continue }
            unsafe current.pointee.quietSweeps += 1
            if unsafe current.pointee.quietSweeps > Self.quietSweepsAllowed {
                unsafe close(current, reset: true)
            } else {
                isAnyHalfClosed = true
            }
        }
        if isAnyHalfClosed { sweeper.schedule(after: Self.sweepInterval) }
    }

    private func link(_ flow: UnsafeMutablePointer<FlowState>) {
        unsafe flow.pointee.next = unsafe first
        unsafe first?.pointee.previous = flow
        unsafe first = flow
    }

    private func unlink(_ flow: UnsafeMutablePointer<FlowState>) {
        let previous = unsafe flow.pointee.previous
        let next = unsafe flow.pointee.next
        if let previous = unsafe previous { unsafe previous.pointee.next = next } else { unsafe first = next }
        unsafe next?.pointee.previous = previous
    }
}

/// libevent's call for a socket of a flow.
private func flowSocketBecameReady(_: Int32, _ what: Int16, _ argument: UnsafeMutableRawPointer?) {
    guard let socket = unsafe argument?.assumingMemoryBound(to: FlowSocket.self), let flow = unsafe socket.pointee.flow
    else { return }
    let what = Int32(what)
    if what & EV_CLOSED != 0 { unsafe socket.pointee.sawEnd = true }
    if what & (EV_READ | EV_CLOSED) != 0 { unsafe socket.pointee.isReadable = true }
    if what & EV_WRITE != 0 { unsafe socket.pointee.isWritable = true }
    let isClient = unsafe socket == withUnsafeMutablePointer(to: &flow.pointee.client) { unsafe $0 }
    if let owner = unsafe flow.pointee.owner {
        // A strong reference for the time of the call: the owner may let go of the flow, and the router of it.
        unsafe owner.takeUnretainedValue().handle(isClient ? .client : .upstream)
    } else {
        unsafe flow.pointee.table._withUnsafeGuaranteedRef {
            unsafe $0.turn(flow, edge: what & EV_READ != 0 ? (isClient ? .client : .upstream) : nil)
        }
    }
}

internal import CLibevent
internal import CLinux

/// What a descriptor became ready for.
public struct SocketReadiness: OptionSet, Sendable {
    /// The bits.
    public let rawValue: UInt8
    /// A set of these bits.
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// There is something to read, or its end.
    public static let readable = SocketReadiness(rawValue: 1)
    /// There is room to write, or an error to learn of.
    public static let writable = SocketReadiness(rawValue: 2)
    /// The other side sends no more: the end comes after what there is to read. Not said where the connection broke.
    public static let closing = SocketReadiness(rawValue: 4)
}

/// Watches a descriptor, a signal or the clock, and calls its handler. Ends with `cancel()` or with its owner.
///
/// Descriptors are edge-triggered: the handler reads or writes until the kernel says that it would block.
@safe
public final class Watch {
    private let event: UnsafeMutablePointer<event>
    private let loop: EventLoop
    private let handler: (SocketReadiness) -> Void
    private var isActive = false

    private init(
        _ loop: EventLoop, descriptor: Int32, flags: Int32, urgency: Urgency = .control,
        handler: @escaping (SocketReadiness) -> Void
    ) {
        self.loop = loop
        self.handler = handler
        unsafe event = .allocate(capacity: 1)
        unsafe event.initialize(to: CLibevent.event())
        let me = unsafe Unmanaged.passUnretained(self).toOpaque()
        unsafe event_assign(event, loop.base, descriptor, Int16(flags), watchBecameReady, me)
        unsafe event_priority_set(event, urgency.rawValue)
    }

    deinit {
        cancel()
        unsafe event.deallocate()
    }

    /// Watches a descriptor, which stays its owner's, for reading and writing. `isUrgent`: before all traffic.
    public static func descriptor(
        _ raw: Int32, on loop: EventLoop, isUrgent: Bool = true, handler: @escaping (SocketReadiness) -> Void
    ) -> Watch {
        let watch = Watch(
            loop, descriptor: raw, flags: EV_READ | EV_WRITE | EV_CLOSED | EV_ET | EV_PERSIST,
            urgency: isUrgent ? .control : .traffic, handler: handler)
        watch.add(nil)
        return watch
    }

    /// Watches a listening descriptor: level-triggered, since accepting stops after a batch.
    /// `isUrgent`: before relays, for the operator's socket.
    public static func listener(
        _ raw: Int32, on loop: EventLoop, isUrgent: Bool = false, handler: @escaping () -> Void
    ) -> Watch {
        let watch = Watch(loop, descriptor: raw, flags: EV_READ | EV_PERSIST, urgency: isUrgent ? .control : .traffic) {
            _ in
            handler()
        }
        watch.add(nil)
        return watch
    }

    /// Watches a descriptor, which stays its owner's, for reading, level-triggered: what the handler leaves is its next
    /// call's.
    public static func reading(_ raw: Int32, on loop: EventLoop, handler: @escaping () -> Void) -> Watch {
        let watch = Watch(loop, descriptor: raw, flags: EV_READ | EV_PERSIST) { _ in handler() }
        watch.add(nil)
        return watch
    }

    /// Calls the handler in the loop, not in the signal's context, each time the signal comes.
    public static func signal(_ number: Int32, on loop: EventLoop, handler: @escaping () -> Void) -> Watch {
        let watch = Watch(loop, descriptor: number, flags: EV_SIGNAL | EV_PERSIST) { _ in handler() }
        watch.add(nil)
        return watch
    }

    /// A timer that is not set yet.
    public static func timer(on loop: EventLoop, handler: @escaping () -> Void) -> Watch {
        Watch(loop, descriptor: -1, flags: 0) { _ in handler() }
    }

    /// A timer that comes again each `interval`.
    public static func ticker(every interval: Duration, on loop: EventLoop, handler: @escaping () -> Void) -> Watch {
        let watch = Watch(loop, descriptor: -1, flags: EV_PERSIST) { _ in handler() }
        watch.add(interval)
        return watch
    }

    /// Sets, or sets anew, a timer.
    public func schedule(after delay: Duration) {
        add(delay)
    }

    /// Watches again after `cancel()`.
    public func resume() {
        if !isActive { add(nil) }
    }

    /// Calls the handler once more, as if there were something to read, after all others of its urgency that wait.
    public func callAgain() {
        if isActive { unsafe event_active(event, Int32(EV_READ), 0) }
    }

    /// No handler call comes after this one.
    public func cancel() {
        guard isActive else { return }
        isActive = false
        unsafe event_del(event)
    }

    /// Whether it is waiting.
    public var isPending: Bool { isActive }

    private func add(_ timeout: Duration?) {
        isActive = true
        if let timeout {
            var time = timeval(timeout)
            unsafe event_add(event, &time)
        } else {
            unsafe event_add(event, nil)
        }
    }

    fileprivate func becameReady(_ what: Int32) {
        if unsafe event.pointee.ev_events & Int16(EV_PERSIST) == 0 { isActive = false }
        var readiness: SocketReadiness = []
        if what & (EV_READ | EV_CLOSED) != 0 { readiness.insert(.readable) }
        if what & EV_WRITE != 0 { readiness.insert(.writable) }
        if what & EV_CLOSED != 0 { readiness.insert(.closing) }
        handler(readiness)
    }
}

/// libevent's call: a C function, so that it costs no closure.
private func watchBecameReady(_: Int32, _ what: Int16, _ me: UnsafeMutableRawPointer?) {
    guard let me = unsafe me else { return }
    // A strong reference for the time of the call: the handler may drop the last other one.
    unsafe Unmanaged<Watch>.fromOpaque(me).takeUnretainedValue().becameReady(Int32(what))
}

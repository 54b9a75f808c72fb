import EventLoop
import Policy
import Protocols

/// Asks the resolver inside a tunnel for names: the driver of `NameResolution`.
final class NameResolver {
    /// Called when a name that somebody waits for is known, or has failed.
    var onAnswer: () -> Void = {}

    private var machine = NameResolution()
    private let loop: EventLoop
    private let connect: () throws(SystemError) -> Descriptor
    private var stream: ByteStream?
    private var random = SystemRandomNumberGenerator()
    private lazy var wake = Watch.timer(on: loop) { [unowned self] in
        apply { $0.tick(loop.now) }
    }

    /// - Parameter connect: begins a connection to the resolver through the tunnel.
    init(loop: EventLoop, connect: @escaping () throws(SystemError) -> Descriptor) {
        self.loop = loop
        self.connect = connect
    }

    func lookUp(_ name: DNSName, _ families: NameResolution.Families) -> NameResolution.Answer {
        let (answer, effects) = machine.lookUp(name, families, now: loop.now, random: &random)
        // Not inside this call: whoever asked does not wait yet, and would miss an answer that comes at once.
        later(effects)
        return answer
    }

    /// The tunnel is gone, and all that was learnt through it.
    func reset() {
        apply { $0.reset(now: loop.now) }
    }

    /// Ends what is under way, and forgets what was learnt. It may be asked again.
    func stop() {
        stream?.close()
        stream = nil
        machine = NameResolution()
        waiting = []
        wake.cancel()
        soon.cancel()
    }

    private var waiting: [NameResolution.Effect] = []
    private lazy var soon = Watch.timer(on: loop) { [unowned self] in
        let effects = waiting
        waiting = []
        act(effects)
    }

    private func later(_ effects: [NameResolution.Effect]) {
        guard !effects.isEmpty else { return }
        waiting += effects
        soon.schedule(after: .zero)
    }

    private func apply(_ event: (inout NameResolution) -> [NameResolution.Effect]) {
        act(event(&machine))
    }

    private func act(_ effects: [NameResolution.Effect]) {
        for effect in effects {
            switch effect {
            case .connect: open()
            case .send(let bytes): stream?.write(bytes)
            case .close:
                stream?.close()
                stream = nil
            case .answered:
                onAnswer()
                machine.settle(now: loop.now)
            }
        }
        if let deadline = machine.deadline { wake.schedule(after: deadline - loop.now) }
    }

    private func open() {
        stream?.close()
        let socket: Descriptor
        do throws(SystemError) {
            socket = try connect()
        } catch {
            stream = nil
            return later(machine.closed(error.reason, now: loop.now))
        }
        let stream = ByteStream(socket, connecting: true, loop: loop, endsByReset: true)
        self.stream = stream
        stream.onConnected = { [unowned self] in apply { $0.connected(now: loop.now) } }
        stream.onBytes = { [unowned self] bytes in apply { $0.received(bytes, now: loop.now) } }
        stream.onEnded = { [unowned self] ending in
            self.stream = nil
            let why = if case .failed(let error) = ending { error.reason } else { "it closed the connection" }
            apply { $0.closed(why, now: loop.now) }
        }
    }
}

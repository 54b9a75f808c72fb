import EventLoop
import Policy
import Protocols

/// Listens to the guard on its socket: the driver of `GuardProofMachine`. It opens no socket where none is asked for.
final class GuardClient {
    /// Called after each change of `proof`, with what it was before; not for a newer time of the same proof.
    var onChange: (StatusFacts.GuardProof) -> Void = { _ in }
    /// Called after each word of the guard.
    var onHeard: () -> Void = {}
    /// Called with what came of `destroy`.
    var onDestroyed: (GuardDestruction) -> Void = { _ in }

    private(set) var machine: GuardProofMachine
    private let endpoint: Endpoint
    private let loop: EventLoop
    private var stream: ByteStream?
    private lazy var wake = Watch.timer(on: loop) { [unowned self] in apply { $0.tick(loop.now) } }

    /// - Parameter path: the guard's socket.
    init(path: String, _ expectation: GuardProofMachine.Expectation, loop: EventLoop) {
        endpoint = .unix(path)
        machine = GuardProofMachine(path: path, expectation)
        self.loop = loop
    }

    var proof: StatusFacts.GuardProof { machine.proof }

    func start() { apply { $0.start() } }

    /// For the end of the router: what ends then is no news.
    func stop() {
        onChange = { _ in }
        onHeard = {}
        onDestroyed = { _ in }
        apply { $0.stop() }
    }

    /// Another configuration is in force, or its users have other numbers.
    func expect(_ expectation: GuardProofMachine.Expectation) { apply { $0.configured(expectation) } }

    /// The confined users' sockets are to be destroyed.
    func destroy() { apply { $0.destroy(now: loop.now) } }

    private func apply(_ event: (inout GuardProofMachine) -> [GuardProofMachine.Effect]) {
        let before = machine.proof
        let effects = event(&machine)
        // First of all: what follows may wait, a cut must not.
        if !machine.proof.isSame(as: before) { onChange(before) }
        act(effects)
        if let deadline = machine.deadline { wake.schedule(after: deadline - loop.now) } else { wake.cancel() }
    }

    private func act(_ effects: [GuardProofMachine.Effect]) {
        for effect in effects {
            switch effect {
            case .connect: connect()
            case .disconnect:
                stream?.close()
                stream = nil
            case .send(let bytes): stream?.write(bytes)
            case .destroyed(let outcome): onDestroyed(outcome)
            }
        }
    }

    private func connect() {
        stream?.close()
        let socket: Descriptor
        do throws(SystemError) {
            socket = try Socket.connect(to: endpoint)
        } catch {
            stream = nil
            return unreachable(error)
        }
        let stream = ByteStream(socket, connecting: true, loop: loop)
        self.stream = stream
        stream.onConnected = { [unowned self, unowned stream] in
            apply { $0.connected(to: stream.peerCredentials?.user, now: loop.now) }
        }
        stream.onBytes = { [unowned self] bytes in
            let time = UTCTime(unixSeconds: loop.unixSeconds)
            apply { $0.received(bytes, now: loop.now, time: time) }
            onHeard()
        }
        stream.onEnded = { [unowned self] ending in
            self.stream = nil
            if case .failed(let error) = ending, error.doing == "connect" { return unreachable(error) }
            apply { $0.ended(now: loop.now) }
        }
    }

    private func unreachable(_ error: SystemError) {
        apply { $0.unreachable(error.reason, isForbidden: error.isForbidden, now: loop.now) }
    }
}

extension StatusFacts.GuardProof {
    /// Whether the guard, if it is asked for, stands.
    var isProvenOrOff: Bool {
        switch self {
        case .off, .enforcing: true
        case .unproven: false
        }
    }

    /// Whether it is the same but for the time of the proof.
    fileprivate func isSame(as other: StatusFacts.GuardProof) -> Bool {
        switch (self, other) {
        case (.enforcing, .enforcing): true
        default: self == other
        }
    }
}

import Crypto
import EventLoop
import Policy
import Protocols

/// One session at an I2P router's SAM bridge: the driver of `I2PSession`.
final class SAMSession {
    /// Called after each change of what is known of it.
    var onChange: () -> Void = {}
    /// Reads the service's keys; nil where there are none yet. It throws a sentence where they cannot be used.
    var readKeys: () throws(StartFailure) -> I2PKeys? = { nil }
    /// Keeps the keys of a new service, or throws in a sentence why it cannot.
    var keepKeys: (I2PKeys) throws(StartFailure) -> Void = { _ in }

    /// Sends something to the service's address, as a peer would; then `proved`, `notProved` or `proofPostponed`, and never
    /// before it returns.
    var prove: (String) -> Void = { _ in }

    private let source: any SAMSource
    private let loop: EventLoop
    private var machine: I2PSession
    private var stream: ByteStream?
    private lazy var wake = Watch.timer(on: loop) { [weak self] in self?.apply { $0.tick($1) } }

    init(_ identity: I2PSession.Identity, tunnels: I2PTunnels, at source: any SAMSource, loop: EventLoop) {
        self.source = source
        self.loop = loop
        machine = I2PSession(identity, tunnels: tunnels, what: source.what) { (try? Crypto.sha256($0)) ?? [] }
    }

    deinit { stream?.close() }

    var readiness: EgressReadiness { source.endpoint == nil ? source.readiness : machine.readiness }
    /// The name by which streams are asked for; nil while no session stands.
    var id: SAMSessionID? { machine.id }
    /// The service's address.
    var address: String? { machine.address }

    /// Looks for the service's keys, without beginning.
    func findKeys() { apply { machine, _ in machine.findKeys() } }
    func start() { apply { $0.start($1) } }
    func stop() { apply { $0.stop($1) } }

    func notProved() { apply { $0.notProved($1) } }

    func proved() {
        apply { machine, now in
            machine.proved(now)
            return []
        }
    }

    func proofPostponed() {
        apply { machine, now in
            machine.proofPostponed(now)
            return []
        }
    }

    /// A stream of it came to nothing by the bridge's fault.
    func dialFailed() {
        apply { machine, now in
            machine.dialFailed(now)
            return []
        }
    }

    private func apply(_ event: (inout I2PSession, Instant) -> [I2PSession.Effect]) {
        let before = (machine.readiness, machine.id, machine.address)
        let effects = event(&machine, loop.now)
        for effect in effects { act(effect) }
        if let deadline = machine.deadline {
            wake.schedule(after: max(deadline - loop.now, .zero))
        } else {
            wake.cancel()
        }
        if before != (machine.readiness, machine.id, machine.address) { onChange() }
    }

    private func act(_ effect: I2PSession.Effect) {
        switch effect {
        case .dial: dial()
        case .send(let bytes): stream?.write(bytes)
        case .readKeys: read()
        case .keep(let keys): keep(keys)
        case .prove(let address): prove(address)
        case .hangUp:
            stream?.close()
            stream = nil
        }
    }

    private func read() {
        do throws(StartFailure) {
            let keys = try readKeys()
            apply { $0.keysRead(keys, now: $1) }
        } catch {
            apply { $0.noKeys(error.description, now: $1) }
        }
    }

    private func keep(_ keys: I2PKeys) {
        do throws(StartFailure) {
            try keepKeys(keys)
            apply { $0.keysAreKept(keys, now: $1) }
        } catch {
            apply { $0.noKeys(error.description, now: $1) }
        }
    }

    private func dial() {
        guard let endpoint = source.endpoint else { return apply { $0.dialPostponed($1) } }
        let socket: Descriptor
        do throws(SystemError) {
            socket = try Socket.connect(to: endpoint)
        } catch {
            // Our own lack of descriptors says nothing of the bridge.
            if error.isDescriptorLimit { return apply { $0.dialPostponed($1) } }
            return apply { $0.cannotConnect(error.reason, now: $1) }
        }
        let stream = ByteStream(socket, connecting: true, loop: loop)
        self.stream = stream
        var isConnected = false
        var isKnown = false
        stream.onConnected = { [weak self] in
            isConnected = true
            self?.apply { $0.connected(as: .random(), now: $1) }
        }
        stream.onBytes = { [weak self, unowned stream] bytes in
            guard let self else { return }
            // Asked once it has answered: until it has taken the connection, nobody has that end.
            guard isKnown || source.isIt(behind: stream.localEndpoint) else {
                return apply { $0.cannotConnect("a program of another user has its port", now: $1) }
            }
            isKnown = true
            apply { $0.received(bytes, now: $1) }
        }
        stream.onEnded = { [weak self] ending in
            guard let self else { return }
            self.stream = nil
            if !isConnected, case .failed(let error) = ending {
                apply { $0.cannotConnect(error.reason, now: $1) }
            } else {
                apply { $0.closed($1) }
            }
        }
    }
}

extension SAMSessionID {
    /// A name that no other program of this machine can guess; nil where the kernel gives no random bytes.
    static func random() -> SAMSessionID? {
        (try? Crypto.randomBytes(16)).flatMap { SAMSessionID(random: $0) }
    }
}

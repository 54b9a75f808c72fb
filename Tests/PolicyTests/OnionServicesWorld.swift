import Policy
import Protocols
import Testing

/// A machine, and what a driver would do to it.
struct OnionServicesWorld {
    var machine = OnionServices(directory: "/state/inbound")
    var now = Instant(milliseconds: 1_000_000)
    /// What is in the key files, and what is asked of Tor.
    var files: [InboundKind: Result<OnionKeyFile?, OnionKeyFailure>] = [:]
    var writeFailure: OnionKeyFailure?
    var listenFailure: String?
    var asked: [TorOnionRequest] = []
    var listening: [InboundKind: UInt32] = [:]
    var unpublished: [String] = []
    var told: [String] = []
    var written: [OnionKeyFile] = []

    mutating func act(_ effects: [OnionServices.Effect]) {
        for effect in effects {
            switch effect {
            case .readKey(let kind): act(machine.keyRead(kind, files[kind] ?? .success(nil), now: now))
            case .listen(let kind, let user):
                if let listenFailure { return act(machine.notListening(kind, listenFailure, now: now)) }
                #expect(listening[kind] == nil, "it listens already")
                listening[kind] = user
                act(machine.listening(kind, at: .unix("/x/\(kind.rawValue)"), now: now))
            case .publish(let request): asked.append(request)
            case .keep(let kind, let file):
                if writeFailure == nil {
                    written.append(file)
                    files[kind] = .success(file)
                }
                act(machine.kept(kind, file, failure: writeFailure, now: now))
            case .unpublish(let address): unpublished.append(address)
            case .close(let kind): listening[kind] = nil
            case .tell(let sentence): told.append(sentence)
            }
        }
    }

    mutating func configure(_ services: [OnionServiceConfiguration]) {
        act(machine.configure(services, now: now))
    }

    mutating func judge(mayStand: Bool = true, isTorReady: Bool = true) {
        act(machine.judge(mayStand: mayStand, isTorReady: isTorReady, now: now))
    }

    mutating func hear(_ event: TorOnionEvent) { act(machine.heard(event, now: now)) }

    mutating func pass(_ time: Duration) {
        now = now + time
        act(machine.tick(now))
    }

    mutating func upload(_ address: String, _ status: TorDescriptorEvent.Status = .uploaded, at place: String) {
        hear(.descriptor(TorDescriptorEvent(address: address, status: status, directory: place)))
    }

    var published: [Bool?] { machine.statuses.map(\.published) }
}

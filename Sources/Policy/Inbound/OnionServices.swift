public import Protocols

/// Which onion services stand, and what is to be asked of Tor so that those stand which should, and no others: events
/// in, effects out.
///
/// A service stands only while nothing forbids it (the lock, the guard's proof) and Tor is proven; each is published
/// over the router's control connection alone, so that it ends with the router. One that stands stays while Tor is out
/// of reach for a while: its streams are cut by the egress that is lost, and its address is found again sooner.
public struct OnionServices: Hashable, Sendable {
    /// What the driver shall do, in this order.
    public enum Effect: Hashable, Sendable {
        /// Look for the service's key file; then `keyRead`.
        case readKey(InboundKind)
        /// Listen where Tor is to connect its streams to, and take nobody's but this user's; then `listening` or
        /// `failed`.
        case listen(InboundKind, user: UInt32)
        /// Ask Tor for it.
        case publish(TorOnionRequest)
        /// Write a key that Tor has made to the service's file; then `kept`.
        case keep(InboundKind, OnionKeyFile)
        /// Tell Tor to take it down.
        case unpublish(address: String)
        /// Listen no more, and cut all that has come there.
        case close(InboundKind)
        /// Tell the operator this.
        case tell(String)
    }

    private enum Conversation: Hashable {
        case none
        /// Tor runs as this user.
        case open(user: UInt32?)
    }

    /// The directory of the key files.
    public let directory: String
    private var services: [OnionService] = []
    private var conversation = Conversation.none
    private var mayStand = false
    private var isTorReady = false
    private var now = Instant(milliseconds: 0)
    /// What this Tor said when it was asked for proof-of-work defence and refused; and whether that was told.
    private var workRefusal: String?
    private var wasToldOfWork = false

    /// None, and their keys are to be kept in this directory.
    public init(directory: String) {
        self.directory = directory
    }

    /// Where the key of a service is kept.
    public func path(of kind: InboundKind) -> String { "\(directory)/tor.\(kind.rawValue).key" }

    // MARK: What is known

    /// Whether any is configured.
    public var areWanted: Bool { services.contains { $0.wish != nil } }

    /// Each service that is configured, in the order of the configuration.
    public var statuses: [InboundStatus] {
        services.compactMap { service in
            service.wish.map { wish in
                InboundStatus(
                    name: wish.name, address: service.lastingAddress.map { "\($0):\(wish.port)" },
                    published: isTorReady && service.isPublished, detail: detail(of: service))
            }
        }
    }

    /// Why services that should stand do not, or are found by nobody: a sentence for each, with the mend.
    public var problems: [String] {
        guard mayStand, isTorReady else { return [] }
        return services.compactMap { service in
            guard let wish = service.wish, let problem = problem(of: service) else { return nil }
            return "\(wish.name) is not published: \(problem)"
        }
    }

    private func problem(of service: OnionService) -> String? {
        if let problem = service.problem { return problem }
        guard let overdue = service.overdue, overdue <= now else { return nil }
        return "no directory of Tor's has taken its descriptor for two minutes:"
            + " is this machine's clock right, and its network whole?"
    }

    private func detail(of service: OnionService) -> String? {
        if let problem = problem(of: service) { return problem }
        guard mayStand else { return "not while nothing passes" }
        guard isTorReady else { return "waits for tor" }
        switch service.phase {
        case .standing: return service.isPublished ? nil : "waits until a directory of Tor's has its descriptor"
        default: return "Tor is asked for it"
        }
    }

    /// When `tick` is to be called at the latest; nil where nothing changes by time alone.
    public var deadline: Instant? {
        // What was told already is not waited for.
        services.compactMap(\.deadline).filter { $0 > now }.min()
    }

    // MARK: Events

    /// The services of the configuration that is in force now.
    public mutating func configure(_ wishes: [OnionServiceConfiguration], now: Instant) -> [Effect] {
        self.now = now
        for index in services.indices {
            services[index].wish = wishes.first { $0.kind == services[index].kind }
            // A reload is when a person has mended something.
            services[index].beginAnew()
        }
        for wish in wishes where !services.contains(where: { $0.kind == wish.kind }) {
            services.append(OnionService(wish))
        }
        let order = wishes.map(\.kind)
        services.sort { (order.firstIndex(of: $0.kind) ?? .max) < (order.firstIndex(of: $1.kind) ?? .max) }
        return settle()
    }

    /// Whether services may stand at all, by lock and guard; and whether Tor is proven.
    public mutating func judge(mayStand: Bool, isTorReady: Bool, now: Instant) -> [Effect] {
        self.now = now
        self.mayStand = mayStand
        self.isTorReady = isTorReady
        return settle()
    }

    /// Tor's control connection told this.
    public mutating func heard(_ event: TorOnionEvent, now: Instant) -> [Effect] {
        self.now = now
        switch event {
        case .open(let user):
            conversation = .open(user: user)
            workRefusal = nil
            for index in services.indices { services[index].beginAnew() }
            return settle()
        case .closed: return closed()
        case .added(let name, let address, let newKey): return added(name, address, newKey)
        case .refused(let name, let refusal): return refused(name, refusal)
        case .deleted(let address):
            if let index = services.firstIndex(where: { $0.address == address && $0.phase == .leaving }) {
                services[index].gone()
            }
            return settle()
        case .descriptor(let descriptor):
            if let index = services.firstIndex(where: { $0.address == descriptor.address }) {
                services[index].heard(descriptor, now: now)
            }
            // What another one waits for may be due by now, and nobody asks for it again.
            return settle()
        }
    }

    /// What `.readKey` found; nil where there is no file.
    public mutating func keyRead(
        _ kind: InboundKind, _ result: Result<OnionKeyFile?, OnionKeyFailure>, now: Instant
    ) -> [Effect] {
        self.now = now
        guard let index = index(of: kind), services[index].phase == .reading else { return [] }
        services[index].phase = .down
        switch result {
        case .success(let file):
            services[index].key = file.map { .kept($0.key) } ?? .missing
            services[index].address = file?.address
        case .failure(let failure): services[index].failed(failure, now: now)
        }
        return settle()
    }

    /// `.listen` has done so here.
    public mutating func listening(_ kind: InboundKind, at endpoint: Endpoint, now: Instant) -> [Effect] {
        self.now = now
        guard let index = index(of: kind), services[index].phase == .opening else { return [] }
        guard let wish = services[index].wish, let key = services[index].key else {
            services[index].gone()
            return [.close(kind)]
        }
        services[index].phase = .asked(isUnwanted: false)
        services[index].asked = wish
        services[index].askedForWork = workRefusal == nil
        var kept: TorOnionKey?
        if case .kept(let known) = key { kept = known }
        return [
            .publish(
                TorOnionRequest(
                    name: wish.name, key: kept, port: wish.port, target: endpoint, clients: wish.clients.map(\.bytes),
                    asksForWork: workRefusal == nil))
        ]
    }

    /// `.listen` could not do so, for this reason.
    public mutating func notListening(_ kind: InboundKind, _ sentence: String, now: Instant) -> [Effect] {
        self.now = now
        guard let index = index(of: kind), services[index].phase == .opening else { return [] }
        services[index].gone()
        services[index].failed(sentence, now: now)
        return []
    }

    /// What came of `.keep`: nil where the file is there.
    public mutating func kept(
        _ kind: InboundKind, _ file: OnionKeyFile, failure: OnionKeyFailure?, now: Instant
    ) -> [Effect] {
        self.now = now
        guard let index = index(of: kind), case .keeping(let isUnwanted) = services[index].phase else { return [] }
        if let failure {
            services[index].failed(failure, now: now)
            return takeDown(index)
        }
        services[index].key = .kept(file.key)
        return isUnwanted ? takeDown(index) : stands(index)
    }

    /// The time has come to this point.
    public mutating func tick(_ now: Instant) -> [Effect] {
        self.now = now
        for index in services.indices { services[index].forget(now) }
        return settle()
    }
}

extension OnionServices {
    private func index(of kind: InboundKind) -> Int? { services.firstIndex { $0.kind == kind } }

    /// Does for each service what brings it nearer to how it should be.
    private mutating func settle() -> [Effect] {
        services.removeAll { $0.wish == nil && $0.phase == .down }
        return services.indices.flatMap { settle($0) }
    }

    private mutating func settle(_ index: Int) -> [Effect] {
        let service = services[index]
        let isWanted = mayStand && service.wish != nil
        switch service.phase {
        case .down:
            if let retryAt = service.retryAt, now < retryAt { return [] }
            // Its address is known before Tor runs.
            guard service.key != nil else {
                services[index].phase = .reading
                return [.readKey(service.kind)]
            }
            guard isWanted, isTorReady, case .open(let user) = conversation else { return [] }
            guard let user else {
                services[index].failed(
                    "Tor does not say as which user it runs, so its connections cannot be told from anybody's:"
                        + " update Tor to 0.4.8 or newer", now: now)
                return []
            }
            services[index].phase = .opening
            return [.listen(service.kind, user: user)]
        case .asked(let isUnwanted):
            guard !isUnwanted, !isWanted || service.asked != service.wish else { return [] }
            services[index].phase = .asked(isUnwanted: true)
            return [.close(service.kind)]
        case .keeping(let isUnwanted):
            guard !isUnwanted, !isWanted || service.asked != service.wish else { return [] }
            services[index].phase = .keeping(isUnwanted: true)
            return [.close(service.kind)]
        case .standing:
            return !isWanted || service.asked != service.wish ? takeDown(index) : []
        case .reading, .opening, .leaving: return []
        }
    }

    private mutating func takeDown(_ index: Int) -> [Effect] {
        let service = services[index]
        services[index].phase = .leaving
        services[index].uploads = [:]
        return [.close(service.kind)] + (service.address.map { [.unpublish(address: $0)] } ?? [])
    }

    private mutating func stands(_ index: Int) -> [Effect] {
        services[index].stands(now)
        var effects: [Effect] = []
        if let workRefusal, !wasToldOfWork, let name = services[index].wish?.name {
            wasToldOfWork = true
            effects.append(
                .tell(
                    "\(name) stands without proof-of-work defence, which this Tor refused (\(workRefusal)):"
                        + " a flood of clients can keep others out; Tor 0.4.9 and newer have it"))
        }
        return effects + settle()
    }

    private mutating func closed() -> [Effect] {
        conversation = .none
        var effects: [Effect] = []
        for index in services.indices {
            switch services[index].phase {
            case .down, .reading: continue
            default: break
            }
            effects.append(.close(services[index].kind))
            services[index].gone()
        }
        return effects + settle()
    }

    private mutating func added(_ name: String, _ address: String, _ newKey: TorOnionKey?) -> [Effect] {
        guard let index = services.firstIndex(where: { $0.asked?.name == name }),
            case .asked(let isUnwanted) = services[index].phase
        else { return [.unpublish(address: address)] }
        if let newKey {
            // Kept also where it is not to stand any more: it is the service's from now on.
            services[index].phase = .keeping(isUnwanted: isUnwanted)
            services[index].address = address
            return [.keep(services[index].kind, OnionKeyFile(address: address, key: newKey))]
        }
        guard services[index].address == address else {
            services[index].failed(.otherAddress(path: path(of: services[index].kind)), now: now)
            services[index].address = address
            return takeDown(index)
        }
        return isUnwanted ? takeDown(index) : stands(index)
    }

    private mutating func refused(_ name: String, _ refusal: TorOnionRefusal) -> [Effect] {
        guard let index = services.firstIndex(where: { $0.asked?.name == name }), case .asked = services[index].phase
        else { return [] }
        let effects = [Effect.close(services[index].kind)]
        services[index].gone()
        if refusal.isCollision {
            services[index].failed(
                "Tor has it already, by a connection that is not ours: if another router runs with this key, end it",
                now: now)
        } else if services[index].askedForWork {
            // Asked again without it, at once. Where that is refused as well, it was something else.
            workRefusal = refusal.sentence
        } else {
            // With the defence it was refused for the same reason: the next time it is asked for again.
            workRefusal = nil
            services[index].failed(
                "Tor refuses it (\(refusal.sentence)): look at Tor's version, and at [node.inbound.tor]", now: now)
        }
        return effects + settle()
    }
}

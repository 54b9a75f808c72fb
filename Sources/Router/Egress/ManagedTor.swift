import EventLoop
import Policy
import Protocols

/// Our own Tor: the driver of `TorSupervision`. It has its directory, its process and, while that runs, a conversation
/// with it.
final class ManagedTor: TorSource {
    var onChange: () -> Void = {}
    var onStream: (TorStreamEvent) -> Void = { _ in }
    var keyOf: (ArraySlice<UInt8>) -> UInt64? = { _ in nil }
    var onOnion: (TorOnionEvent) -> Void = { _ in }
    var tellsWhy: Bool { true }
    var whyNoOnions: String? { nil }
    var socks: Endpoint? { home?.places.socks }

    private let lines: [TorrcLine]
    private let stateDirectory: String
    private let openUplink: (() throws(StartFailure) -> TorUplink)?
    private let loop: EventLoop
    private var machine = TorSupervision()
    private var home: TorHome?
    private var uplink: TorUplink?
    private var child: ChildProcess?
    private var log = TorLogReader()
    private var conversation: TorConversation?
    private var servesOnions = false
    private lazy var wake = Watch.timer(on: loop) { [unowned self] in apply { $0.tick(loop.now) } }

    /// - Parameters:
    ///   - lines: the operator's, for its torrc.
    ///   - stateDirectory: where its directory is to be.
    ///   - openUplink: opens its way to its relays; nil where it dials them itself.
    init(
        _ lines: [TorrcLine], stateDirectory: String, openUplink: (() throws(StartFailure) -> TorUplink)?,
        loop: EventLoop
    ) {
        self.lines = lines
        self.stateDirectory = stateDirectory
        self.openUplink = openUplink
        self.loop = loop
    }

    var readiness: EgressReadiness {
        let known = machine.readiness(by: conversation?.readiness)
        // Tor says nothing of a machine without any network: it waits at 0 %.
        guard conversation != nil, openUplink == nil, !known.isReady, OwnAddresses.read().allSatisfy(\.isLoopback)
        else { return known }
        return EgressReadiness(
            known.state, "\(known.detail); this machine has no address but loopback's: is it online?")
    }

    func start() { apply { $0.start() } }

    func stop() {
        // Kept until the process is gone: the directory's lock is held for so long.
        child?.onEnded = { [self] in ended($0) }
        apply { $0.stop() }
        if child == nil { letGo() }
    }

    func dialFailed() { conversation?.dialFailed() }

    func inboundPlace(of kind: InboundKind) -> Endpoint { home?.places.inbound(kind) ?? Self.loopbackPlace }

    func serveOnions() {
        servesOnions = true
        conversation?.serveOnions()
    }

    func publish(_ request: TorOnionRequest) { conversation?.publish(request) }
    func unpublish(_ address: String) { conversation?.unpublish(address) }

    private func apply(_ event: (inout TorSupervision) -> [TorSupervision.Effect]) {
        let effects = event(&machine)
        for effect in effects { act(effect) }
        if let deadline = machine.deadline { wake.schedule(after: deadline - loop.now) } else { wake.cancel() }
        if !machine.isLeaving { onChange() }
    }

    private func act(_ effect: TorSupervision.Effect) {
        switch effect {
        case .prepare: prepare()
        case .verify: launch(["--verify-config"])
        case .run: launch([])
        case .converse: converse()
        case .hangUp:
            conversation?.stop()
            conversation = nil
        case .end(let patience): child?.end(within: patience)
        }
    }

    private func prepare() {
        do throws(StartFailure) {
            if home == nil { home = try TorHome(stateDirectory: stateDirectory) }
            guard let home, try home.enter() else {
                let directory = home?.places.directory ?? ""
                return apply { $0.isHeld(directory, now: loop.now) }
            }
            if uplink == nil, let openUplink { uplink = try openUplink() }
            let torrc = Torrc(
                lines: lines, places: home.places, owner: ThisProcess.id, upstream: uplink.flatMap(\.upstream)
            ).text
            try home.write(torrc: torrc)
            apply { $0.prepared(torrc: torrc, now: loop.now) }
        } catch {
            apply { $0.failed(error.description, now: loop.now) }
        }
    }

    private func launch(_ arguments: [String]) {
        guard let home else { return }
        guard let program = ProgramSearch.find("tor", path: ThisProcess.environment("PATH")) else {
            return apply { $0.failed("tor is not installed: apt-get install tor", now: loop.now) }
        }
        log = TorLogReader()
        do throws(SystemError) {
            let child = try ChildProcess(home.program(program, arguments), loop: loop)
            self.child = child
            child.onOutput = { [unowned self] bytes in
                for line in log.receive(bytes) { apply { $0.logged(line, now: loop.now) } }
            }
            child.onEnded = { [unowned self] in ended($0) }
        } catch {
            apply { $0.failed("\(program) cannot be started: \(error.reason)", now: loop.now) }
        }
    }

    private func ended(_ ending: ChildProcess.Ending) {
        child = nil
        apply { $0.ended("\(ending)", isSuccess: ending == .exited(0), now: loop.now) }
        if machine.isStopped { letGo() }
    }

    private func letGo() {
        home = nil
        uplink?.close()
        uplink = nil
    }

    private func converse() {
        guard let home else { return }
        let conversation = TorConversation(
            socks: home.places.socks, control: home.places.control, takesOwnership: true, loop: loop)
        self.conversation = conversation
        conversation.onChange = { [unowned self] in
            if self.conversation?.readiness.isReady == true { machine.becameReady() }
            onChange()
        }
        conversation.onStream = { [unowned self] in onStream($0) }
        conversation.keyOf = { [unowned self] in keyOf($0) }
        conversation.onOnion = { [unowned self] in onOnion($0) }
        if servesOnions { conversation.serveOnions() }
        conversation.start()
    }
}

extension TorUplink {
    /// As Tor's configuration names it; nil where Tor cannot reach it.
    fileprivate var upstream: Torrc.Upstream? {
        guard case .tcp(let address, let port) = endpoint else { return nil }
        return Torrc.Upstream(address: address, port: port, credentials: credentials)
    }
}

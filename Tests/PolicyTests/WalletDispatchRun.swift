import Policy
import Protocols
import Testing

/// A dispatcher with a driver that keeps every rule of its own, and records an issue where the dispatcher breaks one
/// of those that hold always.
final class DispatchRun {
    struct Link {
        enum State: Equatable { case opening, idle, busy(WalletRequest), forwarding(WalletDispatch.RequestID), closed }
        let id: WalletDispatch.LinkID
        let node: Int
        let purpose: WalletPurpose
        var state = State.opening
        var sent: [WalletRequest] = []
        /// When the last of them was, by a count of all askings and sendings.
        var sentAt = 0
    }

    enum Outcome: Equatable { case answered(WalletAnswer), forwarded, brokeOff, gone, passedOn }

    private(set) var dispatch: WalletDispatch
    let configuration: WalletConfiguration
    private(set) var now = Instant(milliseconds: 1_000_000)
    private(set) var links: [Link] = []
    private(set) var requests: [WalletDispatch.RequestID: WalletRequest] = [:]
    private(set) var outcomes: [WalletDispatch.RequestID: Outcome] = [:]
    /// Requests whose answer is given as it comes.
    private(set) var streams: Set<WalletDispatch.RequestID> = []
    private(set) var told: [String] = []
    private(set) var reports: [[NodeReport]] = []
    private(set) var refusal: Refusal? = .unguarded
    private var isRetired = false
    private(set) var ready: [Bool]
    /// What the nodes are: answers to probes by node.
    var chains: [Chain]
    /// Whether probes are answered at once.
    var answersProbes = true
    /// Answers that were another's too.
    private(set) var shared = 0
    private var last: UInt64 = 0
    /// A count of all askings and sendings, and when each request was asked by it.
    private var step = 0
    private var askedAt: [WalletDispatch.RequestID: Int] = [:]
    /// What has just been answered, while its effects are taken, and by how many it was received.
    private var answering: (link: Link, request: WalletRequest, answer: WalletAnswer, receivers: Int)?
    private var sendings: [(node: Int, request: WalletRequest)] = []

    struct Chain {
        var height: UInt64 = 1000
        var hash: UInt8 = 1
        var fee: UInt64 = 20_000
    }

    /// Nodes of these kinds: "l" on this machine, "o" an onion service, "t" one that is trusted.
    init(
        _ kinds: String, fallback: Bool = false, order: WalletConfiguration.Order = .file, verifies: Bool = false,
        broadcast: Int = 1, isOpen: Bool = true, seed: UInt64 = 1
    ) {
        let nodes = kinds.enumerated().map { index, kind in
            let own = RouteSamples.address("127.0.0.\(index + 1)")
            let letters = Array("abcdefghij")
            let host = kind == "l" ? own : Host.onion(String(repeating: letters[index % 10], count: 55) + "d.onion")
            return WalletNodeConfiguration(destination: Destination(host: host, port: 18081), isTrusted: kind == "t")
        }
        configuration = WalletConfiguration(
            listen: .tcp(.v4(IPv4Address(127, 0, 0, 1)), port: 18989), fallback: fallback, order: order,
            verifiesOutputs: verifies, broadcast: broadcast, nodes: nodes)
        ready = nodes.map { $0.kind == .loopback }
        chains = Array(repeating: Chain(), count: nodes.count)
        dispatch = WalletDispatch(configuration, listener: 0, network: .regtest, seed: seed)
        if isOpen {
            stand(nil)
            routes(Array(repeating: true, count: nodes.count))
        }
    }

    // MARK: what happens

    @discardableResult
    func ask(_ request: WalletRequest) -> WalletDispatch.RequestID {
        last += 1
        let id = WalletDispatch.RequestID(last)
        requests[id] = request
        step += 1
        askedAt[id] = step
        take(dispatch.request(id, request, now: now))
        return id
    }

    func leave(_ id: WalletDispatch.RequestID) {
        outcomes[id] = .gone
        streams.remove(id)
        take(dispatch.requestGone(id, now: now))
    }

    func open(_ link: WalletDispatch.LinkID) {
        guard let index = index(link), links[index].state == .opening else { return }
        links[index].state = .idle
        take(dispatch.linkConnected(link, now: now))
        take(dispatch.linkOpened(link, now: now))
    }

    /// The egress is at work on the way, and has it.
    func waits(_ link: WalletDispatch.LinkID) { take(dispatch.linkWaits(link)) }
    func dials(_ link: WalletDispatch.LinkID) { take(dispatch.linkDialled(link, now: now)) }

    func begin(_ link: WalletDispatch.LinkID) { take(dispatch.linkBegan(link, now: now)) }

    func answer(_ link: WalletDispatch.LinkID, _ answer: WalletAnswer, keepsAlive: Bool = true) {
        guard let index = index(link), case .busy(let request) = links[index].state else { return }
        links[index].state = .idle
        answering = (links[index], request, answer, 0)
        take(dispatch.linkAnswered(link, answer, keepsAlive: keepsAlive, now: now))
    }

    func overflow(_ link: WalletDispatch.LinkID, status: Int = 200, beginning: [UInt8]) {
        take(dispatch.linkOverflows(link, status: status, beginning: beginning, now: now))
    }

    func streamed(_ link: WalletDispatch.LinkID, keepsAlive: Bool = true) {
        guard let index = index(link), case .forwarding(let request) = links[index].state else { return }
        links[index].state = .idle
        streams.remove(request)
        outcomes[request] = .forwarded
        take(dispatch.linkStreamed(link, keepsAlive: keepsAlive, now: now))
    }

    func end(_ link: WalletDispatch.LinkID, _ ending: WalletDispatch.LinkEnding) {
        guard let index = index(link), links[index].state != .closed else { return }
        links[index].state = .closed
        take(dispatch.linkEnded(link, ending, now: now))
    }

    func routes(_ ready: [Bool]) {
        for index in self.ready.indices where configuration.nodes[index].kind != .loopback {
            self.ready[index] = ready[index]
        }
        take(dispatch.routes(ready, now: now))
        for link in links where link.state != .closed && !self.ready[link.node] {
            Issue.record("a link without a route stays")
        }
    }

    func stand(_ refusal: Refusal?) {
        self.refusal = refusal
        take(dispatch.stand(refusal, now: now))
        if refusal != nil {
            #expect(links.allSatisfy { $0.state == .closed })
            #expect(dispatch.isQuiet)
            #expect(open.isEmpty)
        }
    }

    /// The nodes of these places are still in the file.
    func retire(keeping kept: [Int]? = nil) {
        isRetired = true
        let nodes = (kept ?? Array(configuration.nodes.indices)).map { configuration.nodes[$0] }
        take(dispatch.retire(now: now) { nodes.contains($0) })
    }

    func takeOver(from old: DispatchRun) { dispatch.takeOver(from: old.dispatch, now: now) }

    func test() { take(dispatch.testNodes(now: now)) }

    /// Time passes, with every tick that is due.
    func pass(_ duration: Duration) {
        let end = now + duration
        var ticks = 0
        while let due = dispatch.deadline, due <= end {
            now = max(now, due)
            take(dispatch.tick(now: now))
            ticks += 1
            guard ticks < 10_000 else {
                Issue.record("it ticks without end")
                break
            }
        }
        now = max(now, end)
    }

    // MARK: what is there

    /// Requests that have no outcome yet.
    var open: [WalletDispatch.RequestID] {
        requests.keys.filter { outcomes[$0] == nil }.sorted { $0.number < $1.number }
    }

    func live(_ purpose: WalletPurpose? = nil, node: Int? = nil) -> [Link] {
        links.filter {
            $0.state != .closed && (purpose == nil || $0.purpose == purpose) && (node == nil || $0.node == node)
        }
    }

    /// The only live link of a purpose.
    func only(_ purpose: WalletPurpose, sourceLocation: SourceLocation = #_sourceLocation) throws -> Link {
        let all = live(purpose)
        #expect(all.count == 1, "\(all.count) links", sourceLocation: sourceLocation)
        return try #require(all.last, sourceLocation: sourceLocation)
    }

    func link(_ id: WalletDispatch.LinkID) -> Link? { index(id).map { links[$0] } }

    /// Where a request was sent, all sends of it, by node.
    func sends(of request: WalletRequest) -> [Int] {
        sendings.filter { $0.request == request }.map(\.node)
    }

    func isBusy(_ id: WalletDispatch.RequestID) -> Bool {
        guard let request = requests[id] else { return false }
        return outcomes[id] == .answered(BusyAnswer.to(request))
    }

    private func index(_ id: WalletDispatch.LinkID) -> Int? { links.firstIndex { $0.id == id } }

    // MARK: what it is told to do

    private func take(_ effects: [WalletDispatch.Effect]) {
        perform(effects)
        answering = nil
        // Probes are answered after the effects are done, so that one event is never inside another.
        guard answersProbes else { return }
        for link in links where link.purpose == .probe {
            if link.state == .opening { open(link.id) }
            if case .busy(let request) = self.link(link.id)?.state { answer(link.id, probeAnswer(request, link.node)) }
        }
    }

    private func perform(_ effects: [WalletDispatch.Effect]) {
        for effect in effects {
            switch effect {
            case .open(let id, let node, let purpose): opens(id, node, purpose)
            case .send(let id, let request): sends(id, request)
            case .close(let id):
                guard let index = index(id), links[index].state != .closed else {
                    Issue.record("closes what is not open")
                    continue
                }
                links[index].state = .closed
            case .answer(let id, let answer): ends(id, .answered(answer))
            case .passOn(let id, let request):
                #expect(isRetired && requests[id] == request)
                ends(id, .passedOn)
            case .forward(let link, let id):
                guard let index = index(link), case .busy(let request) = links[index].state else {
                    Issue.record("forwards what does not come")
                    continue
                }
                #expect(requests[id] == request && outcomes[id] == nil && !streams.contains(id))
                links[index].state = .forwarding(id)
                streams.insert(id)
            case .breakOff(let id):
                #expect(streams.contains(id))
                ends(id, .brokeOff)
            case .tell(_, let sentence): told.append(sentence)
            case .tested(let reports): self.reports.append(reports)
            }
        }
    }

    private func opens(_ id: WalletDispatch.LinkID, _ node: Int, _ purpose: WalletPurpose) {
        #expect(refusal == nil && ready[node])
        #expect(index(id) == nil)
        #expect(live(node: node).count < 2, "a third link")
        if purpose != .probe { #expect(mayGo(to: node), "leaves the loopback node") }
        links.append(Link(id: id, node: node, purpose: purpose))
    }

    private func sends(_ id: WalletDispatch.LinkID, _ request: WalletRequest) {
        guard let index = index(id), links[index].state == .idle else {
            Issue.record("sends on what is not idle")
            return
        }
        #expect(refusal == nil && ready[links[index].node])
        #expect(links[index].purpose == request.call.purpose)
        if request.call.purpose == .transaction { #expect(links[index].sent.isEmpty, "a used link") }
        if request.call.role == .revealing {
            #expect(configuration.nodes[links[index].node].isTrusted || isOwn(links[index].node))
        }
        if request.call.role == .outputs {
            #expect(
                live(.transaction).contains { $0.state == .idle } || sends(of: request).count > 0,
                "outputs without a transaction's way")
        }
        links[index].sent.append(request)
        links[index].state = .busy(request)
        step += 1
        links[index].sentAt = step
        sendings.append((links[index].node, request))
    }

    private func ends(_ id: WalletDispatch.RequestID, _ outcome: Outcome) {
        #expect(requests[id] != nil)
        #expect(outcomes[id] == nil, "a second answer")
        if case .answered(let answer) = outcome {
            #expect(!streams.contains(id))
            received(id, answer)
        }
        streams.remove(id)
        outcomes[id] = outcome
    }

    /// Whoever gets what has just come has asked for it, by the same bytes, and before the node was asked.
    private func received(_ id: WalletDispatch.RequestID, _ answer: WalletAnswer) {
        guard let present = answering, present.answer == answer, let request = requests[id],
            request.call.purpose == .sync, present.request.call.purpose == .sync, request.call.role == .plain,
            answer != BusyAnswer.to(request)
        else { return }
        #expect(request.body == present.request.body && request.call == present.request.call, "another's answer")
        #expect(askedAt[id] ?? .max < present.link.sentAt, "an answer that is older than its question")
        answering?.receivers += 1
        if present.receivers == 1 { shared += 1 }
    }

    private func isOwn(_ node: Int) -> Bool { configuration.nodes[node].kind == .loopback }

    private func mayGo(to node: Int) -> Bool {
        configuration.fallback || isOwn(node) || !configuration.nodes.contains { $0.kind == .loopback }
    }

    // MARK: answers

    func probeAnswer(_ request: WalletRequest, _ node: Int) -> WalletAnswer {
        let chain = chains[node]
        let digits = String(repeating: "0\(chain.hash)", count: 32)
        let result =
            switch request.call.method {
            case "get_info":
                "\"height\": \(chain.height), \"nettype\": \"fakechain\", \"top_block_hash\": \"\(digits)\""
            case "getblockheaderbyheight":
                "\"block_header\": {\"height\": \(height(in: request)), \"hash\": \"\(digits)\"}"
            case "get_version": "\"version\": 196618"
            default: "\"fee\": \(chain.fee), \"quantization_mask\": 10000"
            }
        return .result(result)
    }

    private func height(in request: WalletRequest) -> String {
        let text = String(decoding: request.body, as: UTF8.self)
        guard let line = text.split(whereSeparator: \.isNewline).first(where: { $0.contains("\"height\"") }) else {
            return "0"
        }
        return String(line.filter(\.isNumber))
    }
}

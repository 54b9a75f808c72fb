public import Protocols

/// Probes of nodes: while a wallet polls, and where somebody asks for a test. Never in the way of a wallet's request:
/// a probe takes a link only where one is free, and gives it up where a request needs it.
extension WalletDispatch {
    /// Probe each node at once; `tested` follows, within 100 s.
    public mutating func testNodes(now: Instant) -> [Effect] {
        if test == nil {
            test = NodeTest(open: places, until: now + WalletLimits.test)
            wake(at: now + WalletLimits.test)
            for index in probes.runs.indices { probes[index].isTest = true }
        }
        if let refusal {
            finishTest(refusal.sentence())
        } else {
            pump(now)
        }
        return take()
    }

    /// A wallet begins to poll. Nodes that nothing of it will ever be sent to are not told by a probe that it does.
    mutating func beginProbes(_ now: Instant) {
        for node in places where isAllowed[node] { probes.begin(node, now) }
        if let next = probes.next { wake(at: next) }
    }

    /// Starts the probes that are due, where there is room.
    mutating func startProbes(_ now: Instant) {
        if let open = test?.open {
            for node in open where !probes.isRunning(node) { startTest(of: node, now) }
        }
        guard let next = probes.next else { return }
        guard next <= now else {
            wake(at: next)
            return
        }
        for node in places {
            guard let due = probes.due[node], due <= now else { continue }
            if probes.isRunning(node) || !ways.isReady(node) {
                probes.later(node, now)
            } else if !ways.mayDial(node, now) {
                probes.postpone(node, to: now + .seconds(5))
            } else if !makeRoom(at: node, for: .probe, now) {
                probes.lackRoom(node, now)
            } else {
                startProbe(of: node, isTest: false, now)
            }
        }
        if let next = probes.next { wake(at: next) }
    }

    /// The session's node is not left unread because wallets use both links to it without a pause: the probe that found no
    /// room takes the second one as soon as that is idle, before another request does.
    mutating func pressProbe(_ now: Instant) {
        guard let node = session.node, probes.isOverdue(node, now), !probes.isRunning(node), ways.mayDial(node, now),
            makeRoom(at: node, for: .probe, now)
        else { return }
        startProbe(of: node, isTest: false, now)
    }

    private mutating func startTest(of node: Int, _ now: Instant) {
        guard ways.isReady(node) else {
            report(NodeReport(node: node, problem: Refusal.egressNotReady.sentence()))
            return
        }
        guard ways.mayDial(node, now), makeRoom(at: node, for: .probe, now) else {
            wake(at: now + .seconds(1))
            return
        }
        startProbe(of: node, isTest: true, now)
    }

    private mutating func startProbe(of node: Int, isTest: Bool, _ now: Instant) {
        let link = open(.probe, at: node, now)
        probes.start(
            ProbeSchedule.Run(
                node: node, link: link, probe: NodeProbe(network: network), until: now + WalletLimits.probe,
                report: NodeReport(node: node), isTest: isTest))
        wake(at: now + WalletLimits.probe)
    }

    /// The link of a probe opened.
    mutating func sendProbe(_ index: Int, _ now: Instant) {
        guard let place = probes.index(of: links[index].id) else { return }
        let connectedAt = probes[place].connectedAt ?? now
        probes[place].report.wayMilliseconds = UInt64(clamping: (connectedAt - links[index].dialledAt).milliseconds)
        if nodes[probes[place].node].tls != nil {
            probes[place].report.tlsMilliseconds = UInt64(clamping: (now - connectedAt).milliseconds)
        }
        let request = probes[place].probe.start(hashHeight: quorum.hashHeight(now: now))
        ask(request, on: index, now)
    }

    private mutating func ask(_ request: WalletRequest, on index: Int, _ now: Instant) {
        let until = now + WalletLimits.firstByteOfSeveral
        links.ask(index, .probe, until: until, now: now)
        wake(at: until)
        effects.append(.send(links[index].id, request))
    }

    /// The first byte of an answer to a probe came.
    mutating func probeBegan(_ link: LinkID, _ now: Instant) {
        guard let place = probes.index(of: link) else { return }
        probes[place].beganAt = now
    }

    /// A node answered one request of its probe.
    mutating func probeAnswered(_ link: LinkID, _ answer: WalletAnswer, keepsAlive: Bool, _ now: Instant) {
        guard let index = links.index(of: link), let place = probes.index(of: link) else { return }
        let sentAt = links[index].sentAt ?? now
        let latency = UInt64(clamping: ((probes[place].beganAt ?? now) - sentAt).milliseconds)
        probes[place].beganAt = nil
        if probes[place].report.firstByteMilliseconds == nil { probes[place].report.firstByteMilliseconds = latency }
        let node = probes[place].node
        switch probes[place].probe.answered(answer, latencyMilliseconds: latency) {
        case .send(let request) where keepsAlive:
            links[index].phase = .idle(since: now)
            ask(request, on: index, now)
        case .send:
            let problem = "it closes the connection after each answer"
            blame(node, problem, answers: true, now)
            endProbe(link, problem: problem, now)
        case .done(let reading):
            quorum.note(reading, of: node, now: now)
            // What a test reads while no wallet polls is nothing that the next session knows.
            if session.isActive { session.read(reading.height, of: node) }
            probes[place].report.reading = reading
            let problem = quorum.problem(of: node, now: now)
            if problem == nil { version.note(reading) }
            endProbe(link, problem: problem, now)
        case .failed(let sentence):
            quorum.failedProbe(sentence, of: node, now: now)
            endProbe(link, problem: sentence, now)
        }
    }

    /// A probe is over: its link carries nothing else.
    private mutating func endProbe(_ link: LinkID, problem: String?, _ now: Instant) {
        guard let place = probes.index(of: link) else { return }
        finishProbe(place, problem: problem, now)
        if let index = links.index(of: link) { close(index, now) }
    }

    /// The link of a probe is gone.
    mutating func probeLost(_ link: WalletLink, _ sentence: String, _ fault: LinkFault, _ now: Instant) {
        guard let place = probes.index(of: link.id) else { return }
        if fault == .node || fault == .answers {
            blame(link.node, sentence, answers: fault == .answers, now)
        }
        finishProbe(place, problem: sentence, now)
    }

    private mutating func finishProbe(_ place: Int, problem: String?, _ now: Instant) {
        let run = probes.finish(place)
        if run.isTest {
            var whole = run.report
            whole.problem = problem
            report(whole)
        }
        if session.isActive, isAllowed[run.node] {
            if let next = quorum.nextTry(of: run.node), next > now {
                probes.postpone(run.node, to: next)
            } else {
                probes.later(run.node, now)
            }
            if let next = probes.next { wake(at: next) }
        }
        // Not here: a probe may end to make room for a request that is being placed, which keeps its place till then.
        hasProbed = true
        wake(at: now)
    }

    private mutating func report(_ report: NodeReport) {
        test?.note(report)
        finishTest(nil)
    }

    /// Tells the test's end if nothing is open, or if it is to end anyway, for this reason.
    mutating func finishTest(_ sentence: String?) {
        guard var test else { return }
        if let sentence {
            for node in test.open { test.note(NodeReport(node: node, problem: sentence)) }
        }
        guard test.open.isEmpty else { return }
        self.test = nil
        effects.append(.tested(test.reports.sorted { $0.node < $1.node }))
    }
}

import Protocols

/// When each node is probed: once a minute, each in its own time, and only while a wallet polls or somebody asks.
struct ProbeSchedule {
    /// A probe under way.
    struct Run {
        let node: Int
        let link: WalletDispatch.LinkID
        var probe: NodeProbe
        var until: Instant
        /// What is learnt on the way, for a test.
        var report: NodeReport
        var isTest: Bool
        var connectedAt: Instant?
        /// When the first byte of the answer under way came.
        var beganAt: Instant?
    }

    private(set) var runs: [Run] = []
    /// When each node is due; nil while it is not to be probed.
    private(set) var due: [Instant?]
    /// Since when each has been due without room for it; nil where it is not.
    private var lacksRoomSince: [Instant?]
    private var isOver = false
    private var jitter: ProbeJitter

    init(nodes: Int, seed: UInt64) {
        due = Array(repeating: nil, count: nodes)
        lacksRoomSince = Array(repeating: nil, count: nodes)
        jitter = ProbeJitter(seed: seed)
    }

    func isRunning(_ node: Int) -> Bool { runs.contains { $0.node == node } }

    func index(of link: WalletDispatch.LinkID) -> Int? { runs.firstIndex { $0.link == link } }

    subscript(index: Int) -> Run {
        get { runs[index] }
        set { runs[index] = newValue }
    }

    /// The earliest that is due.
    var next: Instant? {
        var next: Instant?
        for at in due { if let at, at < next ?? at + .seconds(1) { next = at } }
        return next
    }

    /// A wallet begins: this node is probed within seconds.
    mutating func begin(_ node: Int, _ now: Instant) {
        guard !isOver else { return }
        due[node] = now + jitter.duration(.milliseconds(200), .seconds(3))
    }

    /// After one probe, the next.
    mutating func later(_ node: Int, _ now: Instant) {
        guard !isOver else { return }
        let interval = WalletLimits.probeInterval
        due[node] = now + jitter.duration(interval * 3 / 4, interval * 5 / 4)
    }

    /// There was no room: it is looked for again soon.
    mutating func lackRoom(_ node: Int, _ now: Instant) {
        lacksRoomSince[node] = lacksRoomSince[node] ?? now
        postpone(node, to: now + .seconds(5))
    }

    /// Whether it has been due for so long that its last reading will be worthless before long.
    func isOverdue(_ node: Int, _ now: Instant) -> Bool {
        lacksRoomSince[node].map { now - $0 >= WalletLimits.probeInterval } ?? false
    }

    /// It cannot be dialled now, or a failure is to be looked at again: not before this.
    mutating func postpone(_ node: Int, to at: Instant) {
        guard !isOver else { return }
        due[node] = at + jitter.duration(.zero, .seconds(2))
    }

    /// A failed node is looked at as soon as it may be tried again.
    mutating func hasten(_ node: Int, to at: Instant) {
        guard let present = due[node], at < present else { return }
        postpone(node, to: at)
    }

    /// It is not probed on its own account any more.
    mutating func cancel(_ node: Int) {
        due[node] = nil
        lacksRoomSince[node] = nil
    }

    /// No probe is begun any more.
    mutating func end() {
        isOver = true
        for node in due.indices { cancel(node) }
    }

    mutating func start(_ run: Run) {
        lacksRoomSince[run.node] = nil
        runs.append(run)
    }

    @discardableResult
    mutating func finish(_ index: Int) -> Run {
        runs.remove(at: index)
    }
}

/// A test of all nodes that somebody asked for, until each has its report.
struct NodeTest {
    var reports: [NodeReport] = []
    /// Nodes that are not reported yet.
    var open: [Int]
    let until: Instant

    mutating func note(_ report: NodeReport) {
        guard let index = open.firstIndex(of: report.node) else { return }
        open.remove(at: index)
        reports.append(report)
    }
}

public import Protocols

/// Which of a wallet's nodes are good: what each said in its last probe, against what the others said.
///
/// A node votes with a reading of at most five minutes. The largest group that agrees is taken for right: heights
/// within five blocks, one hash at the highest block that both were asked for, fees within a factor of three. Who
/// stands outside is set aside and named. Without a majority the first of the file is taken, and a threat names who
/// disagrees. A node of this machine has a vote like others, and is never set aside for theirs.
///
/// What it cannot see: who runs the nodes. Two nodes of one liar outvote an honest one, and however many agree may be
/// one person; only a node of one's own is sure. A node that is honest to everybody but one wallet, or keeps blocks
/// back from its last ten on, is not seen either, and one that lies to wallets but not to probes only by its fee.
public struct NodeQuorum: Sendable {
    /// A node that was set aside, failed, or is good again: worth an event.
    public struct Change: Hashable, Sendable {
        /// Its place in the listener's nodes.
        public let node: Int
        /// What happened, whole: "wallet.0.node.1 is set aside: it is 9 blocks behind what most nodes say".
        public let sentence: String
    }

    struct Node: Sendable {
        let isOwn: Bool
        let kind: String
        var reading: NodeReading?
        var readAt = Instant(milliseconds: 0)
        /// Hashes by height, ascending: the last of the probes.
        var hashes: [(height: UInt64, hash: [UInt8])] = []
        var answeredAt: Instant?
        var failure: Failure?
        /// A failure was told, and its end was not.
        var isToldFailing = false
        var toldAt: Instant?
        /// What was odd in its last probe, and how long that counts if no other follows.
        var oddity: (sentence: String, until: Instant)?
        /// What holds beyond the readings that it was found by.
        var held: Held?
        /// The kind of trouble that was told last; nil while it is good.
        var toldTrouble: String?

        /// Whether its reading is of the last minutes.
        func isFresh(_ now: Instant) -> Bool { reading != nil && now - readAt < NodeQuorum.freshness }
        /// Whether its last probe was odd.
        func isOdd(_ now: Instant) -> Bool { oddity.map { now < $0.until } ?? false }
        /// Whether it told a wallet another fee than others, lately.
        func isLiar(_ now: Instant) -> Bool { held.map { $0.isLie && now < $0.until } ?? false }
    }

    struct Failure: Sendable {
        var sentence: String
        var answers: Bool
        var pause: Duration
        var until: Instant
    }

    struct Held: Sendable {
        var trouble: NodeTrouble
        /// Whether it told a wallet another thing than probes: then its vote does not count.
        var isLie: Bool
        var until: Instant
    }

    /// A reading votes for so long.
    static let freshness: Duration = .seconds(300)
    /// Who was set aside by a majority, or lied to a wallet, stays so for this long, whether or not the others can be
    /// asked meanwhile; a majority's verdict ends when another node agrees with it again.
    static let memory: Duration = .seconds(3600)
    /// Blocks that honest nodes may differ by: a block takes seconds to reach all.
    static let slack: UInt64 = 5
    /// So many hashes of each node are kept: nodes that are probed at different moments can still be compared.
    static let keptHashes = 16

    let listener: Int
    let network: MoneroNetwork
    var nodes: [Node]
    var changes: [Change] = []
    private var cached = NodeJudgement()
    /// When the first reading came after none was fresh.
    private var wokeAt = Instant(milliseconds: 0)

    /// A quorum of the nodes of the listener of this place, none of which has been probed.
    public init(nodes: [WalletNodeConfiguration], listener: Int, network: MoneroNetwork) {
        self.listener = listener
        self.network = network
        self.nodes = nodes.map { Node(isOwn: $0.kind == .loopback, kind: $0.kind.rawValue) }
    }

    /// A probe of this node read this.
    public mutating func note(_ reading: NodeReading, of node: Int, now: Instant) {
        guard nodes.indices.contains(node) else { return }
        if !nodes.contains(where: { $0.isFresh(now) }) { wokeAt = now }
        nodes[node].reading = reading
        nodes[node].readAt = now
        // What it said of later blocks is of a chain that it may have left.
        nodes[node].hashes.removeAll { $0.height >= reading.hashHeight }
        nodes[node].hashes.append((reading.hashHeight, reading.hash))
        let surplus = nodes[node].hashes.count - Self.keptHashes
        if surplus > 0 { nodes[node].hashes.removeFirst(surplus) }
        nodes[node].oddity = nil
        answered(node, now: now)
        judge(now)
    }

    /// It answered a probe, but not as a node of this network does.
    ///
    /// That is a failure like others, and more: however well it answers wallets it is set aside until a probe finds it
    /// in order, or was not made for minutes. One of this machine is not set aside, since it may be of a kind that we
    /// do not know; but so long it has no vote, and is called what it is.
    public mutating func failedProbe(_ sentence: String, of node: Int, now: Instant) {
        guard nodes.indices.contains(node) else { return }
        nodes[node].oddity = (sentence.printable(limit: 300), now + Self.freshness)
        failed(sentence, of: node, answers: true, now: now)
    }

    /// It failed a request or a probe.
    ///
    /// It is not tried again before a pause that doubles with each further try: up to a minute, and 4 seconds for a
    /// node of this machine, in whose place there may be no other. What fails within a pause was begun before it.
    ///
    /// - Parameters:
    ///   - sentence: why, in words that go on after "it does not answer: " (or "answers: ").
    ///   - answers: whether it did answer, but not as a node does.
    public mutating func failed(_ sentence: String, of node: Int, answers: Bool = false, now: Instant) {
        guard nodes.indices.contains(node) else { return }
        let before = nodes[node].failure
        var pause: Duration = .seconds(2)
        var until = now + pause
        if let before {
            pause = now < before.until ? before.pause : min(before.pause * 2, .seconds(nodes[node].isOwn ? 4 : 60))
            until = now < before.until ? before.until : now + pause
        }
        nodes[node].failure = Failure(
            sentence: sentence.printable(limit: 300), answers: answers, pause: pause, until: until)
        tellFailure(of: node, now)
        judge(now)
    }

    /// It answered well what a wallet asked.
    public mutating func answered(_ node: Int, now: Instant) {
        guard nodes.indices.contains(node) else { return }
        nodes[node].answeredAt = now
        if nodes[node].failure != nil { nodes[node].failure = nil }
        tellRecovery(of: node, now)
    }

    /// Whether requests may go to it: not within the pause after a failure, and not set aside. One that was not read
    /// yet is good until something is said against it.
    public func isGood(_ node: Int, now: Instant) -> Bool {
        guard nodes.indices.contains(node) else { return false }
        if let failure = nodes[node].failure, now < failure.until { return false }
        return trouble(of: node, now) == nil
    }

    /// Why it is not used, or what was wrong with its last answer, in one sentence with its name; nil where nothing is.
    public func problem(of node: Int, now: Instant) -> String? {
        guard nodes.indices.contains(node) else { return nil }
        if let failure = nodes[node].failure { return failureSentence(of: node, failure) }
        return trouble(of: node, now).map { setAside(node, $0) }
    }

    /// When a node that failed may be tried again; nil where none is paused.
    public func nextTry(of node: Int) -> Instant? {
        nodes.indices.contains(node) ? nodes[node].failure?.until : nil
    }

    /// The height that most agree on; nil while only one of several has been asked.
    public func height(now: Instant) -> UInt64? { judgement(now).height }

    /// The block whose hash the next probes ask for: the tenth under that height.
    public func hashHeight(now: Instant) -> UInt64? {
        height(now: now).map { $0 > NodeProbe.depth ? $0 - NodeProbe.depth : 0 }
    }

    /// How long its quickest answer to the last probe took, in milliseconds; nil where that was minutes ago.
    public func latency(of node: Int, now: Instant) -> UInt64? {
        nodes.indices.contains(node) && nodes[node].isFresh(now) ? nodes[node].reading?.latencyMilliseconds : nil
    }

    /// One good node's whole tuple, of those that most agree with; nil where no node has said one lately.
    public func agreedFee(now: Instant) -> FeeTuple? { judgement(now).fee }

    /// What happened since this was asked last.
    public mutating func takeChanges() -> [Change] {
        defer { changes = [] }
        return changes
    }

    func name(_ node: Int) -> String { "wallet.\(listener).node.\(node)" }

    /// What is known now: of a request's path, so that it is worked out anew only where a reading has aged.
    func judgement(_ now: Instant) -> NodeJudgement {
        now < cached.validUntil ? cached : NodeJudgement(of: nodes, on: network, wokeAt: wokeAt, now: now)
    }

    /// Why it is set aside; nil where it is not. One of this machine never is.
    func trouble(of node: Int, _ now: Instant) -> NodeTrouble? {
        guard !nodes[node].isOwn else { return nil }
        if let oddity = nodes[node].oddity, now < oddity.until { return .odd(oddity.sentence) }
        if let held = nodes[node].held, now < held.until { return held.trouble }
        return judgement(now).troubles[node]
    }

    /// Works out what is known, and what of it is to be remembered and told.
    mutating func judge(_ now: Instant) {
        cached = NodeJudgement(of: nodes, on: network, wokeAt: wokeAt, now: now)
        for node in nodes.indices where !nodes[node].isOwn {
            if let held = nodes[node].held {
                // Who told a wallet another fee than probes has no vote, so that nobody is found to agree with it.
                if now >= held.until || cached.backed.contains(node) { nodes[node].held = nil }
            }
            if let trouble = cached.troubles[node], cached.lasting.contains(node), nodes[node].held?.isLie != true {
                nodes[node].held = Held(trouble: trouble, isLie: false, until: now + Self.memory)
            }
            tellTrouble(of: node, now)
        }
    }
}

import EventLoop
import Policy
import Protocols

/// One connection of a wallet: the driver of a `WalletConversation`.
///
/// A request goes to the gateway, and its answer comes back whole, or in parts as a node sends them. While the wallet
/// does not read, the node's end is not read either: memory stays flat, however long the answer.
final class WalletConnection {
    /// Its number at its listener.
    private(set) var number: UInt64
    /// The user who has the wallet's end, as a flow's tag keeps it.
    private(set) var owner: UInt32
    /// The wallet's end.
    let peer: Endpoint?
    private let stream: GatewayStream
    /// Who finds its answers; after a reload another.
    private unowned var gateway: WalletGateway
    private var conversation: WalletConversation
    /// The request that waits for its answer; nil where none does.
    private(set) var request: WalletDispatch.RequestID?
    /// Whose answer is given in parts.
    private weak var source: NodeLink?
    /// When the wallet last said something, or took something.
    private var lastMoved: Instant
    /// How much it had not taken when that was last looked at.
    private var lastQueued = 0
    /// When the request that is on its way to us began.
    private var began: Instant?
    /// Whether a whole request has come by it.
    private var hasAsked = false
    private var closesAfterAnswer = false
    private var isOver = false
    private let loop: EventLoop

    /// Past this many bytes that the wallet has not taken, the node is not read.
    static let backlog = 256 << 10

    /// How long a connection may do nothing. Between two requests it may for ever: a wallet does not see that a connection
    /// was closed, its next call fails, and one that has asked for ring members draws others the next time.
    private enum Patience {
        /// For a request's head.
        static let head: Duration = .seconds(30)
        /// Between two parts of a request.
        static let part: Duration = .seconds(60)
        /// For a whole request: 64 that were sent a byte at a time would lock every wallet out for as long as they like.
        static let whole: Duration = .seconds(120)
        /// While an answer waits to be taken.
        static let taking: Duration = .seconds(180)
    }

    init(
        _ stream: GatewayStream, from peer: Endpoint?, number: UInt64, owner: UInt32, gateway: WalletGateway,
        loop: EventLoop
    ) {
        self.stream = stream
        self.peer = peer
        self.number = number
        self.owner = owner
        self.gateway = gateway
        self.loop = loop
        conversation = gateway.newConversation()
        lastMoved = loop.now
        // Its first request is to begin soon, and its TLS with it.
        began = lastMoved
        stream.onBytes = { [unowned self] in received($0) }
        stream.onDrained = { [unowned self] in drained() }
        stream.onEnded = { [unowned self] _ in ended() }
    }

    private func received(_ bytes: Span<UInt8>) {
        lastMoved = loop.now
        perform(conversation.received(bytes))
        guard stream.isOpen else { return }
        if closesAfterAnswer, conversation.isIdle { return stream.closeAfterWriting() }
        if conversation.wantsAcknowledgement {
            // A wallet sends head and body in two writes, and its kernel keeps the second until the first is acknowledged;
            // ours would wait 40 ms with that.
            stream.acknowledgeNow()
            if began == nil { began = lastMoved }
        } else {
            began = nil
            stream.tookWhole()
        }
        if !conversation.acceptsBytes || isBehind { stream.pause() }
    }

    /// Whether the wallet has so much to take that nothing more is asked for it, nor read of it.
    private var isBehind: Bool { stream.queuedBytes > Self.backlog }

    private func perform(_ effects: [WalletConversation.Effect]) {
        for effect in effects {
            guard stream.isOpen else { return }
            switch effect {
            case .request(let asked):
                began = nil
                hasAsked = true
                ask(asked)
            case .write(let bytes): stream.write(bytes)
            case .close: stream.closeAfterWriting()
            }
        }
    }

    /// Its gateway is asked this.
    func ask(_ asked: WalletRequest) {
        guard stream.isOpen else { return }
        let id = gateway.newRequest()
        request = id
        gateway.asked(asked, id, by: self)
    }

    /// Its gateway has let its request go unanswered: it is another's to answer.
    func forgetRequest() { request = nil }

    /// The whole answer to its request.
    func answer(_ answer: WalletAnswer) {
        settle()
        perform(conversation.answer(answer, readsOn: false))
        readOn()
    }

    /// Takes up what the wallet has sent ahead, once it has taken what it was answered: else one that asks a hundred times and
    /// reads nothing would have a hundred answers kept for it.
    private func readOn() {
        guard stream.isOpen, !isBehind else { return }
        perform(conversation.readOn())
        answered()
    }

    /// Nothing is asked by it any more: what it asks next may be another gateway's.
    private func settle() {
        request = nil
        lastMoved = loop.now
        gateway.settled(self)
    }

    private func answered() {
        guard stream.isOpen else { return }
        if closesAfterAnswer, conversation.isIdle { return stream.closeAfterWriting() }
        if began == nil, conversation.wantsAcknowledgement { began = lastMoved }
        if conversation.acceptsBytes { stream.resume() }
    }

    // MARK: An answer in parts

    /// The answer begins so, and the rest comes by `give`.
    func begin(status: Int, length: UInt64?, _ beginning: [UInt8], from link: NodeLink) {
        source = link
        stream.write(conversation.begin(status: status, length: length, beginning: beginning))
        holdBack()
    }

    /// A part of the answer that has begun.
    func give(_ bytes: Span<UInt8>) {
        guard stream.isOpen, !bytes.isEmpty else { return }
        if stream.queuedBytes == 0 { lastMoved = loop.now }
        let frame = conversation.part(count: bytes.count)
        if !frame.before.isEmpty { stream.write(frame.before) }
        stream.write(bytes)
        if !frame.after.isEmpty { stream.write(frame.after) }
        holdBack()
    }

    /// A wallet that does not take what it is given holds the node back.
    private func holdBack() {
        if stream.isOpen, isBehind { source?.pause() }
    }

    /// The answer that was given in parts is whole.
    func finish() {
        source = nil
        if let request { gateway.finished(request) }
        settle()
        perform(conversation.finish(readsOn: false))
        readOn()
    }

    private func drained() {
        lastMoved = loop.now
        source?.resume()
        if request == nil { readOn() }
    }

    // MARK: Whose it is

    /// Another gateway answers what it asks from now on; no request is under way. What is half received, and what the
    /// wallet has not taken yet, stays: the conversation is the connection's, as it was accepted.
    func move(to gateway: WalletGateway, number: UInt64, owner: UInt32) {
        self.gateway = gateway
        self.number = number
        self.owner = owner
        closesAfterAnswer = false
    }

    /// Whether nothing is owed to the wallet, and nothing of a request has come: it may be closed for another.
    var isIdle: Bool { conversation.isIdle && stream.queuedBytes == 0 }

    /// Which of two idle ones is closed first: who never asked before who did, then whoever was idle for longer.
    func isIdler(than other: WalletConnection) -> Bool {
        hasAsked == other.hasAsked ? lastMoved < other.lastMoved : other.hasAsked
    }

    // MARK: Ends

    /// The wallet has ended, one way or another. (One that has shut down its sending half only is none: wallets do not.)
    private func ended() {
        guard !isOver else { return }
        isOver = true
        source = nil
        gateway.ended(self)
    }

    /// The answer that was begun cannot be ended: the wallet is to see that it is not whole.
    func breakOff() {
        request = nil
        close()
    }

    /// Ends it now, in whatever state it is; its request is dropped.
    func close() {
        stream.close()
        ended()
    }

    /// Ends it as soon as nothing is owed to the wallet.
    func closeWhenIdle() {
        closesAfterAnswer = true
        if conversation.isIdle { stream.closeAfterWriting() }
    }

    /// Whether a request takes too long to come.
    ///
    /// - Parameters:
    ///   - began: when it began.
    ///   - moved: when the last of it came.
    ///   - isInBody: whether its head is whole.
    static func isLate(began: Instant, moved: Instant, isInBody: Bool, _ now: Instant) -> Bool {
        now >= moved + Patience.part || now >= began + (isInBody ? Patience.whole : Patience.head)
    }

    /// Ends it where the wallet lets us wait for too long.
    func sweep(_ now: Instant) {
        let isLate: Bool
        // It takes what it is given, however slowly.
        if stream.queuedBytes < lastQueued { lastMoved = now }
        lastQueued = stream.queuedBytes
        if lastQueued > 0 {
            isLate = now >= lastMoved + Patience.taking
        } else if request != nil {
            // The dispatcher keeps that time.
            isLate = false
        } else if let began {
            isLate = Self.isLate(began: began, moved: lastMoved, isInBody: conversation.isInBody, now)
        } else {
            isLate = false
        }
        if isLate { close() }
    }
}

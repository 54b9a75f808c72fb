import EventLoop
import Policy
import Protocols
import TLS

/// One connection to a node: the way there, its TLS, and then one request after the other. The driver of a
/// `NodeConversation`.
///
/// ```
/// waiting for a way ─▶ dialling (TCP, proxies) ─▶ TLS ─▶ idle ◀─▶ asked ─▶ holding ─▶ forwarding
/// ```
final class NodeLink {
    /// What begins an answer.
    private struct AnswerHead {
        var status: Int
        var length: UInt64?
    }

    private enum Stage { case new, waiting, dialling, securing, open, ended }

    let id: WalletDispatch.LinkID
    /// The node's place in its listener.
    let node: Int
    private unowned let gateway: WalletGateway
    private let loop: EventLoop
    private var conversation: NodeConversation
    private var stream: GatewayStream?
    private var stage = Stage.new
    private var dialling: WalletWay.Dialling?
    /// When it is given up: once it is dialled, and while an answer that has begun goes on. The other times are the dispatcher's.
    private var deadline: Instant?

    private var head: AnswerHead?
    private var held: [UInt8] = []
    /// To whom the answer goes as it comes, once it is longer than is held.
    private weak var receiver: WalletConnection?
    private var isForwarding = false
    /// Whether a request is under way.
    private var isAsked = false
    private var isPaused = false

    /// What one read told, acted upon once all of it was looked at.
    private var hasBegun = false
    private var reply: [UInt8]?
    private var outcome: NodeConversation.Event?
    /// The small parts of what one read brought of an answer that is given on: they go together.
    private var gathered: [UInt8] = []

    /// What is given on as it is: to copy it would cost more than a call to the kernel.
    private static let large = 4096
    /// What is asked: how much of its answer is held before it is given on.
    private var call: WalletCall?
    /// When an answer that is held began.
    private var heldSince = Instant(milliseconds: 0)
    private static let wayPatience: Duration = .seconds(60)
    private static let securingPatience: Duration = .seconds(20)
    /// Between two parts of an answer.
    private static let stall: Duration = .seconds(60)

    init(
        _ id: WalletDispatch.LinkID, node: Int, _ conversation: NodeConversation, gateway: WalletGateway,
        loop: EventLoop
    ) {
        self.id = id
        self.node = node
        self.conversation = conversation
        self.gateway = gateway
        self.loop = loop
    }

    /// The egress that it goes by; nil for a node on this machine, and before it is dialled.
    var egress: UInt32? { dialling?.egress }

    /// Whether the egress is still at work on its way.
    var isWaiting: Bool { stage == .new || stage == .waiting }

    // MARK: The way

    /// Dials, on a circuit that nothing else has used.
    func dial() {
        guard isWaiting else { return }
        let way = gateway.way(to: node)
        // To ask may tell that the egress is no more, and end it.
        guard isWaiting else { return }
        switch way {
        case .wait where stage == .waiting: break
        case .wait:
            stage = .waiting
            gateway.waits(self)
        case .refuse(let refusal, let sentence): end(.notOpened(refusal, sentence))
        case .dial(let dialling):
            self.dialling = dialling
            deadline = loop.now + Self.wayPatience
            if stage == .waiting { gateway.dials(self) }
            guard stage != .ended else { return }
            let socket: Descriptor
            let tls = gateway.tls(of: node)
            do throws(SystemError) {
                socket = try dialling.way.connect()
            } catch {
                let refusal: Refusal =
                    error.isDescriptorLimit ? .connectionLimit : dialling.way.hops.isEmpty ? .unreachable : .proxyFailed
                if refusal == .proxyFailed { gateway.dialFailed(dialling.egress) }
                return end(.notOpened(refusal, error.reason))
            }
            stage = .dialling
            let stream = GatewayStream(
                connecting: socket, hops: dialling.way.hops, tls: tls,
                serverName: tls == nil ? nil : dialling.host, endsByReset: dialling.way.interface != nil, loop: loop)
            self.stream = stream
            stream.onConnected = { [unowned self] in connected() }
            stream.onOpened = { [unowned self] in opened() }
            stream.onBytes = { [unowned self] in received($0) }
            stream.onReadEnd = { [unowned self] in readEnded() }
            stream.onEnded = { [unowned self] in ended($0) }
        }
    }

    private func connected() {
        stage = .securing
        deadline = loop.now + Self.securingPatience
        gateway.connected(self)
    }

    private func opened() {
        guard stage != .ended else { return }
        stage = .open
        deadline = nil
        gateway.opened(self)
    }

    // MARK: Requests

    /// Sends a request; none is under way.
    func send(_ request: WalletRequest) {
        guard stage == .open, let stream else { return }
        head = nil
        held = []
        call = request.call
        receiver = nil
        isForwarding = false
        isAsked = true
        stream.write(conversation.send(request))
    }

    private func received(_ bytes: Span<UInt8>) {
        guard stage != .ended else { return }
        // It was sent before whatever the answer, or the question, in this read leads to.
        guard reply == nil, outcome == nil else { return noteSurplus() }
        conversation.received(bytes) { event in
            switch event {
            case .write(let bytes): reply = (reply ?? []) + bytes
            case .began: hasBegun = true
            case .head(let status, let length):
                head = AnswerHead(status: status, length: length)
            case .body(let range): take(bytes.extracting(range))
            case .end, .failed: outcome = event
            }
        }
        if isAsked, !isPaused { deadline = loop.now + Self.stall }
    }

    /// Acts upon what one read told.
    private func readEnded() {
        giveGathered()
        let (hasBegun, reply, outcome) = (hasBegun, reply, outcome)
        self.hasBegun = false
        self.reply = nil
        self.outcome = nil
        // Writing may end the stream at once, and with it the conversation.
        if let reply { stream?.write(reply) }
        guard stage != .ended else { return }
        if let outcome { return finish(outcome) }
        // A challenge is no answer.
        if hasBegun, reply == nil {
            heldSince = loop.now
            gateway.began(self)
        }
        if stage == .open, !isForwarding, let call, !call.holds(held.count, for: loop.now - heldSince), let head {
            gateway.overflows(self, status: head.status, beginning: held)
        }
    }

    /// More came after what ends an answer, or asks who we are.
    private func noteSurplus() {
        switch outcome {
        case .end: outcome = .end(keepsAlive: false)
        case nil:
            reply = nil
            outcome = .failed("It sent bytes that nobody had asked for.", answered: true)
        default: break
        }
    }

    private func take(_ part: Span<UInt8>) {
        if isForwarding {
            if gathered.isEmpty, part.count >= Self.large {
                receiver?.give(part)
            } else {
                gathered.append(copying: part)
            }
        } else {
            if held.isEmpty, let length = head?.length, let call {
                held.reserveCapacity(Int(min(length, UInt64(call.holdLimit))))
            }
            held.append(copying: part)
        }
    }

    private func giveGathered() {
        guard !gathered.isEmpty else { return }
        // To give may end the wallet, and with it this link.
        let parts = gathered
        gathered = []
        receiver?.give(parts.span)
    }

    private func finish(_ outcome: NodeConversation.Event) {
        switch outcome {
        case .end(let keepsAlive):
            stream?.tookWhole()
            isAsked = false
            deadline = nil
            if isForwarding {
                let receiver = receiver
                isForwarding = false
                self.receiver = nil
                resume()
                receiver?.finish()
                gateway.streamed(self, keepsAlive: keepsAlive)
            } else {
                // What a node says of its type does not matter, and goes nowhere.
                let answer = WalletAnswer(status: head?.status ?? 0, contentType: "", body: held)
                held = []
                gateway.answered(self, answer, keepsAlive: keepsAlive)
            }
        case .failed(let sentence, _) where stage != .open: end(.notOpened(.unreachable, sentence))
        case .failed(let sentence, let answered): end(answered ? .broken(sentence) : .unanswered(sentence))
        case .write, .began, .head, .body: break
        }
    }

    /// Gives the answer that is coming to this connection, what is held of it first.
    func forward(to connection: WalletConnection?) {
        guard stage == .open, let head else { return }
        isForwarding = true
        receiver = connection
        let beginning = held
        held = []
        guard let connection else { return }
        connection.begin(status: head.status, length: head.length, beginning, from: self)
    }

    /// The wallet does not read.
    func pause() {
        guard !isPaused else { return }
        isPaused = true
        deadline = nil
        stream?.pause()
    }

    /// The wallet reads again.
    func resume() {
        guard isPaused else { return }
        isPaused = false
        if isAsked { deadline = loop.now + Self.stall }
        stream?.resume()
    }

    // MARK: Ends

    private func ended(_ ending: GatewayStream.Ending) {
        if stage == .open { return lost(ending.sentence) }
        if isProxysFault(ending) { gateway.dialFailed(egress) }
        let refusal = dialling?.refusal(for: ending) ?? ending.refusal
        end(.notOpened(refusal, refusal == ending.refusal ? ending.sentence : refusal.sentence()))
    }

    /// The connection to a node that was reached is no more. A body always says how long it is: no end of a connection
    /// is the end of an answer.
    private func lost(_ sentence: String) {
        guard isAsked else { return end(.idleClosed) }
        guard case .failed(let sentence, let answered) = conversation.closed() else { return end(.broken(sentence)) }
        end(answered ? .broken(sentence) : .unanswered(sentence))
    }

    private func isProxysFault(_ ending: GatewayStream.Ending) -> Bool {
        switch ending {
        case .connectFailed(_, let isDirect): !isDirect
        case .proxyClosed: true
        case .proxyFailed(let failure): failure.isAboutProxy
        case .tlsFailed, .failed, .closedByPeer, .finished: false
        }
    }

    /// The egress or the route that it goes by is no more: a refusal of ours, which is not held against the node.
    func cut(_ refusal: Refusal) { end(.notOpened(refusal, refusal.sentence())) }

    /// Ends what does not come about in time.
    func sweep(_ now: Instant) {
        guard let deadline, now >= deadline else { return }
        end(
            stage == .open
                ? .broken("its answer stopped half-way") : .notOpened(.timeout, Refusal.timeout.sentence()))
    }

    private func end(_ ending: WalletDispatch.LinkEnding) {
        guard stage != .ended else { return }
        close()
        gateway.ended(self, ending)
    }

    /// Closes it. Nothing more is said of it. Of a request that is under way nothing more leaves over TCP: a close in order
    /// would have the kernel go on sending what it has of it, also after a lock.
    func close() {
        stage = .ended
        stream?.close(byReset: isAsked)
        held = []
        receiver = nil
    }
}

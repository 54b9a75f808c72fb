import EventLoop
import Policy
import Protocols

/// One connection to a node: the way there, its TLS, and then one request after the other. The driver of a
/// `NodeConversation`.
///
/// ```
/// waiting for a way ─▶ dialling (TCP, proxies) ─▶ TLS ─▶ idle ◀─▶ asked ─▶ holding ─▶ forwarding
/// ```
final class NodeLink {
    /// What begins an answer.
    struct AnswerHead {
        var status: Int
        var contentType: String
        var length: UInt64?
    }

    private enum Stage { case waiting, dialling, securing, open, ended }

    let id: WalletDispatch.LinkID
    /// The node's place in its listener.
    let node: Int
    /// The egress that it goes by; 0 for a node on this machine.
    private(set) var egress: UInt32 = 0
    private unowned let gateway: WalletGateway
    private let loop: EventLoop
    private var conversation: NodeConversation
    private var stream: GatewayStream?
    private var stage = Stage.waiting
    private var nearest = NodeConnection.NearestProxy.plain
    /// When it is given up; nil while nothing is awaited of the node, or the dispatcher keeps the time.
    private var deadline: Instant?

    private var head: AnswerHead?
    private var held: [UInt8] = []
    /// To whom the answer goes as it comes, once it is longer than is held.
    private weak var receiver: WalletConnection?
    private var isForwarding = false
    private var isPaused = false

    /// What one read told, acted upon once the conversation is done with it.
    private var hasBegun = false
    private var outcome: NodeConversation.Event?

    /// How much of an answer is held before it is given on.
    private static let holdLimit = 1 << 20
    private static let wayPatience: Duration = .seconds(60)
    private static let securingPatience: Duration = .seconds(20)
    /// Between two parts of an answer that we read.
    private static let stall: Duration = .seconds(60)

    init(_ id: WalletDispatch.LinkID, node: Int, _ conversation: NodeConversation, gateway: WalletGateway, loop: EventLoop)
    {
        self.id = id
        self.node = node
        self.conversation = conversation
        self.gateway = gateway
        self.loop = loop
        deadline = loop.now + Self.wayPatience
    }

    /// Whether the egress is still at work on its way.
    var isWaiting: Bool { stage == .waiting }

    // MARK: The way

    /// Dials, on a circuit that nothing else has used.
    func dial() {
        guard isWaiting else { return }
        switch gateway.way(to: node) {
        case .wait: break
        case .refuse(let refusal, let sentence): end(.notOpened(refusal, sentence))
        case .dial(let dialling):
            egress = dialling.egress
            nearest = dialling.nearest
            let socket: Descriptor
            let tls: TLSContext?
            do throws(SystemError) {
                socket = try dialling.way.connect()
            } catch {
                let refusal: Refusal =
                    error.isDescriptorLimit ? .connectionLimit : dialling.way.hops.isEmpty ? .unreachable : .proxyFailed
                if refusal == .proxyFailed { gateway.dialFailed(egress) }
                return end(.notOpened(refusal, error.reason))
            }
            do throws(TLSFailure) {
                tls = try gateway.secrecy(of: node)
            } catch {
                return end(.notOpened(.unreachable, error.sentence))
            }
            stage = .dialling
            let stream = GatewayStream(
                socket, connecting: true, hops: dialling.way.hops, tls: tls,
                serverName: tls == nil ? nil : gateway.serverName(of: node),
                endsByReset: dialling.way.interface != nil, loop: loop)
            self.stream = stream
            stream.onConnected = { [unowned self] in connected() }
            stream.onOpened = { [unowned self] in opened() }
            stream.onBytes = { [unowned self] in received($0) }
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
        receiver = nil
        isForwarding = false
        stream.write(conversation.send(request))
    }

    private func received(_ bytes: Span<UInt8>) {
        hasBegun = false
        outcome = nil
        conversation.received(bytes) { event in
            switch event {
            case .write(let bytes): stream?.write(bytes)
            case .began: hasBegun = true
            case .head(let status, let contentType, let length):
                head = AnswerHead(status: status, contentType: contentType, length: length)
            case .body(let range): take(bytes.extracting(range))
            case .end, .failed: outcome = event
            }
        }
        guard stage == .open else { return }
        deadline = loop.now + Self.stall
        if hasBegun { gateway.began(self) }
        guard stage == .open else { return }
        if let outcome { return finish(outcome) }
        if !isForwarding, held.count > Self.holdLimit, let head {
            gateway.overflows(self, status: head.status, beginning: held)
        }
    }

    private func take(_ part: Span<UInt8>) {
        if isForwarding {
            receiver?.give(part)
        } else {
            if held.isEmpty, let length = head?.length { held.reserveCapacity(Int(min(length, UInt64(Self.holdLimit)))) }
            held.append(copying: part)
        }
    }

    private func finish(_ outcome: NodeConversation.Event) {
        deadline = nil
        switch outcome {
        case .end(let keepsAlive):
            if isForwarding {
                let receiver = receiver
                isForwarding = false
                self.receiver = nil
                receiver?.finish()
                gateway.streamed(self, keepsAlive: keepsAlive)
            } else {
                let answer = WalletAnswer(
                    status: head?.status ?? 0, contentType: head?.contentType ?? "", body: held)
                held = []
                gateway.answered(self, answer, keepsAlive: keepsAlive)
            }
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
        connection.begin(head, from: self)
        connection.give(beginning.span)
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
        deadline = loop.now + Self.stall
        stream?.resume()
    }

    // MARK: Ends

    private func ended(_ ending: GatewayStream.Ending) {
        switch ending {
        case .connectFailed(let error):
            if egress != 0, !isDirect { gateway.dialFailed(egress) }
            let refusal: Refusal = isDirect ? error.isRefused ? .connectionRefused : .unreachable : .proxyFailed
            end(.notOpened(refusal, isDirect ? error.reason : refusal.sentence()))
        case .proxyFailed(let failure):
            if failure.isAboutProxy { gateway.dialFailed(egress) }
            let refusal = refusal(for: failure)
            end(.notOpened(refusal, refusal.sentence()))
        case .tlsFailed(let sentence): end(.notOpened(.unreachable, sentence))
        case .failed(let error): lost(error.reason)
        case .closedByPeer, .finished: lost("the node closed the connection")
        }
    }

    private var isDirect: Bool = false
}

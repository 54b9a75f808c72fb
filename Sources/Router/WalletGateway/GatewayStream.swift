import EventLoop
import Policy
import Protocols
import TLS

/// The connection to a node, or with a wallet: TCP, the proxies' handshakes, TLS, each where it is wanted, and then
/// bytes both ways. Whoever uses it sees no difference. It keeps no time: its owner ends what takes too long.
///
/// ```
/// connecting ─▶ proxies' handshakes ─onConnected─▶ TLS handshake ─onOpened─▶ bytes
/// ```
final class GatewayStream {
    private enum Stage {
        case connecting(SocksChain)
        case proxies(SocksChain)
        case securing(TLSSession)
        case open(TLSSession?)
        case ended
    }

    private let stream: ByteStream
    private var stage: Stage
    private let tls: TLSContext?
    private let serverName: Host?
    /// Whether it is a wallet's.
    private let isAccepted: Bool

    /// Called once, when the way to the destination stands. Not for a connection that was accepted.
    var onConnected: () -> Void = {}
    /// Called once, when bytes may be sent. Not for a plain connection that was accepted: it is open from the start. What
    /// came together with the last of the handshakes is handed over before: it answers nothing of ours.
    var onOpened: () -> Void = {}
    /// Called with what came, decrypted: one read may bring several parts. It must let nothing else be read while it
    /// looks. After `pause()` it may still be called with the rest of one read.
    var onBytes: (Span<UInt8>) -> Void = { _ in }
    /// Called when all that one read brought was handed over.
    var onReadEnd: () -> Void = {}
    /// Called when all is written after some of it had to wait, and never from within a write.
    var onDrained: () -> Void = {}
    /// Called once, when it ends other than by `close()`; that may be from within a write.
    var onEnded: (Ending) -> Void = { _ in }

    /// Whoever reads so little ends the connection: its owner reads no more from the one side long before.
    private static let queueLimit = 4 << 20
    private static let piece = 64 << 10
    /// A wallet is given the longest answer that is held in one piece, with its head, and TLS around it.
    private static let walletQueueLimit = WalletCall.longestHeld + (1 << 20)

    /// A connection to a node.
    ///
    /// - Parameters:
    ///   - socket: connecting to the nearest proxy, or to the destination where there is none.
    ///   - hops: the proxies' handshakes, the nearest one's first.
    ///   - tls: how its certificate is verified; nil for plain bytes.
    ///   - serverName: whom TLS expects there.
    ///   - endsByReset: for a socket that is bound to an interface; see `FlowOwner.attach`.
    init(
        connecting socket: consuming Descriptor, hops: [SocksHop] = [], tls: TLSContext? = nil,
        serverName: Host? = nil, endsByReset: Bool = false, loop: EventLoop
    ) {
        stream = ByteStream(
            socket, connecting: true, loop: loop, queueLimit: Self.queueLimit, endsByReset: endsByReset,
            work: .answeredTraffic, borrowsBuffer: true)
        self.tls = tls
        self.serverName = serverName
        isAccepted = false
        stage = .connecting(SocksChain(hops))
        listen()
    }

    /// A connection that was accepted. Small messages on it go at once.
    ///
    /// - Parameter tls: our certificate; nil for plain bytes.
    init(accepted socket: consuming Descriptor, tls: TLSContext? = nil, loop: EventLoop) throws(TLSFailure) {
        Socket.tune(socket)
        stage = if let tls { .securing(try TLSSession(tls)) } else { .open(nil) }
        stream = ByteStream(
            socket, connecting: false, loop: loop, queueLimit: Self.walletQueueLimit, work: .answeredTraffic,
            borrowsBuffer: true)
        self.tls = tls
        serverName = nil
        isAccepted = true
        listen()
    }

    deinit {
        stream.close()
    }

    /// Whether it has neither ended nor been closed.
    var isOpen: Bool { stream.isOpen }

    /// How many bytes the kernel has not taken yet.
    var queuedBytes: Int { stream.queuedBytes }

    /// Sends these bytes after those before them. Before `onOpened` and after the end nothing is sent.
    func write(_ bytes: [UInt8]) { write(bytes.span) }

    /// Sends these bytes after those before them. Before `onOpened` and after the end nothing is sent.
    func write(_ bytes: Span<UInt8>) {
        guard case .open(let session) = stage else { return }
        guard let session else { return stream.write(bytes) }
        do throws(TLSFailure) {
            // In pieces: what OpenSSL once held of one it clears with each later one.
            var start = 0
            while start < bytes.count, case .open = stage {
                let end = min(start + Self.piece, bytes.count)
                try session.send(bytes.extracting(start..<end))
                pass(session)
                start = end
            }
        } catch {
            end(.tlsFailed(error))
        }
    }

    /// Reads no more until `resume()`; see `ByteStream.pause`.
    func pause() { stream.pause() }

    /// Reads again, from the next turn of the loop on.
    func resume() { stream.resume() }

    /// Said while `onBytes` looks: the bytes end a message. See `ByteStream.tookWhole`.
    func tookWhole() { stream.tookWhole() }

    /// Acknowledges at once what was read; see `ByteStream.acknowledgeNow`.
    func acknowledgeNow() { stream.acknowledgeNow() }

    /// Closes once all is written, and says `.finished`; that may be before this call returns.
    func closeAfterWriting() {
        if case .open(let session?) = stage {
            session.close()
            pass(session)
        }
        stream.closeAfterWriting()
    }

    /// Closes now. No handler is called any more.
    ///
    /// - Parameter byReset: see `ByteStream.close`.
    func close(byReset: Bool = false) {
        stage = .ended
        stream.close(byReset: byReset)
        onConnected = {}
        onOpened = {}
        onBytes = { _ in }
        onReadEnd = {}
        onDrained = {}
        onEnded = { _ in }
    }

    /// The owner may let go of us in any of its handlers: the call holds us until it is over.
    private func listen() {
        stream.onConnected = { [weak self] in self?.connected() }
        stream.onBytes = { [weak self] in self?.received($0) }
        stream.onDrained = { [weak self] in self?.onDrained() }
        stream.onEnded = { [weak self] in self?.ended($0) }
    }

    private func end(_ ending: Ending) {
        let handler = onEnded
        close()
        handler(ending)
    }

    private func connected() {
        guard case .connecting(var chain) = stage else { return }
        var greeting: [UInt8] = []
        switch chain.start(&greeting) {
        case .ready: stands(with: [UInt8]().span)
        case .more, .failed:
            stage = .proxies(chain)
            stream.write(greeting)
        }
    }

    private func received(_ bytes: Span<UInt8>) {
        switch stage {
        case .open(nil): hand(bytes)
        case .open(let session?), .securing(let session): decrypt(bytes, session)
        case .proxies(var chain):
            var reply: [UInt8] = []
            let (consumed, outcome) = chain.receive(bytes, output: &reply)
            stage = .proxies(chain)
            switch outcome {
            case .more: stream.write(reply)
            case .ready: stands(with: bytes.extracting(consumed..<bytes.count))
            case .failed(let failure): end(.proxyFailed(failure))
            }
        case .connecting, .ended: break
        }
    }

    private func hand(_ bytes: Span<UInt8>) {
        onBytes(bytes)
        onReadEnd()
    }

    /// The way stands; these bytes came by it already.
    private func stands(with early: Span<UInt8>) {
        guard let tls else {
            stage = .open(nil)
            onConnected()
            if case .open = stage, !early.isEmpty { hand(early) }
            if case .open = stage { onOpened() }
            return
        }
        do throws(TLSFailure) {
            let session = try TLSSession(tls, serverName: serverName)
            stage = .securing(session)
            onConnected()
            guard case .securing = stage else { return }
            try session.start()
            pass(session)
            if !early.isEmpty { decrypt(early, session) }
        } catch {
            end(.tlsFailed(error))
        }
    }

    private func decrypt(_ bytes: Span<UInt8>, _ session: TLSSession) {
        do throws(TLSFailure) {
            var isFresh = false
            var hasSaid = false
            try session.receive(bytes) { plaintext in
                hasSaid = true
                if establish(session) { isFresh = true }
                if case .open = stage { onBytes(plaintext) }
            }
            if establish(session) { isFresh = true }
            onReadEnd()
            if isFresh, case .open = stage { onOpened() }
            pass(session)
            if session.hasEnded, stream.isOpen { return end(.closedByPeer) }
            // The end of its handshake, or half a record: its kernel keeps the rest until that is acknowledged.
            if isAccepted, !hasSaid, stream.isOpen { stream.acknowledgeNow() }
        } catch {
            // What it says to the other side: an alert, which tells why.
            pass(session)
            onReadEnd()
            if stream.isOpen { end(.tlsFailed(error)) }
        }
    }

    /// The handshake may be over; what it has to say goes before anything of ours.
    ///
    /// - Returns: whether it is over only now.
    private func establish(_ session: TLSSession) -> Bool {
        guard case .securing = stage, session.isEstablished else { return false }
        pass(session)
        guard case .securing = stage else { return false }
        stage = .open(session)
        return true
    }

    private func pass(_ session: TLSSession) {
        session.withOutgoing { stream.write($0) }
    }

    private func ended(_ ending: ByteStream.Ending) {
        switch (stage, ending) {
        case (.connecting(let chain), .failed(let error)): end(.connectFailed(error, isDirect: chain.isDirect))
        case (_, .finished): end(.finished)
        case (.proxies, _): end(.proxyClosed)
        case (.securing(let session), .closedByPeer), (.open(let session?), .closedByPeer):
            end(session.connectionEnded().map { .tlsFailed($0) } ?? .closedByPeer)
        case (_, .failed(let error)): end(.failed(error))
        case (_, .closedByPeer): end(.closedByPeer)
        }
    }
}

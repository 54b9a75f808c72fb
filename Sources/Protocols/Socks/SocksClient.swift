/// The upstream machine: asks a SOCKS5 proxy for a connection (RFC 1928, RFC 1929). One per dial.
///
/// ```
/// start ──▶ method ──▶ authentication ──▶ reply ──▶ ready
///              └─── without credentials ───▲
/// ```
///
/// It sends a message only when the one before it is answered. Tor 0.4.9.11 loses its method reply when greeting,
/// authentication and request arrive together.
///
/// With credentials it offers nothing but user name and password, without them nothing but "no authentication":
/// a proxy that could choose "none" would silently drop the isolation that the credentials stand for.
public struct SocksClient: Sendable {
    /// Where the handshake stands after the bytes given so far.
    public enum Outcome: Hashable, Sendable {
        /// It goes on. `output` may hold bytes to send.
        case more
        /// Connected; what follows belongs to the stream. For a probe: the proxy speaks SOCKS5 and takes our
        /// credentials.
        case ready
        /// It is over: close.
        case failed(SocksClientFailure)
    }

    private enum Stage: Hashable {
        case idle, method, authentication, reply, ready
        case failed(SocksClientFailure)
    }

    /// No reply is longer: 4 bytes, the length of a name, the name, a port.
    private static let longestReply = 4 + 1 + 255 + 2

    /// nil: a probe.
    private let destination: Destination?
    private let credentials: Credentials?
    private var stage = Stage.idle
    /// The beginning of a reply whose end has not come.
    private var pending: [UInt8] = []

    /// A machine that asks for a connection to `destination`. Names, onion and I2P names too, go to the proxy as
    /// names.
    public init(destination: Destination, credentials: Credentials?) {
        self.destination = destination
        self.credentials = credentials
    }

    /// A machine that asks for nothing: it is ready once the proxy has accepted the method and the credentials.
    public init(probeWith credentials: Credentials?) {
        destination = nil
        self.credentials = credentials
    }

    /// Begins: appends the greeting to `output`, to be sent once the proxy is connected.
    public mutating func start(_ output: inout [UInt8]) {
        guard stage == .idle else { return }
        output.append(contentsOf: [0x05, 0x01, method])
        stage = .method
    }

    /// Reads what the proxy sent.
    ///
    /// - Parameters:
    ///   - input: bytes not given before, split anywhere.
    ///   - output: the bytes to send to the proxy are appended here.
    /// - Returns: How many of them were of the handshake; what follows the last reply is the stream's.
    public mutating func receive(_ input: Span<UInt8>, output: inout [UInt8]) -> (consumed: Int, outcome: Outcome) {
        switch stage {
        case .ready: return (0, .ready)
        case .failed(let failure): return (0, .failed(failure))
        case .idle: return input.isEmpty ? (0, .more) : (0, fail(.answeredUnasked))
        case .method, .authentication, .reply: break
        }
        let held = pending.count
        pending.append(copying: input.extracting(0..<min(input.count, Self.longestReply - held)))
        do throws(SocksClientFailure) {
            guard let length = try replyLength(pending.span) else { return (input.count, .more) }
            let consumed = length - held
            let next = nextStage
            guard next == .ready || consumed == input.count else { throw .answeredUnasked }
            try send(next, &output)
            pending = []
            stage = next
            return (consumed, next == .ready ? .ready : .more)
        } catch {
            return (0, fail(error))
        }
    }

    /// Whether the request is out, so that it is the network that takes its time and not the proxy.
    public var hasRequested: Bool { stage == .reply }

    private mutating func fail(_ failure: SocksClientFailure) -> Outcome {
        pending = []
        stage = .failed(failure)
        return .failed(failure)
    }

    /// The one method that is offered.
    private var method: UInt8 { credentials == nil ? 0x00 : 0x02 }

    /// The length of the reply that `bytes` begin with; nil where its end has not come. Throws as soon as the
    /// bytes cannot become a reply that lets the handshake go on.
    private func replyLength(_ bytes: Span<UInt8>) throws(SocksClientFailure) -> Int? {
        guard bytes.count >= 1 else { return nil }
        // Tor answers a user name that it cannot take ("<torS0X>" and nonsense) as if it were the request: with 5.
        guard bytes[0] == 5 || bytes[0] == 1 && stage == .authentication else {
            throw stage == .method ? .notSocks5(firstByte: bytes[0]) : .malformedReply
        }
        guard bytes.count >= 2 else { return nil }
        if stage == .method {
            guard bytes[1] == method else { throw .noAcceptableMethod(withCredentials: credentials != nil) }
            return 2
        }
        if stage == .authentication {
            guard bytes[1] == 0 else { throw .credentialsRefused }
            guard bytes[0] == 1 else { throw .malformedReply }
            return 2
        }
        guard bytes[1] == 0 else { throw .refused(code: bytes[1]) }
        guard bytes.count >= 4 else { return nil }
        let length: Int
        switch bytes[3] {
        case 1: length = 4 + 4 + 2
        case 3 where bytes.count < 5: return nil
        case 3: length = 4 + 1 + Int(bytes[4]) + 2
        case 4: length = 4 + 16 + 2
        default: throw .malformedReply
        }
        return bytes.count >= length ? length : nil
    }

    /// Where a good reply leads.
    private var nextStage: Stage {
        switch stage {
        case .method where credentials != nil: .authentication
        case .method where destination != nil, .authentication where destination != nil: .reply
        default: .ready
        }
    }

    /// The message that asks for the reply of this stage.
    private func send(_ stage: Stage, _ output: inout [UInt8]) throws(SocksClientFailure) {
        if stage == .authentication, let credentials {
            output.append(0x01)
            output.append(counted: credentials.username)
            output.append(counted: credentials.password)
        } else if stage == .reply, let destination {
            try output.append(request: destination)
        }
    }
}

extension [UInt8] {
    /// A count in one byte, then the text. Nobody gives it more than 255 bytes.
    fileprivate mutating func append(counted text: some Collection<UInt8>) {
        append(UInt8(truncatingIfNeeded: text.count))
        append(contentsOf: text)
    }

    /// A CONNECT request (RFC 1928 section 4).
    fileprivate mutating func append(request destination: Destination) throws(SocksClientFailure) {
        switch destination.host {
        case .address(.v4(let address)):
            append(contentsOf: [0x05, 0x01, 0x00, 0x01])
            append(contentsOf: address.octets)
        case .address(.v6(let address)):
            append(contentsOf: [0x05, 0x01, 0x00, 0x04])
            append(contentsOf: address.octets)
        case .onion(let name), .i2p(let name), .name(let name):
            guard (1...255).contains(name.utf8.count) else { throw .unspeakableDestination }
            append(contentsOf: [0x05, 0x01, 0x00, 0x03])
            append(counted: name.utf8)
        }
        append(UInt8(destination.port >> 8))
        append(UInt8(destination.port & 0xff))
    }
}

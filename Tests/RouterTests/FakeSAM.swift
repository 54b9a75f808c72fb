import EventLoop
import Protocols

@testable import Router

/// An I2P router's SAM bridge in the test's own loop, that connects to nobody: what its clients send after CONNECT is kept.
final class FakeSAM {
    /// A stream that was asked for.
    struct Asked: Equatable {
        let session: String
        let name: String
    }

    let endpoint: Endpoint
    private(set) var asked: [Asked] = []
    /// Every SESSION CREATE, in words.
    private(set) var created: [String] = []
    /// Whether a b32 leads to whoever waits here for peers, as for a service that the network has.
    var knowsAddresses = true
    /// Whether it makes no tunnels for a session until `makesTunnels`.
    var holdsTunnels = false
    private var held: [() -> Void] = []
    private let loop: EventLoop
    private var acceptor: Acceptor?
    private var connections: [Connection] = []
    private var lastSeed: UInt8 = 0

    init(on loop: EventLoop, port: UInt16) throws {
        self.loop = loop
        endpoint = loopback(port)
        let acceptor = try Acceptor(at: endpoint, name: "fake", mend: "", loop: loop)
        self.acceptor = acceptor
        acceptor.onAccept = { [unowned self] socket, _ in
            connections.append(Connection(ByteStream(socket, connecting: false, loop: loop), self))
        }
        acceptor.resume()
    }

    /// Ends: whoever comes is refused, whoever is there is cut.
    func end() {
        acceptor?.pause()
        acceptor = nil
        for connection in connections { connection.socket.close() }
    }

    /// Cuts the sessions, and every stream with them, as a bridge does that forgets them.
    func dropSessions() {
        for connection in connections { connection.socket.close() }
        connections = []
    }

    /// The tunnels of all who wait for some are there.
    func makesTunnels() {
        holdsTunnels = false
        let held = held
        self.held = []
        for make in held { make() }
    }

    /// The sessions that stand, by name.
    var sessions: [String] { connections.compactMap { $0.socket.isOpen ? $0.session : nil } }
    /// The connections at which a peer is waited for.
    var waiting: Int { connections.count { $0.isAccepting && $0.socket.isOpen } }
    fileprivate var firstWaiting: Connection? { connections.first { $0.isAccepting && $0.socket.isOpen } }
    /// What the last stream that was opened has sent.
    var lastStream: [UInt8] { connections.last { $0.isStream && $0.socket.isOpen }?.stream ?? [] }

    /// A peer comes by ACCEPT, and says this.
    ///
    /// - Returns: what it is told, as it comes.
    func peer(_ bytes: [UInt8]) -> () -> (heard: [UInt8], hasEnded: Bool) {
        guard let connection = firstWaiting else { return { ([], true) } }
        connection.isAccepting = false
        connection.isStream = true
        connection.socket.write(bytes)
        return { (connection.stream, connection.hasEnded) }
    }

    static func keys(_ seed: UInt8) -> String { text(bytes(seed)) }
    static func destination(_ seed: UInt8) -> String { text(Array(bytes(seed).prefix(391))) }
    private static func text(_ bytes: [UInt8]) -> String {
        String(decoding: I2PBase64.encode(bytes), as: UTF8.self)
    }
    private static func bytes(_ seed: UInt8) -> [UInt8] {
        [UInt8](repeating: seed, count: 384) + [5, 0, 4, 0, 7, 0, 4] + [UInt8](repeating: seed, count: 64)
    }

    final class Connection {
        let socket: ByteStream
        private unowned let bridge: FakeSAM
        private var pending: [UInt8] = []
        fileprivate(set) var session: String?
        fileprivate var isAccepting = false
        fileprivate var isStream = false
        fileprivate var stream: [UInt8] = []
        fileprivate var hasEnded = false
        /// Whether it leads to our own service.
        private var isBridged = false
        private weak var bridged: Connection?
        private var destination = ""

        init(_ socket: ByteStream, _ bridge: FakeSAM) {
            self.socket = socket
            self.bridge = bridge
            socket.onBytes = { [unowned self] span in
                pending += [UInt8](copying: span)
                while !isStream, !isBridged, let end = pending.firstIndex(of: 0x0a) {
                    let line = String(decoding: pending[..<end], as: UTF8.self)
                    pending.removeFirst(end + 1)
                    answer(line)
                }
                if isBridged {
                    bridged?.socket.write(pending)
                    pending = []
                }
                if isStream {
                    stream += pending
                    pending = []
                }
            }
            socket.onEnded = { [unowned self] _ in hasEnded = true }
        }

        private func say(_ line: String) { socket.write(Array(line.utf8) + [0x0a]) }

        private func value(_ key: String, in line: String) -> String {
            line.split(separator: " ").first { $0.hasPrefix(key + "=") }.map { String($0.dropFirst(key.count + 1)) }
                ?? ""
        }

        private func answer(_ line: String) {
            if line.hasPrefix("HELLO") { return say("HELLO REPLY RESULT=OK VERSION=3.1") }
            if line.hasPrefix("DEST GENERATE") {
                bridge.lastSeed += 1
                return say(
                    "DEST REPLY PUB=\(FakeSAM.destination(bridge.lastSeed)) PRIV=\(FakeSAM.keys(bridge.lastSeed))")
            }
            if line.hasPrefix("SESSION CREATE") {
                bridge.created.append(line)
                var keys = value("DESTINATION", in: line)
                if keys == "TRANSIENT" {
                    bridge.lastSeed += 1
                    keys = FakeSAM.keys(bridge.lastSeed)
                }
                session = value("ID", in: line)
                destination = String(
                    decoding: I2PBase64.encode((I2PBase64.decode(Array(keys.utf8)) ?? []).prefix(391)), as: UTF8.self)
                let made = "SESSION STATUS RESULT=OK DESTINATION=\(keys)"
                guard bridge.holdsTunnels else { return say(made) }
                return bridge.held.append { [weak self] in self?.say(made) }
            }
            if line.hasPrefix("NAMING LOOKUP") {
                let name = value("NAME", in: line)
                return say(
                    name == "ME"
                        ? "NAMING REPLY RESULT=OK NAME=ME VALUE=\(destination)"
                        : "NAMING REPLY RESULT=INVALID_KEY NAME=\(name)")
            }
            let id = value("ID", in: line)
            guard bridge.sessions.contains(id) else { return say("STREAM STATUS RESULT=INVALID_ID") }
            // With SILENT nothing is answered.
            guard line.hasPrefix("STREAM CONNECT") else { return isAccepting = true }
            let name = value("DESTINATION", in: line)
            guard name.hasSuffix(".b32.i2p") else {
                bridge.asked.append(Asked(session: id, name: name))
                isStream = true
                return say("STREAM STATUS RESULT=OK")
            }
            guard bridge.knowsAddresses, let target = bridge.firstWaiting else {
                return say("STREAM STATUS RESULT=CANT_REACH_PEER")
            }
            isBridged = true
            target.isAccepting = false
            bridged = target
            say("STREAM STATUS RESULT=OK")
        }
    }
}

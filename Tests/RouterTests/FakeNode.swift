import EventLoop
import Policy
import Protocols
import TLS

@testable import Router

/// A node's RPC in the test's own loop: keeps what it is asked, and answers as told.
final class FakeNode {
    /// One request, as it came.
    struct Asked {
        let head: String
        let body: [UInt8]
        /// By which of its connections, counted from 0.
        let connection: Int
        var path: String { head.split(separator: " ").dropFirst().first.map(String.init) ?? "" }
        var text: String { String(decoding: body, as: UTF8.self) }
    }

    enum Answer {
        /// 200, with this body.
        case body([UInt8])
        /// These bytes.
        case raw([UInt8])
        /// These bytes, and then the end.
        case cut([UInt8])
        /// These bytes, and then a reset.
        case reset([UInt8])
        /// 200 with portable storage that is this long, as fast as it is taken; only so much of it where it breaks off.
        case long(Int, until: Int? = nil)
        /// These at once, by TLS a record each.
        case parts([[UInt8]])
        /// Nothing.
        case silence
    }

    /// What it says to a request that is no probe's.
    var answer: (Asked) -> Answer = { _ in .body(FakeNode.ok) }
    /// What it says to a probe, by its text; nil for what a good node says.
    var probe: (Asked) -> Answer? = { _ in nil }
    /// The requests that were no probe's.
    private(set) var asked: [Asked] = []
    private(set) var accepted = 0
    /// How much it has written of the last long answer.
    private(set) var written = 0
    let port: UInt16
    private let loop: EventLoop
    private var acceptor: Acceptor?
    private var connections: [Connection] = []
    var open: Int { connections.count { $0.stream.isOpen } }

    static let ok = Array(#"{"id":"0","jsonrpc":"2.0","result":{"status":"OK","untrusted":false}}"#.utf8)

    init(on loop: EventLoop, port: UInt16) throws {
        self.port = port
        self.loop = loop
        let acceptor = try Acceptor(at: loopback(port), name: "fake", mend: "", loop: loop)
        self.acceptor = acceptor
        acceptor.onAccept = { [unowned self] socket, _ in
            guard let stream = try? GatewayStream(accepted: socket, tls: tls, loop: loop) else { return }
            connections.append(Connection(stream, accepted, self))
            accepted += 1
        }
        acceptor.resume()
    }

    /// The TLS that it speaks, if any.
    var tls: TLSContext?

    /// Says this to whoever waits for an answer.
    func sayToAll(_ bytes: [UInt8]) {
        for connection in connections where connection.waits { connection.stream.write(bytes) }
    }

    /// Whoever comes is refused, whoever is there is cut.
    func end() {
        acceptor = nil
        for connection in connections { connection.stream.close() }
    }

    private func reply(to asked: Asked) -> Answer {
        guard !Self.isProbe(asked.head + asked.text) else { return probe(asked) ?? .body(Self.reading) }
        self.asked.append(asked)
        return answer(asked)
    }

    private static func isProbe(_ text: String) -> Bool {
        ["get_info", "get_version", "get_fee_estimate", "getblockheader"].contains { text.contains($0) }
    }

    /// What a good node says to a whole request.
    static func response(to request: [UInt8]) -> [UInt8] {
        let body = isProbe(String(decoding: request, as: UTF8.self)) ? reading : ok
        return head(body.count) + body
    }

    /// All that a probe reads, in one answer.
    private static let reading: [UInt8] = {
        let hash = String(repeating: "ab", count: 32)
        let facts =
            #""status":"OK","height":3000000,"target_height":0,"nettype":"mainnet","mainnet":true,"version":196625,"#
            + #""fee":20000,"fees":[20000,80000,320000,4000000],"quantization_mask":10000,"synchronized":true,"#
            + #""top_block_hash":"\#(hash)","hash":"\#(hash)","untrusted":false,"#
            + #""block_header":{"height":2999990,"hash":"\#(hash)"}"#
        return Array(#"{"id":"0","jsonrpc":"2.0","result":{\#(facts)},\#(facts)}"#.utf8)
    }()

    private final class Connection {
        let stream: GatewayStream
        private let number: Int
        private unowned let node: FakeNode
        private var pending: [UInt8] = []
        private var left = 0
        private var breaksOff = false
        private(set) var waits = false

        init(_ stream: GatewayStream, _ number: Int, _ node: FakeNode) {
            self.stream = stream
            self.number = number
            self.node = node
            stream.onBytes = { [unowned self] span in
                for index in span.indices { pending.append(span[index]) }
                advance()
            }
            stream.onDrained = { [unowned self] in pour() }
        }

        private func advance() {
            guard let end = pending.firstRange(of: Array("\r\n\r\n".utf8)) else { return }
            let head = String(decoding: pending[..<end.lowerBound], as: UTF8.self)
            let length =
                head.split(separator: "\r\n").compactMap { line in
                    line.lowercased().hasPrefix("content-length: ") ? Int(line.dropFirst(16)) : nil
                }.first ?? 0
            guard pending.count >= end.upperBound + length else { return }
            let body = Array(pending[end.upperBound..<end.upperBound + length])
            pending.removeFirst(end.upperBound + length)
            say(node.reply(to: Asked(head: head, body: body, connection: number)))
        }

        private func say(_ answer: Answer) {
            switch answer {
            case .body(let body): stream.write(FakeNode.head(body.count) + body)
            case .raw(let bytes): stream.write(bytes)
            case .parts(let parts): for part in parts { stream.write(part) }
            case .cut(let bytes):
                stream.write(bytes)
                stream.closeAfterWriting()
            case .reset(let bytes):
                stream.write(bytes)
                stream.close(byReset: true)
            case .long(let count, let end):
                node.written = 0
                let beginning = FakeNode.beginning(ofLength: count)
                stream.write(FakeNode.head(count) + beginning)
                left = (end ?? count) - beginning.count
                breaksOff = end != nil
                pour()
            case .silence: waits = true
            }
        }

        /// As much of a long answer as is taken now.
        private func pour() {
            guard left > 0 else { return }
            let part = [UInt8](repeating: 0x61, count: 65536)
            while left > 0, stream.isOpen, stream.queuedBytes == 0 {
                let count = min(left, part.count)
                stream.write(part.span.extracting(0..<count))
                left -= count
                node.written += count
            }
            if left == 0, breaksOff { stream.closeAfterWriting() }
        }
    }

    static func head(_ length: Int) -> [UInt8] {
        Array("HTTP/1.1 200 Ok\r\nServer: Epee-based\r\nContent-Length: \(length)\r\nSet-Cookie: a=b\r\n\r\n".utf8)
    }

    /// Portable storage with a status and one text that makes it this long.
    static func beginning(ofLength count: Int) -> [UInt8] {
        var bytes: [UInt8] = [0x01, 0x11, 0x01, 0x01, 0x01, 0x01, 0x02, 0x01, 0x01]
        bytes += [2 << 2, 6] + Array("status".utf8) + [0x0a, 2 << 2] + Array("OK".utf8)
        bytes += [4] + Array("text".utf8) + [0x0a]
        let rest = UInt64(count - bytes.count - 8)
        return bytes + (0..<8).map { UInt8(truncatingIfNeeded: (rest << 2 | 3) >> (8 * $0)) }
    }
}

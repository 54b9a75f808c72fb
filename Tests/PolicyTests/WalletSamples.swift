import Policy
import Protocols

/// A wallet's connection for tests, and everything that it said.
struct WalletRun {
    var conversation: WalletConversation
    private(set) var requests: [WalletRequest] = []
    private(set) var written: [UInt8] = []
    private(set) var isClosed = false

    init(_ configuration: WalletConfiguration = .sample) {
        conversation = WalletConversation(gate: WalletGate(configuration))
    }

    var text: String { String(decoding: written, as: UTF8.self) }
    /// The status codes of the answers, in their order.
    var statuses: [Int] {
        text.split(separator: "HTTP/1.1 ", omittingEmptySubsequences: false).dropFirst().compactMap {
            Int($0.prefix(3))
        }
    }

    mutating func take(_ effects: [WalletConversation.Effect]) {
        for effect in effects {
            switch effect {
            case .request(let request): requests.append(request)
            case .write(let bytes): written += bytes
            case .close: isClosed = true
            }
        }
    }

    mutating func receive(_ bytes: [UInt8]) { take(conversation.received(bytes.span)) }
    mutating func receive(_ text: String) { receive(Array(text.utf8)) }
    mutating func answer(_ body: String = "{\"status\":\"OK\"}", contentType: String = "application/json") {
        take(conversation.answer(WalletAnswer(contentType: contentType, body: Array(body.utf8))))
    }
    mutating func write(_ bytes: [UInt8]) { written += bytes }

    /// What one request of these bytes becomes.
    static func request(_ bytes: [UInt8]) -> WalletRequest? {
        var run = WalletRun()
        run.receive(bytes)
        return run.requests.first
    }
}

extension WalletConfiguration {
    /// A wallet's listener on loopback.
    static let sample = WalletConfiguration(
        listen: .tcp(.v4(IPv4Address(127, 0, 0, 1)), port: 18989), nodes: [.sample])
    /// One outside loopback, with TLS.
    static let remote = WalletConfiguration(
        listen: .tcp(.v4(IPv4Address(192, 168, 1, 5)), port: 18989),
        certificate: CertificateFiles(certificate: "/c", key: "/k"), nodes: [.sample])
}

extension WalletNodeConfiguration {
    static let onion = "ndi4tqvdzyzsmqfevhqyd64j3pyuu2jpwqfpnk5yd7efkwyxqvnkgzyd.onion"
    /// A node that asks for nothing.
    static let sample = WalletNodeConfiguration(destination: Destination(host: .onion(onion), port: 18089))
    /// One that asks for a username and a password.
    static let guarded = WalletNodeConfiguration(
        destination: Destination(host: .onion(onion), port: 18089),
        credentials: Credentials(username: Array("me".utf8), password: Array("secret".utf8)))
}

/// What monero-wallet-rpc 0.18.0.0 sends, as a proxy between it and its node saw it.
enum WalletWire {
    /// The client's key, its clock and its signature: 208 digits, on nearly every request.
    static let client =
        "3f2747d0a3c6b7de3a9f00112233445566778899aabbccddeeff001122d3ba3f" + "000660db8a37685f"
        + String(repeating: "ab", count: 64)

    /// A JSON call by its own path.
    static func json(_ path: String, _ members: [String], host: String = "127.0.0.1") -> [UInt8] {
        let all = (["\"client\": \"\(client)\""] + members).map { "\r\n  " + $0 }.joined(separator: ",")
        return post(path, Array("{\(all)\r\n}".utf8), isJSON: true, host: host)
    }

    /// A JSON-RPC call.
    static func jsonRPC(_ method: String, _ parameters: [String] = [], id: String = "\"0\"") -> [UInt8] {
        let all = (["\"client\": \"\(client)\""] + parameters).map { "\r\n    " + $0 }.joined(separator: ",")
        let body =
            "{\r\n  \"id\": \(id),\r\n  \"jsonrpc\": \"2.0\",\r\n  \"method\": \"\(method)\",\r\n"
            + "  \"params\": {\(all)\r\n  }\r\n}"
        return post("/json_rpc", Array(body.utf8), isJSON: true)
    }

    /// A call in portable storage: entries with their names, types and values.
    static func storage(_ path: String, _ entries: [(String, [UInt8])]) -> [UInt8] {
        post(
            path, document([("client", [10] + varint(client.utf8.count) + Array(client.utf8))] + entries), isJSON: false
        )
    }

    static func document(_ entries: [(String, [UInt8])]) -> [UInt8] {
        var bytes = PortableStorage.signature + varint(entries.count)
        for (name, value) in entries {
            bytes.append(UInt8(name.utf8.count))
            bytes += name.utf8
            bytes += value
        }
        return bytes
    }

    static func varint(_ value: Int) -> [UInt8] {
        value < 64 ? [UInt8(value << 2)] : [UInt8(truncatingIfNeeded: value << 2 | 1), UInt8(value >> 6)]
    }

    static func uint64(_ value: UInt64) -> [UInt8] {
        var bytes: [UInt8] = [5]
        for index in 0..<8 { bytes.append(UInt8(truncatingIfNeeded: value >> UInt64(8 * index))) }
        return bytes
    }

    static func string(_ value: [UInt8]) -> [UInt8] {
        var bytes: [UInt8] = [10]
        bytes += varint(value.count)
        bytes += value
        return bytes
    }

    /// A list of values of this type, of these bytes.
    static func list(_ type: UInt8, count: Int, _ values: [UInt8]) -> [UInt8] {
        var bytes: [UInt8] = [0x80 | type]
        bytes += varint(count)
        bytes += values
        return bytes
    }

    static func post(_ path: String, _ body: [UInt8], isJSON: Bool, host: String = "127.0.0.1") -> [UInt8] {
        let type = isJSON ? "Content-Type: application/json; charset=utf-8\r\n" : ""
        return Array("POST \(path) HTTP/1.1\r\nHost: \(host)\r\nContent-Length: \(body.count)\r\n\(type)\r\n".utf8)
            + body
    }

    /// The calls of one session: refresh, transfer, send.
    static let session: [[UInt8]] = [
        poolHashes, blocks, hashes, hardFork, fee, distribution, outputs, transaction,
    ]

    static let poolHashes: [UInt8] = json("/get_transaction_pool_hashes.bin", [])
    static let hardFork: [UInt8] = jsonRPC("hard_fork_info", ["\"version\": 5"])
    static let fee: [UInt8] = jsonRPC("get_fee_estimate", ["\"grace_blocks\": 10"])
    static let transaction: [UInt8] = json(
        "/sendrawtransaction", ["\"do_not_relay\": false", "\"do_sanity_checks\": true", "\"tx_as_hex\": \"02000102\""])

    static let blocks: [UInt8] = {
        var entries: [(String, [UInt8])] = [("block_ids", string([UInt8](repeating: 7, count: 512)))]
        entries.append(("no_miner_tx", [11, 0]))
        entries.append(("pool_info_since", uint64(0x1122_3344_5566_7788)))
        entries.append(("prune", [11, 1]))
        entries.append(("requested_info", [8, 1]))
        entries.append(("start_height", uint64(0)))
        return storage("/getblocks.bin", entries)
    }()

    static let hashes: [UInt8] = {
        let ids = string([UInt8](repeating: 9, count: 64))
        return storage("/gethashes.bin", [("block_ids", ids), ("start_height", uint64(5))])
    }()

    static let distribution: [UInt8] = {
        let amounts = list(5, count: 1, [UInt8](repeating: 0, count: 8))
        var entries: [(String, [UInt8])] = [("amounts", amounts), ("binary", [11, 1]), ("compress", [11, 1])]
        entries.append(("cumulative", [11, 0]))
        entries.append(("from_height", uint64(0)))
        entries.append(("to_height", uint64(0)))
        return storage("/get_output_distribution.bin", entries)
    }()

    static let outputs: [UInt8] = {
        var objects: [UInt8] = []
        for index in [UInt64(900), 901] {
            let entries = document([("amount", uint64(0)), ("index", uint64(index))])
            objects += entries.dropFirst(PortableStorage.signature.count)
        }
        return storage("/get_outs.bin", [("get_txid", [11, 0]), ("outputs", list(12, count: 2, objects))])
    }()
}

extension [UInt8] {
    /// Whether these bytes are somewhere in it.
    func contains(bytes: [UInt8]) -> Bool {
        guard count >= bytes.count else { return false }
        return (0...count - bytes.count).contains { self[$0..<$0 + bytes.count].elementsEqual(bytes) }
    }
}

import EventLoop
import Policy
import Protocols
import Testing

@testable import Router

/// A router with one wallet listener, nodes as told, and wallets that ask.
final class WalletWorld {
    let world: RouterWorld
    let samples: RouterSamples
    let port: UInt16
    var loop: EventLoop { world.loop }
    var router: Router { world.router }

    init(
        _ nodes: [WalletNodeConfiguration], guardMode: KillSwitchConfiguration.GuardMode = .off,
        change: (inout WalletConfiguration) -> Void = { _ in }
    ) throws {
        samples = try RouterSamples(guardMode: guardMode)
        port = try freePort()
        var configuration = samples.configuration
        var wallet = WalletConfiguration(listen: loopback(port), nodes: nodes)
        change(&wallet)
        configuration.wallets = [wallet]
        world = try RouterWorld(configuration)
    }

    /// One node on this machine, and its world.
    static func withNode(
        change: (inout WalletConfiguration) -> Void = { _ in }
    ) throws -> (WalletWorld, FakeNode) {
        let port = try freePort()
        let world = try WalletWorld([.at(port)], change: change)
        return (world, try FakeNode(on: world.loop, port: port))
    }

    func wallet() throws -> Wallet { Wallet(try Socket.connect(to: loopback(port)), on: loop) }

    /// Asks by a connection of its own.
    func ask(_ request: [UInt8] = Wallet.hardFork) throws -> Wallet {
        let wallet = try wallet()
        wallet.send(request)
        return wallet
    }

    @discardableResult
    func run(for patience: Duration = .seconds(10), until done: () -> Bool) -> Bool {
        world.run(for: patience, until: done)
    }
}

extension WalletNodeConfiguration {
    /// A node on this machine.
    static func at(_ port: UInt16) -> WalletNodeConfiguration {
        WalletNodeConfiguration(
            destination: Destination(host: Host(.v4(IPv4Address(127, 0, 0, 1))), port: port), isTrusted: true)
    }
}

/// A wallet's connection: counts what it is answered, and keeps the beginning.
final class Wallet {
    let stream: ByteStream
    /// The first 64 KiB.
    private(set) var heard: [UInt8] = []
    private(set) var count = 0
    private(set) var hasEnded = false

    init(_ socket: consuming Descriptor, on loop: EventLoop) {
        stream = ByteStream(socket, connecting: true, loop: loop, queueLimit: 8 << 20, work: .traffic)
        stream.onBytes = { [unowned self] span in
            count += span.count
            if heard.count < 65536 { for index in span.indices { heard.append(span[index]) } }
        }
        stream.onEnded = { [unowned self] _ in hasEnded = true }
    }

    func send(_ bytes: [UInt8]) { stream.write(bytes) }

    var text: String { String(decoding: heard, as: UTF8.self) }
    /// How many answers began.
    var answers: Int { text.ranges(of: "HTTP/1.1 ").count }
    /// How many whole JSON answers came.
    var results: Int { text.ranges(of: "\"status\"").count }
    var isBusy: Bool { text.contains("HTTP/1.1 200") && text.contains("BUSY") }

    static func post(_ path: String, _ body: [UInt8], _ more: String = "") -> [UInt8] {
        Array(
            ("POST \(path) HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: \(body.count)\r\n"
                + "Content-Type: application/json; charset=utf-8\r\n\(more)\r\n").utf8) + body
    }

    static func rpc(_ method: String, _ more: String = "") -> [UInt8] {
        let client = String(repeating: "c1", count: 32)
        return post(
            "/json_rpc",
            Array(
                #"{"jsonrpc":"2.0","id":"0","method":"\#(method)","params":{"client":"\#(client)","version":16}}"#.utf8),
            more)
    }

    static let hardFork = rpc("hard_fork_info")

    /// getblocks.bin with nothing but a client in it.
    static let blocks = post(
        "/getblocks.bin",
        [0x01, 0x11, 0x01, 0x01, 0x01, 0x01, 0x02, 0x01, 0x01, 2 << 2]
            + [12] + Array("start_height".utf8) + [0x05, 0, 0, 0, 0, 0, 0, 0, 0]
            + client)

    /// get_output_distribution.bin, likewise.
    static let distribution = post(
        "/get_output_distribution.bin", [0x01, 0x11, 0x01, 0x01, 0x01, 0x01, 0x02, 0x01, 0x01, 1 << 2] + client)

    private static let client: [UInt8] = [6] + Array("client".utf8) + [0x0a, 4 << 2] + Array("abcd".utf8)
}

/// How much of this process is in memory, in bytes.
func residentBytes() throws -> Int {
    let text = String(decoding: try Files.read("/proc/self/statm", limit: 256).bytes, as: UTF8.self)
    return (Int(text.split(separator: " ")[1]) ?? 0) * 4096
}

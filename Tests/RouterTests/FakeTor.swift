import EventLoop
import Protocols

@testable import Router

/// A Tor, as far as onion services go: it lets everybody in, is always ready, publishes what it is asked to and says so.
/// Its SOCKS port takes any name and password, and is asked for nothing more.
final class FakeTor {
    let control: Endpoint
    let socks: Endpoint
    private let loop: EventLoop
    private var acceptor: Acceptor?
    private var socksAcceptor: Acceptor?
    private var probes: [ByteStream] = []
    private var links: [Link] = []
    /// The commands it was sent.
    private(set) var commands: [String] = []
    /// As which user it says that it runs; nil: it does not say.
    var user: UInt32?
    /// Whether it knows of proof-of-work defence.
    var hasWork = true
    /// What it says to a key that it is given: the address of it.
    var address = FakeTor.address
    /// Where the streams of the last service go to.
    private(set) var target: Endpoint?
    /// How many services stand.
    var standing: Int { links.filter(\.stream.isOpen).reduce(0) { $0 + $1.services.count } }

    static let address = "vww6ybal4bd7szmgncyruucpgfkqahzddi37ktceo3ah7ngmcopnpyyd"
    static let key = "ED25519-V3:" + String(repeating: "Ab+/", count: 21) + "0Q=="

    init(on loop: EventLoop, control: UInt16, socks: UInt16, user: UInt32?) throws {
        self.control = loopback(control)
        self.socks = loopback(socks)
        self.loop = loop
        self.user = user
        try listen()
    }

    private func listen() throws {
        let acceptor = try Acceptor(at: control, name: "fake", mend: "", loop: loop)
        acceptor.onAccept = { [unowned self] socket, _ in
            links.append(Link(ByteStream(socket, connecting: false, loop: loop), self))
        }
        acceptor.resume()
        self.acceptor = acceptor
        let socksAcceptor = try Acceptor(at: socks, name: "fake", mend: "", loop: loop)
        socksAcceptor.onAccept = { [unowned self] socket, _ in
            let stream = ByteStream(socket, connecting: false, loop: loop)
            probes.append(stream)
            // The greeting offers one method, then come name and password.
            stream.onBytes = { [unowned stream] span in stream.write(span[0] == 5 ? [5, span[2]] : [1, 0]) }
        }
        socksAcceptor.resume()
        self.socksAcceptor = socksAcceptor
    }

    /// Ends, with all that it published, and begins anew.
    func restart() throws {
        acceptor = nil
        socksAcceptor = nil
        for link in links { link.stream.close() }
        for probe in probes { probe.close() }
        links = []
        probes = []
        try listen()
    }

    private final class Link {
        let stream: ByteStream
        private unowned let tor: FakeTor
        private var line: [UInt8] = []
        var services: [String] = []

        init(_ stream: ByteStream, _ tor: FakeTor) {
            self.stream = stream
            self.tor = tor
            stream.onBytes = { [unowned self] span in
                for index in span.indices {
                    guard span[index] == 0x0a else {
                        line.append(span[index])
                        continue
                    }
                    answer(String(decoding: line.dropLast(), as: UTF8.self))
                    line = []
                }
            }
        }

        private func say(_ lines: String...) {
            stream.write(lines.flatMap { Array("\($0)\r\n".utf8) })
        }

        private func answer(_ command: String) {
            tor.commands.append(command)
            let words = command.split(separator: " ").map(String.init)
            switch words.first {
            case "PROTOCOLINFO": say("250-PROTOCOLINFO 1", "250-AUTH METHODS=NULL", "250 OK")
            case "GETINFO" where words.contains("process/uid"):
                if let user = tor.user { say("250-process/uid=\(user)", "250 OK") } else { say("552 Unrecognized key") }
            case "GETINFO":
                say(
                    "250-version=0.4.9.11",
                    "250-status/bootstrap-phase=NOTICE BOOTSTRAP PROGRESS=100 TAG=done SUMMARY=\"Done\"",
                    "250-status/circuit-established=1", "250-network-liveness=up", "250 OK")
            case "ADD_ONION":
                guard tor.hasWork || !command.contains("PoW") else { return say("512 Unrecognized keyword") }
                guard let place = words.first(where: { $0.hasPrefix("Port=") })?.split(separator: ",").last,
                    let target = Endpoint(String(place))
                else { return say("512 Bad port") }
                tor.target = target
                services.append(tor.address)
                let isNew = command.contains("NEW:")
                say("250-ServiceID=\(tor.address)")
                if isNew { say("250-PrivateKey=\(FakeTor.key)") }
                say(
                    "250 OK", "650 HS_DESC UPLOAD \(tor.address) UNKNOWN $\(String(repeating: "A", count: 40))~a x",
                    "650 HS_DESC UPLOADED \(tor.address) UNKNOWN $\(String(repeating: "A", count: 40))~a")
            case "DEL_ONION":
                services.removeAll { $0 == words.last }
                say("250 OK")
            default: say("250 OK")
            }
        }
    }
}

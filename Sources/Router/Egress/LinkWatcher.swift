import EventLoop
import Netlink
import Policy
import Protocols

/// Follows one interface by name, as the kernel tells of it: the driver of `LinkTable`.
final class LinkWatcher {
    /// Called with the interface as it is, after each change of any; with nil where there is none of the name.
    var onLink: (Link?) -> Void = { _ in }
    /// Called where the kernel does not tell: why, in a sentence.
    var onFailure: (String) -> Void = { _ in }

    private let name: String
    private let loop: EventLoop
    private var table = LinkTable()
    private var socket: NetlinkSocket?
    private var watch: Watch?
    private lazy var again = Watch.timer(on: loop) { [unowned self] in start() }

    init(_ name: String, loop: EventLoop) {
        self.name = name
        self.loop = loop
    }

    func start() {
        stop()
        do throws(SystemError) {
            let socket = try NetlinkSocket(.route, groups: LinkTable.groups)
            self.socket = socket
            watch = Watch.descriptor(socket.raw, on: loop) { [unowned self] readiness in
                if readiness.contains(.readable) { read() }
            }
            table = LinkTable()
            try socket.send(table.start())
        } catch {
            giveUp("cannot \(error)")
        }
    }

    func stop() {
        watch?.cancel()
        watch = nil
        socket = nil
        again.cancel()
    }

    /// What the kernel has told by now, without waiting for the loop's turn. For the moment before a dial.
    func read() {
        guard let socket else { return }
        do throws(SystemError) {
            while true {
                var request: [UInt8]?
                switch try socket.receive({ request = table.receive($0) }) {
                case .nothing:
                    if table.isKnown { onLink(table.link(named: name)) }
                    return
                case .datagram: break
                case .overflow, .truncated: request = table.start()
                }
                if let request { try socket.send(request) }
            }
        } catch {
            giveUp("cannot \(error)")
        }
    }

    /// Nothing is known, and nothing passes, until the kernel is asked anew in a while.
    func giveUp(_ sentence: String) {
        stop()
        again.schedule(after: .seconds(5))
        onFailure(sentence)
    }
}

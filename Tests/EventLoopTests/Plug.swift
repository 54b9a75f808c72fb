import EventLoop
import Glibc
import Protocols

/// One end of a TCP connection in a test's own hands: it reads and writes when the test says so and not before,
/// and can break the connection as a crashed peer would.
final class Plug {
    enum Read: Equatable {
        case bytes([UInt8])
        case nothing
        case ended
        case broken(Int32)
    }

    private var descriptor: Descriptor?

    init(_ descriptor: consuming Descriptor) {
        self.descriptor = consume descriptor
    }

    private var raw: Int32 { descriptor?.raw ?? -1 }

    /// Sends as much as the kernel takes now.
    func send(_ bytes: ArraySlice<UInt8>) -> Int {
        let sent = unsafe bytes.withUnsafeBytes { unsafe Glibc.send(raw, $0.baseAddress, $0.count, MSG_NOSIGNAL_) }
        return max(sent, 0)
    }

    func send(_ bytes: [UInt8]) -> Int { send(bytes[...]) }

    func read(_ limit: Int = 65536) -> Read {
        var room = [UInt8](repeating: 0, count: limit)
        let count = unsafe room.withUnsafeMutableBytes { unsafe recv(raw, $0.baseAddress, $0.count, 0) }
        if count > 0 { return .bytes(Array(room[..<count])) }
        if count == 0 { return .ended }
        return errno == EAGAIN ? .nothing : .broken(errno)
    }

    /// Says that no more will be sent.
    func finish() {
        shutdown(raw, Int32(SHUT_WR))
    }

    /// Makes the kernel's buffers small, so that little is under way.
    func shrinkBuffers(to size: Int32 = 32768) {
        for option in [SO_RCVBUF, SO_SNDBUF] {
            var size = size
            unsafe setsockopt(raw, SOL_SOCKET, option, &size, socklen_t(MemoryLayout<Int32>.size))
        }
    }

    func close() {
        descriptor = nil
    }

    /// Closes with a reset: the other side learns of it as of a crash.
    func reset() {
        var now = linger(l_onoff: 1, l_linger: 0)
        unsafe setsockopt(raw, SOL_SOCKET, SO_LINGER, &now, socklen_t(MemoryLayout<linger>.size))
        descriptor = nil
    }
}

private let MSG_NOSIGNAL_ = Int32(MSG_NOSIGNAL)

/// A listener on a loopback port that the kernel chose.
struct LoopbackListener: ~Copyable {
    let descriptor: Descriptor
    let endpoint: Endpoint

    init() throws {
        let here = IPAddress.v4(IPv4Address(127, 0, 0, 1))
        descriptor = try Socket.listen(at: .tcp(here, port: 0))
        endpoint = .tcp(here, port: Self.port(of: descriptor.raw))
    }

    private static func port(of raw: Int32) -> UInt16 {
        var name = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        _ = unsafe withUnsafeMutablePointer(to: &name) {
            unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe getsockname(raw, $0, &length) }
        }
        return UInt16(bigEndian: name.sin_port)
    }

    func accept() throws -> Plug? {
        guard let socket = try Socket.accept(from: descriptor) else { return nil }
        return Plug(socket)
    }

    /// The next connection as a stream.
    func accept(on loop: EventLoop, queueLimit: Int) throws -> ByteStream? {
        guard let socket = try Socket.accept(from: descriptor) else { return nil }
        return ByteStream(socket, connecting: false, loop: loop, queueLimit: queueLimit)
    }
}

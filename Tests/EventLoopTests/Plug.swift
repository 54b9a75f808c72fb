import CTestSystem
import EventLoop
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
        let sent = unsafe bytes.withUnsafeBytes { unsafe test_send(raw, $0.baseAddress, UInt($0.count)) }
        return max(sent, 0)
    }

    func send(_ bytes: [UInt8]) -> Int { send(bytes[...]) }

    func read(_ limit: Int = 65536) -> Read {
        var room = [UInt8](repeating: 0, count: limit)
        let count = unsafe room.withUnsafeMutableBytes { unsafe test_read(raw, $0.baseAddress, UInt($0.count)) }
        if count > 0 { return .bytes(Array(room[..<count])) }
        if count == 0 { return .ended }
        return count == -1 ? .nothing : .broken(Int32(-count))
    }

    /// Says that no more will be sent.
    func finish() {
        test_finish(raw)
    }

    /// Makes the kernel's buffers small, so that little is under way.
    func shrinkBuffers(to size: Int32 = 32768) {
        test_shrink(raw, size)
    }

    /// Sends what is small only when all before it is acknowledged, as wallets do.
    func waitForAcknowledgement() {
        test_wait_for_acknowledgement(raw)
    }

    func close() {
        descriptor = nil
    }

    /// Closes with a reset: the other side learns of it as of a crash.
    func reset() {
        test_reset_on_close(raw)
        descriptor = nil
    }
}

/// A listener on a loopback port that the kernel chose.
struct LoopbackListener: ~Copyable {
    let descriptor: Descriptor
    let endpoint: Endpoint

    init() throws {
        let here = IPAddress.v4(IPv4Address(127, 0, 0, 1))
        descriptor = try Socket.listen(at: .tcp(here, port: 0))
        endpoint = .tcp(here, port: test_port(descriptor.raw))
    }

    func accept() throws -> Plug? {
        guard let socket = try Socket.accept(from: descriptor) else { return nil }
        return Plug(socket)
    }

    /// The next connection as a stream.
    func accept(
        on loop: EventLoop, queueLimit: Int, work: ByteStream.Work = .control, borrowsBuffer: Bool = false
    ) throws -> ByteStream? {
        guard let socket = try Socket.accept(from: descriptor) else { return nil }
        return ByteStream(
            socket, connecting: false, loop: loop, queueLimit: queueLimit, work: work, borrowsBuffer: borrowsBuffer)
    }
}

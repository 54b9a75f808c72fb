import EventLoop
import Glibc
import Protocols

/// A loopback port that was free a moment ago.
func freePort() throws -> UInt16 {
    let listener = try Socket.listen(at: loopback(0))
    var name = sockaddr_in()
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let raw = listener.raw
    _ = unsafe withUnsafeMutablePointer(to: &name) {
        unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe getsockname(raw, $0, &length) }
    }
    return UInt16(bigEndian: name.sin_port)
}

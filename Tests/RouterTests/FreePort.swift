import CTestSystem
import EventLoop
import Protocols

/// A loopback port that was free a moment ago.
func freePort() throws -> UInt16 {
    let listener = try Socket.listen(at: loopback(0))
    return test_port(listener.raw)
}

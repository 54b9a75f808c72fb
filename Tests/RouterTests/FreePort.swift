import CTestSystem
import EventLoop
import Protocols
import Synchronization

/// A loopback port that nobody listens at, each only once in a run.
///
/// Below the ports that the kernel gives to connections (32768 and up, net.ipv4.ip_local_port_range): one that it chose
/// and that was closed again would be free too, but a connection of a test beside this one may get it before the
/// listener does.
func freePort() throws -> UInt16 {
    while true {
        let port = next.add(1, ordering: .relaxed).oldValue
        guard port < 32_768 else { throw NoPortLeft() }
        do {
            let listener = try Socket.listen(at: loopback(port))
            return test_port(listener.raw)
        } catch {
            continue
        }
    }
}

private let next = Atomic<UInt16>(20_000)

struct NoPortLeft: Error {}

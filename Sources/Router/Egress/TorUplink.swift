import EventLoop
import Policy
import Protocols

/// The way of a managed Tor to its relays where it goes by another egress: a SOCKS5 listener on loopback for this Tor
/// alone, which has to say a user name and a password that were made for it and stand in its torrc. (Tor takes no
/// Unix socket for its Socks5Proxy.) What enters here leaves by that egress and no other.
struct TorUplink {
    /// Where Tor dials.
    let endpoint: Endpoint
    /// What Tor says to be let in.
    let credentials: Credentials
    /// Listens no more, and cuts all that goes through it.
    let close: () -> Void
}

extension Router {
    /// Opens the uplink of a Tor.
    ///
    /// - Throws: `StartFailure` with a sentence, when the kernel gives no port or no random bytes.
    func openUplink() throws(StartFailure) -> TorUplink {
        guard let credentials = IsolationKeys.randomCredentials(&random) else {
            throw StartFailure("no random bytes for Tor's way out")
        }
        lastListener += 1
        let listener = try NodeListener(
            name: "tor.uplink", requestClass: .torUplink, endpoint: .tcp(.v4(IPv4Address(127, 0, 0, 1)), port: 0),
            password: credentials, id: lastListener, loop: loop)
        adopt(listener)
        uplinks.append(listener)
        listener.resume()
        return TorUplink(endpoint: listener.endpoint, credentials: credentials) { [weak self, unowned listener] in
            self?.close(listener)
        }
    }

    private func close(_ uplink: NodeListener) {
        uplink.pause()
        streams.forEach { if $0.listener === uplink { $0.cut(.egressNotReady) } }
        table.cut { $0.listener == uplink.id }
        table.forget(uplink.traffic)
        uplinks.removeAll { $0 === uplink }
    }
}

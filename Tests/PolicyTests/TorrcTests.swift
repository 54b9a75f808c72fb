import Policy
import Protocols
import Testing

/// The file that is written for a managed Tor, and where it is written.
@Suite struct TorrcTests {
    private func places(_ directory: String = "/var/lib/xmr-routed") throws -> TorPlaces {
        try TorPlaces.below(stateDirectory: directory).get()
    }

    @Test func saysAllThatIsOurs() throws {
        let text = Torrc(lines: [], places: try places(), owner: 4321).text
        #expect(
            text == #"""
                # Written by xmr-routed for the Tor that it runs; a change here is lost.
                DataDirectory "/var/lib/xmr-routed/tor/data"
                SocksPort "unix:\"/var/lib/xmr-routed/tor/socks\" ExtendedErrors"
                ControlPort "unix:\"/var/lib/xmr-routed/tor/control\""
                CookieAuthentication 1
                CookieAuthFile "/var/lib/xmr-routed/tor/data/control_auth_cookie"
                __OwningControllerProcess 4321
                Log notice stdout
                SafeLogging 1
                LogTimeGranularity 1
                ClientOnly 1
                DormantTimeoutEnabled 0
                DormantCanceledByStartup 1
                NoExec 1

                """#)
    }

    /// Of two that say different things, the last holds for Tor.
    @Test func oursComeAfterTheOperators() throws {
        let lines = try ["SafeLogging 0", "UseBridges 1"].map { try TorrcLine.check($0, isTestNetwork: true).get() }
        let text = Torrc(lines: lines, places: try places(), owner: 1).text.split(separator: "\n")
        let first = try #require(text.firstIndex(of: "SafeLogging 0"))
        let last = try #require(text.firstIndex(of: "SafeLogging 1"))
        #expect(first < last && text.contains("UseBridges 1"))
    }

    @Test func mayStartATransportOnly() throws {
        let line = try TorrcLine.check("ClientTransportPlugin x exec /y", isTestNetwork: false).get()
        #expect(!Torrc(lines: [line], places: try places(), owner: 1).text.contains("NoExec"))
    }

    @Test func namesTheWayOut() throws {
        let secret = Credentials(username: Array("a \"b\\".utf8), password: [0x23, 0x0a, 0x7f, 0xc3, 0xa4])
        let upstream = Torrc.Upstream(address: .v4(IPv4Address(127, 0, 0, 1)), port: 1080, credentials: secret)
        let text = Torrc(lines: [], places: try places(), owner: 1, upstream: upstream).text
        #expect(
            text.hasSuffix(
                #"""
                NoExec 1
                Socks5Proxy 127.0.0.1:1080
                Socks5ProxyUsername "a \"b\\"
                Socks5ProxyPassword "#\x0a\x7fä"

                """#))
        let open = Torrc.Upstream(address: .v4(IPv4Address(127, 0, 0, 1)), port: 1080, credentials: nil)
        #expect(!Torrc(lines: [], places: try places(), owner: 1, upstream: open).text.contains("Username"))
    }

    @Test func aPathWithBlanksIsOneValue() throws {
        let text = Torrc(lines: [], places: try places("/home/a b#c"), owner: 1).text
        #expect(text.contains(#"SocksPort "unix:\"/home/a b#c/tor/socks\" ExtendedErrors""#))
    }

    @Test func aPathMustDoForASocket() {
        func said(_ path: String) -> String? {
            if case .failure(let refusal) = TorPlaces.below(stateDirectory: path) { refusal.sentence } else { nil }
        }
        let longest = "/" + String(repeating: "x", count: 107 - 1 - "/tor/control".utf8.count)
        #expect(said(longest) == nil)
        #expect(said(longest + "x")?.contains("too long") == true)
        #expect(said("state")?.contains("not absolute") == true)
        for bad in ["/a\"b", "/a\\b", "/a\nb", "/a\u{7f}"] {
            #expect(said(bad)?.contains("STATE_DIRECTORY") == true, "\(bad)")
        }
    }
}

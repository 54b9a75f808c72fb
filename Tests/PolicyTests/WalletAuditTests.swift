import Policy
import Protocols
import Testing

/// What a running wallet would ask past a proxy, and how it fits the router's listeners.
@Suite struct WalletAuditTests {
    /// Its own node behind wallet.0, an onion node behind wallet.1, which is for "monero-wallet" alone, and a TLS listener.
    private static let configuration: Configuration = {
        var configuration = Configuration.builtIn
        let own = configuration.wallets[0]
        var onion = WalletConfiguration.sample
        onion.listen = .tcp(.v4(IPv4Address(127, 0, 0, 1)), port: 18990)
        configuration.wallets = [own, onion, .remote]
        configuration.killSwitch.confine = [
            ConfinedUserConfiguration(user: "monero-wallet", listeners: ["wallet.1"]),
            ConfinedUserConfiguration(user: "pool", listeners: []),
        ]
        return configuration
    }()

    private func audited(
        _ arguments: String, user: String? = nil, isHeld: Bool = false,
        with configuration: Configuration = configuration
    ) -> [Finding] {
        let options = ProgramOptions(.wallet, arguments: arguments.split(separator: " ").map(String.init))
        return WalletAudit.findings(
            options, subject: "wallet", user: user, listeners: WalletAudit.Listeners(configuration), isHeld: isHeld)
    }

    private func found(_ arguments: String, user: String? = nil, isHeld: Bool = false) -> [String] {
        audited(arguments, user: user, isHeld: isHeld).map { "\($0.severity.rawValue): \($0.reveals)" }
    }

    /// The line of README, at a listener.
    private func line(_ listener: String) -> String {
        "--daemon-address http://\(listener) --untrusted-daemon --daemon-ssl disabled --no-dns"
    }

    @Test func theLineOfReadmeIsInOrder() {
        #expect(found(line("127.0.0.1:18989"), user: "alice") == ["ok: it asks the router's wallet.0"])
        #expect(found(line("localhost:18989/")) == ["ok: it asks the router's wallet.0"])
        #expect(found(line("127.0.0.1:18990"), user: "monero-wallet") == ["ok: it asks the router's wallet.1"])
        #expect(found("--daemon-host 127.0.0.1 --daemon-port 18989 --daemon-ssl disabled --no-dns").count == 1)
        #expect(found("--offline") == [])
    }

    @Test(arguments: ["", "--daemon-address 127.0.0.1:18081", "--daemon-address localhost", "--daemon-host 127.0.0.2"])
    func anotherPlaceOfThisMachineIsSaid(_ arguments: String) {
        let all = audited(arguments + " --no-dns")
        #expect(all.map(\.severity) == [.note])
        #expect(
            all.first?.reveals.hasSuffix(
                "is no listener of the router's: what tells wallets apart is not taken out, "
                    + "and a lock does not stop it") == true)
        #expect(all.first?.reveals.contains(":18081") == true)
        #expect(all.first?.mend == "--daemon-address http://127.0.0.1:18989")
        var without = Self.configuration
        without.wallets = []
        #expect(audited(arguments + " --no-dns", with: without) == [], "without a [[wallet]] there is none to take")
    }

    @Test func anotherNetworksUsualPort() {
        #expect(found("--stagenet --no-dns").first?.contains("127.0.0.1:38081") == true)
        #expect(found("--testnet --no-dns").first?.contains("127.0.0.1:28081") == true)
    }

    @Test func aNameOrANumberWithoutAProxy() {
        #expect(
            found("--daemon-address node.example:18081 --no-dns").first?.hasPrefix("leak: its node is named") == true)
        #expect(found("--daemon-host node.example --no-dns").first?.hasPrefix("leak: its node is named") == true)
        #expect(
            found("--daemon-address 192.0.2.1:18081 --no-dns").first?.hasPrefix("leak: its node is dialled") == true)
        let held = found("--daemon-address node.example:18081 --no-dns", isHeld: true)
        #expect(held.first?.hasPrefix("warning:") == true && held.first?.hasSuffix("the guard stops it") == true)
    }

    @Test func withAProxyTheTrustMustBeSaid() {
        let proxied = "--proxy 127.0.0.1:9050 --no-dns --daemon-address "
        let onion = String(repeating: "a", count: 55) + "d.onion:18089"
        for address in [onion, "node.example:18089"] {
            #expect(found(proxied + address).count == 1)
            #expect(found(proxied + address + " --untrusted-daemon") == [])
        }
        #expect(
            found(proxied + onion + " --trusted-daemon") == [
                "warning: trusted-daemon shows a node that is not this machine's all own key images"
            ])
        let any = " --untrusted-daemon --daemon-ssl-allow-any-cert"
        #expect(found(proxied + "192.0.2.1:443" + any).first?.hasPrefix("warning: daemon-ssl-allow-any-cert") == true)
        #expect(found(proxied + onion + any) == [], "an onion address is its own proof")
    }

    @Test func anEmptyProxyIsNone() {
        let all = found("--proxy= --untrusted-daemon --no-dns --daemon-address node.example:18089")
        #expect(all.count == 1 && all.first?.hasPrefix("leak: its node is named by a host name") == true)
        #expect(found("--proxy= " + line("127.0.0.1:18989")) == ["ok: it asks the router's wallet.0"])
    }

    @Test func aProxyBesideTheListener() {
        #expect(
            found("--proxy 127.0.0.1:9050 " + line("127.0.0.1:18989")).contains(
                "warning: its proxy is asked for wallet.0, which is on this machine: no proxy leads there"))
    }

    @Test func trustInTheListenerIsTrustInTheNodesBehindIt() {
        let own = "--daemon-address 127.0.0.1:18989 --daemon-ssl disabled --no-dns"
        #expect(found(own).count == 1 && found(own + " --trusted-daemon").count == 1, "it is a node of this machine")
        let onion = "--daemon-address 127.0.0.1:18990 --daemon-ssl disabled --no-dns"
        for (more, how) in [("", "by default"), (" --trusted-daemon", "by trusted-daemon")] {
            let all = audited(onion + more)
            #expect(all.last?.severity == .warning && all.last?.mend == "--untrusted-daemon")
            #expect(all.last?.reveals.hasPrefix("it trusts wallet.1 as a node of its own, \(how):") == true)
        }
    }

    @Test func whomTheListenerIsFor() {
        #expect(
            found(line("127.0.0.1:18990"), user: "alice").last
                == "warning: wallet.1 is for monero-wallet alone, and where the guard is required it refuses alice")
        #expect(
            found(line("127.0.0.1:18989"), user: "pool").last
                == "warning: the guard does not let pool reach wallet.0")
        #expect(
            found(line("127.0.0.1:18990"), user: "pool").last
                == "warning: the guard does not let pool reach wallet.1")
        #expect(found(line("127.0.0.1:18990"), user: nil).count == 1, "of whom nothing is known nothing is said")
        #expect(found(line("127.0.0.1:18989"), user: "alice").count == 1, "without users it is for anybody")
    }

    @Test(arguments: [
        ("127.0.0.1:18989", "", "note: it tries TLS first"),
        ("127.0.0.1:18989", "--daemon-ssl autodetect", "note: it tries TLS first"),
        ("127.0.0.1:18989", "--daemon-ssl enabled", "warning: it speaks TLS alone"),
        ("127.0.0.1:18989", "--daemon-ssl-allowed-fingerprints ab", "warning: it speaks TLS alone"),
        ("127.0.0.1:18989", "--daemon-ssl disabled", nil),
        ("192.168.1.5:18989", "--daemon-ssl enabled", "warning: it does not verify"),
        ("192.168.1.5:18989", "--daemon-ssl disabled", "warning: it does not verify"),
        (
            "192.168.1.5:18989", "--daemon-ssl-allowed-fingerprints ab --daemon-ssl-allow-any-cert",
            "warning: it does not"
        ),
        ("192.168.1.5:18989", "--daemon-ssl-allowed-fingerprints ab", nil),
        ("192.168.1.5:18989", "--daemon-ssl enabled --daemon-ssl-ca-certificates /ca.pem", nil),
    ])
    func whatTheListenerSpeaks(_ listener: String, _ more: String, _ expected: String?) {
        let all = found("--daemon-address \(listener) --untrusted-daemon --no-dns \(more)")
        #expect(all.count == (expected == nil ? 1 : 2))
        if let expected { #expect(all.last?.hasPrefix(expected) == true) }
    }

    @Test func openAliasAndListeners() {
        #expect(found("--daemon-ssl disabled").contains { $0.hasPrefix("leak: a payment to a name") })
        let quiet = line("127.0.0.1:18989")
        #expect(found(quiet + " --rpc-bind-ip 0.0.0.0").last?.hasPrefix("leak: rpc-bind-ip=0.0.0.0") == true)
        #expect(found("--offline --rpc-bind-ip 0.0.0.0").last?.hasPrefix("leak: rpc-bind-ip=0.0.0.0") == true)
        #expect(found(quiet + " --rpc-bind-ip 127.0.0.1").count == 1)
        #expect(found(quiet + " --rpc-bind-ipv6-address ::").count == 1, "not used")
        #expect(
            found(quiet + " --rpc-use-ipv6 --rpc-bind-ipv6-address ::").last?.hasPrefix("leak: rpc-bind-ipv6") == true)
        #expect(
            found(quiet + " --rpc-bind-ip 0.0.0.0", isHeld: true).last?.hasPrefix("warning: rpc-bind-ip=0.0.0.0")
                == true)
    }

    @Test func windowsKeepTheirSettingsElsewhere() {
        func found(_ arguments: [String]) -> [Finding] {
            WalletAudit.findings(
                ofWindows: ProgramOptions(.windows, arguments: arguments), subject: "gui",
                listeners: WalletAudit.Listeners(Self.configuration), isHeld: false)
        }
        #expect(found([]).map(\.severity) == [.note, .warning])
        #expect(found([]).first?.mend?.contains("127.0.0.1:18989") == true)
        #expect(found([]).last?.mend == "--disable-check-updates")
        #expect(found(["--disable-check-updates"]).map(\.severity) == [.note])
        #expect(found(["--log-level", "1", "--disable-check-updates", "x.keys"]).map(\.severity) == [.note])
    }
}

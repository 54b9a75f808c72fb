import Policy
import Testing

/// What a running wallet would ask past a proxy.
@Suite struct WalletAuditTests {
    private func found(_ arguments: String, isHeld: Bool = false) -> [String] {
        let options = ProgramOptions(.wallet, arguments: arguments.split(separator: " ").map(String.init))
        return WalletAudit.findings(options, subject: "wallet", isHeld: isHeld).map {
            "\($0.severity.rawValue): \($0.reveals)"
        }
    }

    @Test func atLoopbackWithoutNamesThereIsNothing() {
        #expect(found("--daemon-address http://127.0.0.1:18989 --untrusted-daemon --no-dns") == [])
        #expect(found("--no-dns") == [], "the default is 127.0.0.1")
        #expect(found("--offline") == [])
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
    }

    @Test func openAliasAndListeners() {
        #expect(found("").first?.hasPrefix("leak: a payment to a name") == true)
        #expect(found("--no-dns --rpc-bind-ip 0.0.0.0").first?.hasPrefix("leak: rpc-bind-ip=0.0.0.0") == true)
        #expect(found("--no-dns --rpc-bind-ip 127.0.0.1") == [])
    }
}

import Policy
import Protocols
import Testing
import Toml

/// The egresses beside proxies: Tor of our own, I2P, VPNs, and ways that lead through another egress.
@Suite struct ConfigurationEgressTests {
    private func egresses(_ text: String) throws -> [EgressConfiguration] {
        try read(text + "\n[kill-switch]\nguard = \"off\"\n").get().egresses
    }

    @Test(arguments: ["[tor]", "[tor]\nmanaged = true", "[tor]\ntorrc = []"])
    func ourOwnTor(text: String) throws {
        #expect(
            try egresses(text) == [
                EgressConfiguration(name: "tor", kind: .tor(TorConfiguration(.managed(torrc: []))))
            ])
    }

    @Test func torThroughAnother() throws {
        let text = """
            [tor]
            torrc = ["UseBridges 1", "ConfluxEnabled 0"]
            via = "vpn.wg"
            [vpn.wg]
            interface = "wg0"
            resolver = "10.64.0.1"
            """
        let configuration = try read(text + "\n[kill-switch]\nguard = \"off\"\n").get()
        let lines = try ["UseBridges 1", "ConfluxEnabled 0"].map { try TorrcLine.check($0, isTestNetwork: false).get() }
        #expect(
            configuration.egress(named: "tor")?.kind
                == .tor(TorConfiguration(.managed(torrc: lines), via: "vpn.wg")))
        #expect(configuration.routedEgresses == ["tor", "vpn.wg"], "the VPN is of use, though no route names it")
        #expect(configuration.route.egresses == ["tor"])
    }

    @Test func i2pIsRoutedToWhereItStands() throws {
        let configuration = try read(
            "[i2p]\nsocks = \"127.0.0.1:4447\"\n[kill-switch]\nguard = \"off\""
        ).get()
        #expect(
            configuration.egresses == [
                EgressConfiguration(
                    name: "i2p", kind: .i2p(I2PConfiguration(.socks(try #require(Endpoint("127.0.0.1:4447"))))))
            ])
        #expect(configuration.route.i2p == .egress("i2p"))
        #expect(configuration.route.clearnet == .block && configuration.route.onion == .block)
    }

    private static let proofs: [(String, String?, String?)] = [
        ("resolver = \"10.64.0.1\"", "10.64.0.1", nil), ("resolver = \"fd00::1\"", "fd00::1", nil),
        ("probe = \"10.64.0.1:53\"", nil, "10.64.0.1:53"),
        ("resolver = \"10.64.0.1\"\nprobe = \"[fd00::1]:853\"", "10.64.0.1", "[fd00::1]:853"),
    ]

    @Test(arguments: proofs)
    func vpns(text: String, resolver: String?, probe: String?) throws {
        let vpn = VPNConfiguration(
            interface: "wg0", resolver: resolver.flatMap { IPAddress($0) }, probe: probe.flatMap { Endpoint($0) })
        #expect(
            try egresses("[vpn.my-1]\ninterface = \"wg0\"\n\(text)") == [
                EgressConfiguration(name: "vpn.my-1", kind: .vpn(vpn))
            ])
    }

    @Test(arguments: [
        (
            "[vpn.wg]\nresolver = \"10.64.0.1\"",
            "f:1:6: [vpn.wg] has no interface: name it, interface = \"wg0\""
        ),
        (
            "[vpn.wg]\ninterface = \"wg0\"",
            "f:1:6: [vpn.wg] has neither resolver nor probe, and an interface that is up proves no tunnel: name what answers through it, resolver = \"10.64.0.1\" or probe = \"10.64.0.1:53\""
        ),
        (
            "[vpn.wg]\nresolver = \"10.64.0.1\"\ninterface = \"a-very-long-name\"",
            "f:3:13: `vpn.wg.interface` is longer than the 15 bytes of an interface's name, \"a-very-long-name\": write it as `ip link` does, such as \"wg0\""
        ),
        (
            "[vpn.wg]\nresolver = \"10.64.0.1\"\ninterface = \"wg/0\"",
            "f:3:13: `vpn.wg.interface` is no interface's name, \"wg/0\": write it as `ip link` does, such as \"wg0\""
        ),
        (
            "[vpn.wg]\nresolver = \"10.64.0.1\"\ninterface = \"lo\"",
            "f:3:13: `vpn.wg.interface` cannot be the loopback interface: write it as `ip link` does, such as \"wg0\""
        ),
        (
            "[vpn.wg]\ninterface = \"wg0\"\nresolver = \"10.64.0.1:53\"",
            "f:3:12: `vpn.wg.resolver` is no address, \"10.64.0.1:53\": write one alone, without a port (it is asked at port 53), such as \"10.64.0.1\""
        ),
        (
            "[vpn.wg]\ninterface = \"wg0\"\nresolver = \"127.0.0.53\"",
            "f:3:12: `vpn.wg.resolver` is on this machine, 127.0.0.53, and not in the tunnel: name the VPN's own"
        ),
        (
            "[vpn.wg]\ninterface = \"wg0\"\nprobe = \"127.0.0.1:53\"",
            "f:3:9: `vpn.wg.probe` is on this machine, 127.0.0.1:53, and not in the tunnel: name an address and a port in it"
        ),
        (
            "[vpn.wg]\ninterface = \"wg0\"\nprobe = \"unix:/run/x\"",
            "f:3:9: `vpn.wg.probe` is on this machine, unix:/run/x, and not in the tunnel: name an address and a port in it"
        ),
        ("[vpn.WG]\ninterface = \"wg0\"", "f:1:6: a VPN cannot be named \"WG\": use 1 to 32 of a-z, 0-9 and -"),
        ("vpn = 1", "f:1:1: `vpn` must be tables by name, such as [vpn.wg], not an integer"),
    ])
    func refusedVPNs(text: String, problem: String) throws {
        #expect(try problems(text) == [problem])
    }

    private static let proxy = "socks = \"192.0.2.7:1\"\n"

    @Test(arguments: [
        ("[proxy.a]\n\(proxy)via = \"proxy.a\"", "f:3:7: `proxy.a.via` is itself: name another egress, or take it out"),
        (
            "[proxy.a]\n\(proxy)via = \"tor\"",
            "f:3:7: `proxy.a.via` names \"tor\", which is not configured: take it out"
        ),
        (
            "[proxy.a]\n\(proxy)via = \"proxy.bb\"\n[proxy.b]\n\(proxy)",
            "f:3:7: `proxy.a.via` names \"proxy.bb\", which is not configured; did you mean \"proxy.b\"?"
        ),
        (
            "[i2p]\nsocks = \"127.0.0.1:4447\"\n[proxy.a]\n\(proxy)via = \"i2p\"",
            "f:5:7: `proxy.a.via` cannot be \"i2p\", which leads to I2P addresses only: name another egress, or take it out"
        ),
        (
            "[tor]\n[proxy.a]\nsocks = \"127.0.0.1:1\"\nvia = \"tor\"",
            "f:4:7: `proxy.a.via` is \"tor\", and the proxy is on this machine, 127.0.0.1:1: it is dialled straight, take `via` out"
        ),
        (
            "[tor]\n[proxy.a]\nsocks = \"unix:/run/x\"\nvia = \"tor\"",
            "f:4:7: `proxy.a.via` is \"tor\", and the proxy is on this machine, unix:/run/x: it is dialled straight, take `via` out"
        ),
        (
            "[tor]\nvia = \"proxy.a\"\n[proxy.a]\n\(proxy)via = \"tor\"",
            "f:2:7: `tor.via` leads back to itself, tor via proxy.a via tor: take one `via` out"
        ),
        (
            "[proxy.a]\n\(proxy)via = \"proxy.b\"\n[proxy.b]\n\(proxy)via = \"proxy.c\"\n[proxy.c]\n\(proxy)via = \"proxy.b\"",
            "f:6:7: `proxy.b.via` leads back to itself, proxy.b via proxy.c via proxy.b: take one `via` out"
        ),
    ])
    func refusedVias(text: String, problem: String) throws {
        #expect(try problems(text) == [problem])
    }

    @Test func eachLoopIsToldOnce() throws {
        let text = """
            [proxy.a]
            \(Self.proxy)via = "proxy.b"
            [proxy.b]
            \(Self.proxy)via = "proxy.a"
            [proxy.c]
            \(Self.proxy)via = "proxy.d"
            [proxy.d]
            \(Self.proxy)via = "proxy.c"
            [proxy.e]
            \(Self.proxy)via = "proxy.d"
            """
        #expect(
            try problems(text) == [
                "f:3:7: `proxy.a.via` leads back to itself, proxy.a via proxy.b via proxy.a: take one `via` out",
                "f:9:7: `proxy.c.via` leads back to itself, proxy.c via proxy.d via proxy.c: take one `via` out",
            ])
    }
}

import Policy
import Protocols
import Testing

/// The whole of a ruleset as an operator reads it: whoever changes a rule sees here what he changes.
@Suite struct RulesetTextTests {
    @Test func everythingTheConfigurationCanAskFor() throws {
        var configuration = try RulesetTests.configuration()
        configuration.node.listeners.removeLast(2)
        configuration.node.strays = .redirect
        configuration.node.dns = Endpoint("9.9.9.9:53")
        configuration.log.destinations = true
        let text = Ruleset(configuration, RulesetTests.guarded(configuration)).text
        let chains = text.split(separator: "\n").drop { !$0.hasPrefix("\tchain ") }.joined(separator: "\n")
        #expect(chains == Self.chains)
        #expect(text.hasPrefix("table inet xmr_routed {\n"))
    }

    private static let chains = """
        	chain output {
        		type filter hook output priority filter; policy accept;
        		meta skuid 995 oifname "wg0" ct mark set 0x786d7400
        		ct mark 0x786d7400 oifname != "wg0" drop
        		ct mark 0x786d7300 oifname != "wg0" tcp flags & rst == rst drop
        		meta skuid 107 goto user_107
        		meta skuid 995 goto router
        		ct mark 0x786d7600 ct direction original goto router
        		ct mark 0x786d7201 ct direction original goto user_107
        		ct mark 0x786d7202 ct direction reply goto user_107
        	}
        	chain postrouting {
        		type filter hook postrouting priority filter; policy accept;
        		oifname != "lo" meta skuid 107 counter name "rest_107" drop
        		oifname != "lo" ct mark & 0xffffff00 == 0x786d7200 drop
        	}
        	chain input {
        		type filter hook input priority filter; policy accept;
        		iifname "wg0" ct state new tcp flags & syn == 0 ct mark set 0x786d7300
        		iifname != "lo" meta skuid 107 counter name "inbound_107" drop
        	}
        	chain user_107 {
        		ip dscp 42 ip daddr 192.0.2.1 tcp dport 18080 counter name "canary_107_tcp4" goto refuse
        		ip dscp 42 ip daddr 192.0.2.1 udp dport 18080 counter name "canary_107_udp4" goto refuse
        		ip dscp 42 ip daddr 192.0.2.1 udp dport 53 counter name "canary_107_dns4" goto refuse
        		ip6 dscp 42 ip6 daddr 2001:db8::1 tcp dport 18080 counter name "canary_107_tcp6" goto refuse
        		ip6 dscp 42 ip6 daddr 2001:db8::1 udp dport 18080 counter name "canary_107_udp6" goto refuse
        		ip6 dscp 42 ip6 daddr 2001:db8::1 udp dport 53 counter name "canary_107_dns6" goto refuse
        		ip dscp 42 ip daddr 127.0.0.53 udp dport 53 counter name "canary_107_stub" goto refuse
        		ip6 dscp 42 ip6 daddr ::1 udp dport 53 counter name "canary_107_stub6" goto refuse
        		ip6 daddr ::1 tcp dport 18081 ct mark set 0x786d7201 accept
        		ip6 daddr ::1 tcp dport 18953 ct mark set 0x786d7201 accept
        		ip6 daddr ::1 tcp dport 18954 ct mark set 0x786d7201 accept
        		ip daddr 127.0.0.1 tcp dport 18081 ct mark set 0x786d7201 accept
        		ip daddr 127.0.0.1 tcp dport 18950 ct mark set 0x786d7201 accept
        		ip daddr 127.0.0.1 tcp dport 18953 ct mark set 0x786d7201 accept
        		ip daddr 127.0.0.1 tcp dport 18954 ct mark set 0x786d7201 accept
        		ip daddr 127.0.0.1 udp dport 18954 ct mark set 0x786d7201 accept
        		ip6 daddr ::1 udp dport 18954 ct mark set 0x786d7201 accept
        		ip saddr 127.0.0.0/8 ip daddr 127.0.0.0/8 ct direction reply ct mark set 0x786d7202 accept
        		ip6 saddr ::1 ip6 daddr ::1 ct direction reply ct mark set 0x786d7202 accept
        		ct direction reply counter name "inbound_107" goto refuse
        		meta l4proto tcp add @stopped4_107 { ip daddr . meta l4proto . th dport }
        		meta l4proto udp add @stopped4_107 { ip daddr . meta l4proto . th dport }
        		meta l4proto tcp add @stopped6_107 { ip6 daddr . meta l4proto . th dport }
        		meta l4proto udp add @stopped6_107 { ip6 daddr . meta l4proto . th dport }
        		meta l4proto tcp add @stopped_107 { meta l4proto . th dport } goto refuse
        		meta l4proto udp add @stopped_107 { meta l4proto . th dport } goto refuse
        		meta l4proto != tcp meta l4proto != udp add @other_107 { meta l4proto } goto refuse
        		counter name "rest_107" goto refuse
        	}
        	chain router {
        		ct direction reply oifname "lo" accept
        		ip daddr 127.0.0.1 tcp dport 9050 ct mark set 0x786d7600 accept
        		ip daddr 192.0.2.7 tcp dport 1080 ct mark set 0x786d7600 accept
        		ip daddr 127.0.0.1 tcp dport 18081 ct mark set 0x786d7600 accept
        		oifname "wg0" accept
        		counter name "router_stopped" goto refuse
        	}
        	chain refuse {
        		meta l4proto tcp reject with tcp reset
        		drop
        	}
        	chain redirection {
        		type nat hook output priority -100; policy accept;
        		meta skuid 107 ip dscp 42 return
        		meta skuid 107 ip6 dscp 42 return
        		meta skuid 107 udp dport 53 redirect to :18954
        		meta skuid 107 tcp dport 53 redirect to :18954
        		meta skuid 107 ip daddr != 127.0.0.0/8 meta l4proto tcp redirect to :18953
        		meta skuid 107 ip6 daddr != ::1 meta l4proto tcp redirect to :18953
        	}
        }
        """
}

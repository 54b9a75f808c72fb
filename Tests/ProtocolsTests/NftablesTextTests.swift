import NftablesSample
import Protocols
import Testing

/// The table as nft's text. That the kernel makes the same of it is shown where there is one (NetlinkTests).
@Suite struct NftablesTextTests {
    @Test func theTextIsAsNftHasIt() {
        #expect(NftablesSample.table().text == Self.text)
        #expect(NftTable(name: "x").text == "table inet x {\n}\n")
    }

    /// An asterisk at the end would be any end, and a quote the end of the name.
    @Test func anInterfacesNameStaysAName() {
        func rule(_ name: String) -> String {
            NftTable(name: "x", chains: [.init(name: "c", rules: [[.inInterface(name)]])]).text
        }
        #expect(rule("wg*").contains(#"iifname "wg\*""#))
        #expect(rule("*wg").contains(#"iifname "*wg""#))
        #expect(rule("w\" accept\nx").contains(#"iifname "w acceptx""#))
    }

    private static let text = #"""
        table inet xmr_routed {
        	counter inbound_107 {
        	}

        	counter canary_107_tcp4 {
        	}

        	counter rest_107 {
        	}

        	set stopped_107 {
        		type inet_proto . inet_service
        		size 1024
        		flags dynamic
        		counter
        	}

        	set other_107 {
        		type inet_proto
        		size 256
        		flags dynamic
        		counter
        	}

        	set stopped4_107 {
        		type ipv4_addr . inet_proto . inet_service
        		size 1024
        		flags dynamic
        		counter
        	}

        	set stopped6_107 {
        		type ipv6_addr . inet_proto . inet_service
        		size 1024
        		flags dynamic
        		counter
        	}

        	chain output {
        		type filter hook output priority filter; policy accept;
        		meta skuid 107 goto user_107
        		ct mark 0x786d7201 ct direction original goto user_107
        		ct mark 0x786d7202 ct direction reply goto user_107
        		ct mark 0x786d72f1 oifname != "wg0" tcp flags & rst == rst drop
        	}

        	chain input {
        		type filter hook input priority filter; policy accept;
        		iifname != "lo" meta skuid 107 counter name "inbound_107" drop
        		iifname "wg0" ct state new tcp flags & syn == 0 ct mark set 0x786d72f1
        	}

        	chain out {
        		type filter hook postrouting priority filter; policy accept;
        		oifname != "lo" meta skuid 107 drop
        		oifname != "lo" ct mark & 0xffffff00 == 0x786d7200 drop
        		oifname "tun\*" tcp flags & (syn | ack) == (syn | ack) return
        	}

        	chain user_107 {
        		ip dscp 42 ip daddr 192.0.2.1 tcp dport 18080 counter name "canary_107_tcp4" goto refuse
        		ip6 dscp 42 ip6 daddr 2001:db8::1 udp dport 53 goto refuse
        		ip daddr 127.0.0.1 tcp dport 18950 ct mark set 0x786d7201 accept
        		ip daddr 127.0.0.1 tcp dport 18951 ct mark set 0x786d7201 accept
        		ip daddr 127.0.0.1 tcp dport 18081 ct mark set 0x786d7201 accept
        		ip saddr 127.0.0.0/8 ip daddr 127.0.0.0/8 ct direction reply ct mark set 0x786d7202 accept
        		ip6 saddr ::1 ip6 daddr ::1 accept
        		ct direction reply ip saddr 192.0.2.1 tcp sport 18989 accept
        		ip saddr 10.128.0.0/9 ip daddr != 10.0.0.0/12 drop
        		ip6 saddr fe80::/10 ip6 daddr != 2001:db8::/32 drop
        		meta l4proto tcp add @stopped4_107 { ip daddr . meta l4proto . th dport } ct direction original
        		meta l4proto udp add @stopped4_107 { ip daddr . meta l4proto . th dport } ct direction original
        		add @stopped6_107 { ip6 daddr . meta l4proto . th dport }
        		meta l4proto tcp add @stopped_107 { meta l4proto . th dport } goto refuse
        		meta l4proto udp add @stopped_107 { meta l4proto . th dport } goto refuse
        		meta l4proto != tcp meta l4proto != udp add @other_107 { meta l4proto } goto refuse
        		counter name "rest_107" goto refuse
        	}

        	chain refuse {
        		meta l4proto tcp reject with tcp reset
        		drop
        	}

        	chain nat {
        		type nat hook output priority -100; policy accept;
        		meta skuid 107 ip dscp 42 return
        		meta skuid 107 udp dport 53 redirect to :18954
        		meta skuid 107 tcp dport 53 redirect to :18954
        		ip daddr != 127.0.0.0/8 meta l4proto tcp redirect to :18953
        		ip6 daddr != ::1 meta l4proto tcp redirect to :18953
        	}

        	chain empty {
        	}
        }

        """#
}

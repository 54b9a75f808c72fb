extension NftTable {
    /// The table as nft's language has it, to be read by a person or by `nft -f -`: it makes the kernel hold the same.
    public var text: String {
        var text = "table inet \(name) {\n"
        for counter in counters { text += "\tcounter \(counter) {\n\t}\n\n" }
        for set in sets {
            text += "\tset \(set.name) {\n\t\ttype \(set.key.typeText)\n\t\tsize \(set.size)\n"
            text += "\t\tflags dynamic\n\t\tcounter\n\t}\n\n"
        }
        for chain in chains {
            text += "\tchain \(chain.name) {\n"
            if let hook = chain.hook { text += "\t\t\(hook.text)\n" }
            for rule in chain.plainRules { text += "\t\t\(rule.map(\.text).joined(separator: " "))\n" }
            text += "\t}\n\n"
        }
        // No empty line before the end.
        if text.hasSuffix("\n\n") { text.removeLast() }
        return text + "}\n"
    }
}

extension NftTable.Chain.Hook {
    /// The line that makes a chain a base chain.
    fileprivate var text: String {
        switch self {
        case .filterInput: "type filter hook input priority filter; policy accept;"
        case .filterOutput: "type filter hook output priority filter; policy accept;"
        case .filterPostrouting: "type filter hook postrouting priority filter; policy accept;"
        case .natOutput: "type nat hook output priority -100; policy accept;"
        }
    }
}

extension NftStatement.Key {
    /// Its parts, by their types.
    fileprivate var typeText: String {
        switch self {
        case .transport: "inet_proto"
        case .transportAndPort: "inet_proto . inet_service"
        case .destinationIPv4: "ipv4_addr . inet_proto . inet_service"
        case .destinationIPv6: "ipv6_addr . inet_proto . inet_service"
        }
    }

    /// Its parts, by what a packet has of them.
    fileprivate var text: String {
        switch self {
        case .transport: "meta l4proto"
        case .transportAndPort: "meta l4proto . th dport"
        case .destinationIPv4: "ip daddr . meta l4proto . th dport"
        case .destinationIPv6: "ip6 daddr . meta l4proto . th dport"
        }
    }
}

extension NftStatement {
    /// The statement as text. One that stands for several rules has the text of none: see `NftRule.alternatives`.
    fileprivate var text: String {
        switch self {
        case .user(let user): "meta skuid \(user)"
        case .connectionMark(let mark): "ct mark \(mark.hexadecimal)"
        case .connectionMarkFamily(let mark): "ct mark & 0xffffff00 == \((mark & 0xffff_ff00).hexadecimal)"
        case .direction(.original): "ct direction original"
        case .direction(.reply): "ct direction reply"
        case .isNewConnection: "ct state new"
        case .transport(let transport): "meta l4proto \(transport)"
        case .hasPorts: ""
        case .hasNoPorts: "meta l4proto != tcp meta l4proto != udp"
        case .source(let address, let prefix): Self.text(address, prefix, "saddr", isNot: false)
        case .destination(let address, let prefix, let isNot): Self.text(address, prefix, "daddr", isNot: isNot)
        case .destinationPorts(let transport, let ports):
            "\(transport) dport \(ports.map(String.init).joined(separator: ", "))"
        case .sourcePort(let transport, let port): "\(transport) sport \(port)"
        case .dscp(let value, let isIPv6): "\(isIPv6 ? "ip6" : "ip") dscp \(value & 0x3f)"
        case .outInterface(let name, let isNot): "oifname \(isNot ? "!= " : "")\(Self.quoted(name))"
        case .inInterface(let name, let isNot): "iifname \(isNot ? "!= " : "")\(Self.quoted(name))"
        case .tcpFlags(let flags, let areSet): "tcp flags & \(Self.names(flags)) == \(areSet ? Self.names(flags) : "0")"
        case .count(let name): "counter name \"\(name)\""
        case .update(let set, let key): "add @\(set) { \(key.text) }"
        case .setConnectionMark(let mark): "ct mark set \(mark.hexadecimal)"
        case .redirect(let port): "redirect to :\(port)"
        case .reset: "reject with tcp reset"
        case .accept: "accept"
        case .drop: "drop"
        case .goBack: "return"
        case .goTo(let chain): "goto \(chain)"
        }
    }

    private static func text(_ address: IPAddress, _ prefix: UInt8, _ field: String, isNot: Bool) -> String {
        let whole: UInt8 = address.isIPv4 ? 32 : 128
        let length = prefix < whole ? "/\(prefix)" : ""
        return "\(address.isIPv4 ? "ip" : "ip6") \(field) \(isNot ? "!= " : "")\(address)\(length)"
    }

    /// nft takes an asterisk at the end for any end. It knows no way to write a quote: without it the name is another,
    /// which no interface has whose name came through the configuration.
    private static func quoted(_ interface: String) -> String {
        let name = interface.filter { $0 != "\"" && $0 != "\n" }
        return name.hasSuffix("*") ? "\"\(name.dropLast())\\*\"" : "\"\(name)\""
    }

    private static func names(_ flags: UInt8) -> String {
        let known = ["fin", "syn", "rst", "psh", "ack", "urg", "ecn", "cwr"]
        let names = known.enumerated().filter { flags >> UInt8($0.offset) & 1 != 0 }.map(\.element)
        return names.count == 1 ? names[0] : names.isEmpty ? "0" : "(\(names.joined(separator: " | ")))"
    }
}

extension UInt32 {
    /// "0x786d7201"
    fileprivate var hexadecimal: String {
        let digits = String(self, radix: 16)
        return "0x" + String(repeating: "0", count: 8 - digits.count) + digits
    }
}

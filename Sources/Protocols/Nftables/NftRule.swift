/// A rule as the kernel has it: a row of expressions, made of statements.
///
/// Whether a header is there must be tested before it is read, and nft tests it once in a rule: so does this, so that
/// the same rule given to the kernel as text and by netlink is the same row of expressions.
struct NftRule: Hashable, Sendable {
    /// Its expressions, in their order.
    var expressions: [NftExpression] = []
    /// Which IP the rule has found the packet to be, once it has tested.
    private var family: UInt8?
    /// Which protocol it has found it to be.
    private var transport: UInt8?

    /// A rule of these expressions.
    init(expressions: [NftExpression]) {
        self.expressions = expressions
    }

    /// The rule of these statements, each of which must be a test or an action of one rule: what `alternatives` gives.
    init(_ statements: [NftStatement]) {
        for statement in statements { add(statement) }
    }

    /// Two rules are the same if they do the same; what was known in between is not a part of them.
    static func == (one: NftRule, other: NftRule) -> Bool { one.expressions == other.expressions }

    func hash(into hasher: inout Hasher) { hasher.combine(expressions) }

    /// A row of statements as the rows that stand for it: one for each transport and each port. Exactly one of them can
    /// match a packet, so they do together what one rule with a set would do. Sets without names are avoided: a set of
    /// its own in the kernel for two ports, which would have to be read back as well.
    static func alternatives(_ statements: [NftStatement]) -> [[NftStatement]] {
        statements.reduce([[]]) { rows, statement in
            rows.flatMap { row in choices(of: statement).map { row + [$0] } }
        }
    }

    private static func choices(of statement: NftStatement) -> [NftStatement] {
        switch statement {
        case .hasPorts: [.transport(.tcp), .transport(.udp)]
        case .destinationPorts(let transport, let ports): ports.map { .destinationPorts(transport, [$0]) }
        default: [statement]
        }
    }

    private mutating func add(_ statement: NftStatement) {
        let register = NftExpression.register
        switch statement {
        case .user(let user): test(.meta(NftExpression.Key.user, into: register), is: .ofHostOrder(user))
        case .connectionMark(let mark):
            test(.connection(NftExpression.Key.mark, into: register), is: .ofHostOrder(mark))
        case .connectionMarkFamily(let mark):
            expressions.append(.connection(NftExpression.Key.mark, into: register))
            expressions.append(.mask(.ofHostOrder(0xffff_ff00 as UInt32), register))
            expressions.append(.compare(register, isNot: false, .ofHostOrder(mark & 0xffff_ff00)))
        case .direction(let direction):
            test(.connection(NftExpression.Key.direction, into: register), is: [direction.rawValue])
        case .isNewConnection:
            // NF_CT_STATE_BIT(IP_CT_NEW)
            expressions.append(.connection(NftExpression.Key.state, into: register))
            expressions.append(.mask(.ofHostOrder(8), register))
            expressions.append(.compare(register, isNot: true, .ofHostOrder(0)))
        case .transport(let transport): test(transport: transport.rawValue)
        case .hasPorts: break
        case .hasNoPorts:
            for transport in [NftStatement.Transport.tcp, .udp] {
                test(.meta(NftExpression.Key.transport, into: register), isNot: true, is: [transport.rawValue])
            }
        case .source(let address, let prefix): test(address, prefix: prefix, isSource: true, isNot: false)
        case .destination(let address, let prefix, let isNot):
            test(address, prefix: prefix, isSource: false, isNot: isNot)
        case .destinationPorts(let transport, let ports):
            need(transport: transport.rawValue)
            for port in ports.prefix(1) {
                test(Self.destinationPort(into: register), is: .ofBigEndian(port))
            }
        case .sourcePort(let transport, let port):
            need(transport: transport.rawValue)
            test(Self.sourcePort(into: register), is: .ofBigEndian(port))
        case .dscp(let value, let isIPv6): test(dscp: value, isIPv6: isIPv6)
        case .outInterface(let name, let isNot):
            test(.meta(NftExpression.Key.outInterface, into: register), isNot: isNot, is: .ofInterface(name))
        case .inInterface(let name, let isNot):
            test(.meta(NftExpression.Key.inInterface, into: register), isNot: isNot, is: .ofInterface(name))
        case .tcpFlags(let flags, let areSet):
            need(transport: NftStatement.Transport.tcp.rawValue)
            expressions.append(
                .payload(base: NftExpression.Key.transportHeader, offset: 13, length: 1, into: register))
            expressions.append(.mask([flags], register))
            expressions.append(.compare(register, isNot: false, [areSet ? flags : 0]))
        case .count(let name): expressions.append(.count(name))
        case .update(let set, let key): add(to: set, key)
        case .setConnectionMark(let mark):
            expressions.append(.load(.ofHostOrder(mark), into: register))
            expressions.append(.setConnection(NftExpression.Key.mark, from: register))
        case .redirect(let port):
            expressions.append(.load(.ofBigEndian(port), into: register))
            expressions.append(.redirect(port: register))
        case .reset:
            need(transport: NftStatement.Transport.tcp.rawValue)
            expressions.append(.reject(NftExpression.tcpReset))
        case .accept: expressions.append(.verdict(NftExpression.Verdict.accept, chain: nil))
        case .drop: expressions.append(.verdict(NftExpression.Verdict.drop, chain: nil))
        case .goBack: expressions.append(.verdict(NftExpression.Verdict.goBack, chain: nil))
        case .goTo(let chain): expressions.append(.verdict(NftExpression.Verdict.goTo, chain: chain))
        }
    }

    private mutating func test(_ load: NftExpression, isNot: Bool = false, is value: [UInt8]) {
        expressions.append(load)
        expressions.append(.compare(NftExpression.register, isNot: isNot, value))
    }

    private mutating func test(transport number: UInt8) {
        test(.meta(NftExpression.Key.transport, into: NftExpression.register), is: [number])
        transport = number
    }

    private mutating func need(transport number: UInt8) {
        if transport != number { test(transport: number) }
    }

    private mutating func need(isIPv6: Bool) {
        // NFPROTO_IPV4, NFPROTO_IPV6
        let number: UInt8 = isIPv6 ? 10 : 2
        guard family != number else { return }
        test(.meta(NftExpression.Key.family, into: NftExpression.register), is: [number])
        family = number
    }

    /// Only the bytes that the prefix reaches are read; where it ends within a byte, all are, and the rest is masked.
    private mutating func test(_ address: IPAddress, prefix: UInt8, isSource: Bool, isNot: Bool) {
        let register = NftExpression.register
        need(isIPv6: !address.isIPv4)
        let octets = address.octets
        let bits = min(Int(prefix), 8 * octets.count)
        let isWhole = bits > 0 && bits % 8 == 0
        let length = isWhole ? bits / 8 : octets.count
        let mask = octets.indices.map { index in
            UInt8(truncatingIfNeeded: 0xff00 >> min(max(bits - 8 * index, 0), 8))
        }
        let masked = zip(octets, mask).map { $0 & $1 }
        let offset = (address.isIPv4 ? 12 : 8) + (isSource ? 0 : octets.count)
        expressions.append(
            .payload(
                base: NftExpression.Key.networkHeader, offset: UInt32(offset), length: UInt32(length), into: register))
        if !isWhole { expressions.append(.mask(mask, register)) }
        expressions.append(.compare(register, isNot: isNot, Array(masked.prefix(length))))
    }

    /// IPv4 has it in the upper six bits of the second byte; IPv6 in four of the first and two of the second byte.
    ///
    /// ```
    ///  IPv4:  0        1               IPv6:  0                  2
    ///        +--------+------+-----+         +---------+------+-----+---- …
    ///        | v, len | DSCP | ECN |         | version | DSCP | ECN | flow
    ///        | 8      | 6    | 2   |         | 4       | 6    | 2   | 4
    ///        +--------+------+-----+         +---------+------+-----+---- …
    /// ```
    private mutating func test(dscp value: UInt8, isIPv6: Bool) {
        let register = NftExpression.register
        need(isIPv6: isIPv6)
        let base = NftExpression.Key.networkHeader
        if isIPv6 {
            expressions.append(.payload(base: base, offset: 0, length: 2, into: register))
            expressions.append(.mask([0x0f, 0xc0], register))
            expressions.append(.compare(register, isNot: false, .ofBigEndian(UInt16(value & 0x3f) << 6)))
        } else {
            expressions.append(.payload(base: base, offset: 1, length: 1, into: register))
            expressions.append(.mask([0xfc], register))
            expressions.append(.compare(register, isNot: false, [value << 2]))
        }
    }

    private static func sourcePort(into register: UInt32) -> NftExpression {
        .payload(base: NftExpression.Key.transportHeader, offset: 0, length: 2, into: register)
    }

    private static func destinationPort(into register: UInt32) -> NftExpression {
        .payload(base: NftExpression.Key.transportHeader, offset: 2, length: 2, into: register)
    }

    /// A key of several parts stands in registers that follow each other, each part filled up to four bytes.
    private mutating func add(to set: String, _ key: NftStatement.Key) {
        let transport = NftExpression.Key.transport
        switch key {
        case .transport: expressions.append(.meta(transport, into: 1))
        case .transportAndPort: expressions += [.meta(transport, into: 1), Self.destinationPort(into: 9)]
        case .destinationIPv4:
            need(isIPv6: false)
            expressions += [
                .payload(base: NftExpression.Key.networkHeader, offset: 16, length: 4, into: 1),
                .meta(transport, into: 9), Self.destinationPort(into: 10),
            ]
        case .destinationIPv6:
            need(isIPv6: true)
            expressions += [
                .payload(base: NftExpression.Key.networkHeader, offset: 24, length: 16, into: 1),
                .meta(transport, into: 2), Self.destinationPort(into: 13),
            ]
        }
        expressions.append(.addElement(set: set, key: 1))
    }
}

extension [UInt8] {
    fileprivate static func ofHostOrder(_ value: UInt32) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(hostOrder: UInt64(value), count: 4)
        return bytes
    }

    fileprivate static func ofBigEndian(_ value: UInt16) -> [UInt8] {
        [UInt8(value >> 8), UInt8(truncatingIfNeeded: value)]
    }

    /// The 16 bytes of IFNAMSIZ. A name that is longer than the kernel's longest matches none.
    fileprivate static func ofInterface(_ name: String) -> [UInt8] {
        let bytes = Array(name.utf8.prefix(16))
        return bytes + [UInt8](repeating: 0, count: 16 - bytes.count)
    }
}

extension IPAddress {
    /// The 4 or 16 octets, in network order.
    fileprivate var octets: [UInt8] {
        switch self {
        case .v4(let address): address.octets
        case .v6(let address): address.octets
        }
    }
}

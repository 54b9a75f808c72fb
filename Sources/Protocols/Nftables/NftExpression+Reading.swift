extension NftExpression {
    /// Reads what `append(to:)` writes, as the kernel gives it back: one element of a rule's list. What is not exactly
    /// an expression of ours is `foreign`.
    init(_ element: Range<Int>, in datagram: Span<UInt8>) throws(NetlinkFailure) {
        var fields = try NftFields(element, in: datagram)
        let name = fields.text(1, in: datagram) ?? ""
        guard let data = fields.take(2) else {
            self = .foreign(name, fields.rest(in: datagram))
            return
        }
        if fields.rest(in: datagram).isEmpty {
            var inner = try NftFields(data, in: datagram)
            if let known = try Self.known(name, &inner, in: datagram), inner.rest(in: datagram).isEmpty {
                self = known
                return
            }
        }
        self = .foreign(name, [UInt8](copying: datagram.extracting(element)))
    }

    private static func known(
        _ name: String, _ fields: inout NftFields, in datagram: Span<UInt8>
    ) throws(NetlinkFailure) -> NftExpression? {
        switch name {
        case "meta":
            guard let key = fields.number(2, in: datagram), let register = fields.number(1, in: datagram) else {
                return nil
            }
            return .meta(key, into: register)
        case "ct":
            guard let key = fields.number(2, in: datagram) else { return nil }
            if let register = fields.number(1, in: datagram) { return .connection(key, into: register) }
            if let register = fields.number(4, in: datagram) { return .setConnection(key, from: register) }
            return nil
        case "payload":
            guard let register = fields.number(1, in: datagram), let base = fields.number(2, in: datagram),
                let offset = fields.number(3, in: datagram), let length = fields.number(4, in: datagram)
            else { return nil }
            return .payload(base: base, offset: offset, length: length, into: register)
        case "bitwise":
            guard let from = fields.number(1, in: datagram), let into = fields.number(2, in: datagram), from == into,
                let length = fields.number(3, in: datagram), let mask = try fields.data(4, in: datagram),
                let flip = try fields.data(5, in: datagram), mask.count == Int(length), flip.count == mask.count,
                flip.allSatisfy({ $0 == 0 })
            else { return nil }
            return .mask(mask, from)
        case "cmp":
            guard let register = fields.number(1, in: datagram), let operation = fields.number(2, in: datagram),
                operation < 2, let value = try fields.data(3, in: datagram)
            else { return nil }
            return .compare(register, isNot: operation == 1, value)
        case "immediate": return try immediate(&fields, in: datagram)
        case "objref":
            guard fields.number(1, in: datagram) == counter, let name = fields.text(2, in: datagram) else { return nil }
            return .count(name)
        case "dynset":
            guard let set = fields.text(1, in: datagram), fields.number(3, in: datagram) == 0,
                let register = fields.number(4, in: datagram)
            else { return nil }
            return .addElement(set: set, key: register)
        case "reject":
            guard let type = fields.number(1, in: datagram) else { return nil }
            return .reject(type)
        case "redir":
            guard let least = fields.number(1, in: datagram), fields.number(2, in: datagram) == least,
                fields.number(3, in: datagram) == portIsGiven
            else { return nil }
            return .redirect(port: least)
        default: return nil
        }
    }

    private static func immediate(
        _ fields: inout NftFields, in datagram: Span<UInt8>
    ) throws(NetlinkFailure) -> NftExpression? {
        guard let register = fields.number(1, in: datagram) else { return nil }
        if let value = try fields.data(2, in: datagram) { return .load(value, into: register) }
        guard register == 0, let data = fields.take(2) else { return nil }
        var inner = try NftFields(data, in: datagram)
        guard let range = inner.take(2), inner.rest(in: datagram).isEmpty else { return nil }
        var verdict = try NftFields(range, in: datagram)
        guard let code = verdict.number(1, in: datagram) else { return nil }
        let chain = verdict.text(2, in: datagram)
        guard verdict.rest(in: datagram).isEmpty else { return nil }
        return .verdict(Int32(bitPattern: code), chain: chain)
    }
}

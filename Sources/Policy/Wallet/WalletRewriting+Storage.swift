import Protocols

extension WalletRewriting {
    /// The entries of a body that are on the list, in the order that epee writes them. Their bytes are those that
    /// came: there is one way to write a value, but for the sizes of counts and integers.
    static func portableStorage(
        _ entry: WalletCalls.Entry, _ fields: [WalletCalls.Field], _ body: [UInt8]
    ) throws(Refused) -> WalletRequest {
        let bytes = body.span
        let document: PortableStorage
        do throws(PortableStorageFailure) {
            document = try PortableStorage(rootOf: bytes)
        } catch {
            throw Refused(sentence: "The body is refused: \(error.sentence).")
        }
        var call = entry.call
        var kept: [PortableStorage.Entry] = []
        for field in fields {
            guard let root = document.entries.first(where: { bytes.holds(field.name, at: $0.key) }) else { continue }
            kept.append(root)
            if bytes.holds(amounts, at: root.key), asksAmounts(root, body) { call.role = .revealing }
        }
        var text: [UInt8] = []
        text.reserveCapacity(body.count)
        text += PortableStorage.signature
        text.append(UInt8(truncatingIfNeeded: kept.count << 2))  // a varint of one byte: at most 63 entries
        for root in kept { text += body[root.key.lowerBound - 1..<root.value.upperBound] }
        return WalletRequest(call: call, body: text)
    }

    private static let amounts = Array("amounts".utf8)

    /// Whether one of the amounts is not 0. Their count is stated first, in 1, 2, 4 or 8 bytes.
    private static func asksAmounts(_ entry: PortableStorage.Entry, _ body: [UInt8]) -> Bool {
        guard entry.arrayCount != nil, let first = body[entry.value].first else { return true }
        return body[entry.value].dropFirst(1 << Int(first & 3)).contains { $0 != 0 }
    }
}

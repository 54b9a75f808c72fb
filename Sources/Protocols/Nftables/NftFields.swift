/// The attributes of one message or nest, to be taken one by one. What is left in the end, and is not nothing, is
/// something that this program did not put there.
struct NftFields {
    private var values: [UInt16: Range<Int>] = [:]
    private var repeated: [NetlinkAttribute] = []

    /// Reads the attributes of a range.
    init(_ range: Range<Int>, in datagram: Span<UInt8>) throws(NetlinkFailure) {
        var attributes = NetlinkAttributes(range)
        while let attribute = try attributes.next(in: datagram) {
            if values[attribute.type] == nil {
                values[attribute.type] = attribute.value
            } else {
                repeated.append(attribute)
            }
        }
    }

    /// Takes one; nil where it is not there.
    mutating func take(_ type: UInt16) -> Range<Int>? {
        values.removeValue(forKey: type)
    }

    /// Takes a number of four bytes, the greatest first. One of another length is left.
    mutating func number(_ type: UInt16, in datagram: Span<UInt8>) -> UInt32? {
        guard let range = values[type], range.count == 4 else { return nil }
        values[type] = nil
        return UInt32(truncatingIfNeeded: datagram.bigEndian(range))
    }

    /// Takes a text up to its NUL. One that is no UTF-8 is left.
    mutating func text(_ type: UInt16, in datagram: Span<UInt8>) -> String? {
        guard let range = values[type] else { return nil }
        let bytes = [UInt8](copying: datagram.extracting(range)).prefix { $0 != 0 }
        guard let text = String(validating: bytes, as: UTF8.self) else { return nil }
        values[type] = nil
        return text
    }

    /// Takes the bytes of an attribute that nests nothing but one value, as `struct nft_data` does (NFTA_DATA_VALUE).
    mutating func data(_ type: UInt16, in datagram: Span<UInt8>) throws(NetlinkFailure) -> [UInt8]? {
        guard let range = values[type] else { return nil }
        var inner = try NftFields(range, in: datagram)
        guard let value = inner.take(1), inner.rest(in: datagram).isEmpty else { return nil }
        values[type] = nil
        return [UInt8](copying: datagram.extracting(value))
    }

    /// What is left, as attributes in the order of their types. A value of zeros says nothing: so does the kernel write
    /// what is not set, and so a later kernel will write what this program does not know of.
    func rest(in datagram: Span<UInt8>) -> [UInt8] {
        var bytes: [UInt8] = []
        let left = values.sorted { $0.key < $1.key }.map { (type: $0.key, value: $0.value) }
        for (type, value) in left + repeated.map({ (type: $0.type, value: $0.value) }) {
            let value = [UInt8](copying: datagram.extracting(value))
            if value.isEmpty || value.contains(where: { $0 != 0 }) { bytes.append(attribute: type, value) }
        }
        return bytes
    }
}

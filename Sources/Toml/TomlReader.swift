internal import CToml
public import Protocols

/// Reads TOML 1.0 files with toml++, behind the C interface of CToml.
public enum TomlReader {
    /// The largest file that is read, in bytes: 1 MiB. A configuration is a hundred times smaller.
    public static let maximumSize = 1 << 20

    /// Reads a whole file.
    ///
    /// - Parameter bytes: the file, in UTF-8, at most `maximumSize` bytes.
    /// - Returns: the root table; every key and value knows its line and column.
    /// - Throws: the first syntax error, with toml++'s own description; or the limit that was met.
    public static func read(_ bytes: [UInt8]) throws(TomlSyntaxError) -> TomlTable {
        guard bytes.count <= maximumSize else {
            throw TomlSyntaxError(at: .start, "the file is larger than 1 MiB: this is no configuration")
        }
        if let place = TomlDepth.excess(in: bytes) {
            throw TomlSyntaxError(at: place, "a key has more than \(TomlDepth.maximumDots) dots: write it shorter")
        }
        let document = unsafe bytes.withUnsafeBytes { buffer in
            unsafe ctoml_read(buffer.bindMemory(to: CChar.self).baseAddress, buffer.count)
        }
        guard let document = unsafe document else {
            throw TomlSyntaxError(at: .start, "the file cannot be read: memory ends, or toml++ broke on it")
        }
        defer { unsafe ctoml_free(document) }
        let text = unsafe UnsafeBufferPointer(start: document.pointee.text, count: document.pointee.text_length)
        let nodes = unsafe UnsafeBufferPointer(start: document.pointee.nodes, count: document.pointee.node_count)
        guard !nodes.isEmpty else {
            let place = unsafe TomlPosition(
                line: Int(document.pointee.error_line), column: Int(document.pointee.error_column))
            throw TomlSyntaxError(at: place, unsafe string(text, 0, text.count))
        }
        var next = 0
        let root = unsafe value(nodes, text, &next)
        guard case .table(let table) = root.content else {
            throw TomlSyntaxError(at: .start, "the file has no table at its root")
        }
        return table
    }

    /// The value whose node is the next one; `next` is moved past it and all its children.
    @unsafe private static func value(
        _ nodes: UnsafeBufferPointer<ctoml_node>, _ text: UnsafeBufferPointer<CChar>, _ next: inout Int
    ) -> TomlValue {
        let node = unsafe nodes[next]
        next += 1
        let content: TomlValue.Content
        switch UInt32(bitPattern: node.kind) {
        case CTOML_TABLE.rawValue:
            var entries: [TomlTable.Entry] = []
            for _ in 0..<node.children {
                let entry = unsafe nodes[next]
                let key = unsafe string(text, entry.key_start, entry.key_length)
                let place = TomlPosition(line: Int(entry.key_line), column: Int(entry.key_column))
                entries.append(TomlTable.Entry(key, at: place, unsafe value(nodes, text, &next)))
            }
            content = .table(TomlTable(entries))
        case CTOML_ARRAY.rawValue:
            content = .array((0..<node.children).map { _ in unsafe value(nodes, text, &next) })
        case CTOML_STRING.rawValue: content = .string(unsafe string(text, node.text_start, node.text_length))
        case CTOML_INTEGER.rawValue: content = .integer(node.integer)
        case CTOML_FLOAT.rawValue: content = .float(node.floating)
        case CTOML_BOOLEAN.rawValue: content = .boolean(node.integer != 0)
        default: content = .dateTime(unsafe string(text, node.text_start, node.text_length))
        }
        return TomlValue(content, at: TomlPosition(line: Int(node.line), column: Int(node.column)))
    }

    @unsafe private static func string(
        _ text: UnsafeBufferPointer<CChar>, _ start: Int, _ length: Int
    ) -> String {
        String(decoding: unsafe text[start..<(start + length)].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}

import Testing
import Toml

/// xmr-routed.toml(5) explains every key that the reader knows, and no other.
@Suite struct ManualTests {
    /// The tables, as the manual names them, with the keys that stand in each: "[tor]": ["managed", …].
    private static func manual() throws -> [String: [String]] {
        var keys: [String: [String]] = [:]
        var table = ""
        for line in try ConfigurationFileTests.file("docs/man/xmr-routed.toml.5").split(separator: "\n") {
            if line.hasPrefix(".Sh ") { table = "" }
            if line.hasPrefix(".Ss ") { table = String(line.dropFirst(4)) }
            if line.hasPrefix(".It Ic "), !table.isEmpty { keys[table, default: []].append(String(line.dropFirst(7))) }
        }
        return keys
    }

    /// The keys of a service stand in the text of its table.
    @Test func everyKeyOfAServiceIsExplained() throws {
        let text = try ConfigurationFileTests.file("docs/man/xmr-routed.toml.5")
        let start = try #require(text.firstRange(of: ".Ss [node.inbound.tor]"))
        let end = try #require(text.firstRange(of: ".Ss [[wallet]]"))
        let section = text[start.lowerBound..<end.lowerBound]
        for table in ["tor.p2p", "tor.rpc", "tor.sync", "i2p.p2p"] {
            for key in try keys(of: "node.inbound.\(table)") {
                #expect(section.contains(".Li \(key)"), "\(table) \(key)")
            }
        }
        for key in try keys(of: "i2p.tunnels") { #expect(text.contains("\(key) = 3"), "\(key)") }
    }

    /// What a table says it has, when it is asked for what it has not.
    private func keys(of table: String) throws -> [String] {
        let start = table.isEmpty || table.hasPrefix("[") ? table : "[\(table)]\n"
        let message = try #require(try problems("\(start)zzzzzzzzzzzzzzzz = 1\n").first { $0.contains("zzzz") })
        return message.split(separator: "`").enumerated().filter { $0.offset % 2 == 1 }.map { String($0.element) }
            .dropFirst().sorted()
    }

    @Test func everyTableAndKeyIsInTheManualAndNoOther() throws {
        let manual = try Self.manual()
        let tables = try keys(of: "")
        #expect(tables.count > 5)
        var top: [String] = []
        for table in tables {
            // A table may have one name, or a name for each: "[tor]", "[proxy.NAME]".
            if let keys = manual["[\(table)]"] {
                #expect(try keys.sorted() == self.keys(of: table), "[\(table)]")
            } else if let keys = manual["[\(table).NAME]"] {
                #expect(try keys.sorted() == self.keys(of: "\(table).name"), "[\(table).NAME]")
            } else if let keys = manual["[[\(table)]]"] {
                #expect(try keys.sorted() == self.keys(of: "[[\(table)]]\n"), "[[\(table)]]")
            } else {
                top.append(table)
            }
        }
        #expect(manual["Top of the file"] == top)
        #expect(
            try manual["[[wallet.node]]"]?.sorted() == keys(of: "[[wallet]]\n[[wallet.node]]\n"), "[[wallet.node]]")
        let services = ["node.inbound.tor", "node.inbound.i2p"]
        for table in services { #expect(try manual["[\(table)]"]?.sorted() == keys(of: table), "[\(table)]") }
        #expect(manual.count == tables.count - top.count + 2 + services.count)
    }
}

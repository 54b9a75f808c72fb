import Protocols
import Testing
import Toml

/// TOML text becomes a tree in which every key and value knows its place.
@Suite struct TomlTests {
    static func read(_ text: String) throws(TomlSyntaxError) -> TomlTable {
        try TomlReader.read(Array(text.utf8))
    }

    static func place(_ line: Int, _ column: Int) -> TomlPosition {
        TomlPosition(line: line, column: column)
    }

    @Test func everyKindWithItsPlace() throws {
        let table = try Self.read(
            """
            s = "text" # comment
              i = -42
            f = 1.5
            b = true
            a = [1,
              "é", [2]]
            d = 2026-11-22T10:11:12Z
            t = { x = 1 }
            """)
        let expected = TomlTable([
            .init("s", at: Self.place(1, 1), TomlValue(.string("text"), at: Self.place(1, 5))),
            .init("i", at: Self.place(2, 3), TomlValue(.integer(-42), at: Self.place(2, 7))),
            .init("f", at: Self.place(3, 1), TomlValue(.float(1.5), at: Self.place(3, 5))),
            .init("b", at: Self.place(4, 1), TomlValue(.boolean(true), at: Self.place(4, 5))),
            .init(
                "a", at: Self.place(5, 1),
                TomlValue(
                    .array([
                        TomlValue(.integer(1), at: Self.place(5, 6)), TomlValue(.string("é"), at: Self.place(6, 3)),
                        TomlValue(.array([TomlValue(.integer(2), at: Self.place(6, 9))]), at: Self.place(6, 8)),
                    ]), at: Self.place(5, 5))),
            .init(
                "d", at: Self.place(7, 1), TomlValue(.dateTime("2026-11-22T10:11:12Z"), at: Self.place(7, 5))),
            .init(
                "t", at: Self.place(8, 1),
                TomlValue(
                    .table(
                        TomlTable([.init("x", at: Self.place(8, 7), TomlValue(.integer(1), at: Self.place(8, 11)))])),
                    at: Self.place(8, 5))),
        ])
        #expect(table == expected)
    }

    /// toml++ keeps its tables by name; ours keep the order of the file.
    @Test func tablesKeepTheOrderOfTheFile() throws {
        let table = try Self.read("[z]\n[proxy.b]\nq = 1\nc = 2\n[proxy.\"a b\"]\n[a]\n")
        #expect(table.entries.map(\.key) == ["z", "proxy", "a"])
        let proxy = try #require(table["proxy"])
        #expect(proxy.position == Self.place(2, 2))
        guard case .table(let proxies) = proxy.value.content else { throw TomlSyntaxError(at: .start, "no table") }
        #expect(proxies.entries.map(\.key) == ["b", "a b"])
        #expect(proxies.entries.map(\.position) == [Self.place(2, 8), Self.place(5, 8)])
        guard case .table(let b)? = proxies["b"]?.value.content else { throw TomlSyntaxError(at: .start, "no table") }
        #expect(b.entries.map(\.key) == ["q", "c"])
    }

    @Test func dottedKeysKnowTheirParts() throws {
        let table = try Self.read("tor.socks = 1\n")
        guard case .table(let tor)? = table["tor"]?.value.content else { throw TomlSyntaxError(at: .start, "no table") }
        #expect(tor["socks"]?.position == Self.place(1, 5))
    }

    @Test(arguments: [
        ("a = \n", 1, 5), ("a = 1\nb = \"x\n", 2, 7), ("a = 1\na = 2\n", 2, 5), ("[t]\n[t]\n", 2, 1),
        ("x = 1 y = 2", 1, 7), ("a = 99999999999999999999", 1, 25), ("= 1", 1, 1), ("a = [1", 1, 7), ("\u{1}", 1, 1),
    ])
    func syntaxErrorsKnowTheirPlace(text: String, line: Int, column: Int) {
        let error = #expect(throws: TomlSyntaxError.self) { try Self.read(text) }
        #expect(error?.position == Self.place(line, column), "\(error?.message ?? "")")
        #expect(error?.message.isEmpty == false)
    }

    @Test(arguments: [[0x61, 0x3d, 0x22, 0xff, 0x22], [0x00], [0xc3], [0xed, 0xa0, 0x80]] as [[UInt8]])
    func notUTF8(bytes: [UInt8]) {
        #expect(throws: TomlSyntaxError.self) { try TomlReader.read(bytes) }
    }

    @Test(arguments: ["", "\n", "# only a comment", "\u{feff}", "\r\n"])
    func emptyFiles(text: String) throws {
        #expect(try Self.read(text) == TomlTable())
    }

    @Test func largestFile() throws {
        let text = "a = 1\n#" + String(repeating: "x", count: TomlReader.maximumSize - 7)
        #expect(try Self.read(text).entries.count == 1)
        #expect(throws: TomlSyntaxError.self) { try Self.read(text + "x") }
    }

    /// Each of these would take the stack with it, in toml++ or in a reader after it.
    @Test(arguments: [
        ("", "a.", "a = 1"), ("[", "a.", "a]"), ("x = ", "[", ""), ("x = ", "{a=", ""),
        ("x = '''\n' ''' \n", "'a'.", "a = 1"), ("x = \"\"\"\\\n\\\"\"\"\"\"\n", "\"\".", "a = 1"),
    ])
    func deepFilesAreRefused(start: String, middle: String, end: String) {
        let text = start + String(repeating: middle, count: 1_000_000 / middle.utf8.count) + end
        #expect(throws: TomlSyntaxError.self) { try Self.read(text) }
    }

    @Test func depthIsCountedOverAll() throws {
        let key = Array(repeating: "a", count: 32).joined(separator: ".")
        #expect(try Self.read("[\(key)]\n\(key) = 1").entries.count == 1)
        let error = #expect(throws: TomlSyntaxError.self) { try Self.read("[\(key).a]\n\(key) = 1") }
        #expect(error == TomlSyntaxError(at: Self.place(2, 63), "tables and arrays are nested more than 64 deep"))
        let dots = #expect(throws: TomlSyntaxError.self) { try Self.read("é = 1\n'.'.\(key).a = 1") }
        #expect(dots?.position == Self.place(2, 68))
    }

    @Test func dotsInsideStringsAndCommentsAreFree() throws {
        let dots = String(repeating: ".", count: 100)
        let lines = [
            #"a = "\"\#(dots)" # \#(dots)"#, #"b = '\'"#, "c = \"\"\"", #"\#(dots)" \""" \#(dots)"#, "\"\"\"",
            "d = '''\(dots)'' '''",
        ]
        let text = lines.joined(separator: "\n")
        #expect(try Self.read(text).entries.map(\.key) == ["a", "b", "c", "d"])
    }

    /// Whatever a file is cut to, reading it ends in a tree or in an error with a place.
    @Test func cutAnywhere() {
        let text = Array("# x\n[a.'b']\nc = { d = [1, 2.5, \"\\u00e9\"], e = '''\n''' }\nf = 10:00:00\n".utf8)
        for end in 0...text.count {
            do {
                _ = try TomlReader.read(Array(text[..<end]))
            } catch {
                #expect(error.position.line >= 1 && error.position.column >= 1 && !error.message.isEmpty)
            }
        }
    }
}

import Protocols
import Testing

/// Writing JSON: the same value, the same bytes; and numbers and objects as values.
@Suite struct JSONWriterTests {
    static let document: JSONValue = .object([
        "z": .array([.null, .bool(true), .integer(-1), .array([]), .object([:])]), "a": .string("é\u{9b}"),
    ])

    @Test func compact() {
        #expect(text(Self.document.encoded()) == "{\"z\":[null,true,-1,[],{}],\"a\":\"é\u{9b}\"}")
    }

    @Test func forReading() {
        #expect(
            text(Self.document.encodedForReading()) == """
                {
                  "z": [
                    null,
                    true,
                    -1,
                    [],
                    {}
                  ],
                  "a": "é\\u009b"
                }
                """)
    }

    @Test(arguments: [
        ("a\"b\\c/d", #""a\"b\\c/d""#), ("\u{8}\u{c}\n\r\t", #""\b\f\n\r\t""#),
        ("\u{0}\u{1}\u{1b}\u{1f}", #""\u0000\u0001\u001b\u001f""#),
        ("\u{7f}\u{2028}\u{10ffff}", "\"\u{7f}\u{2028}\u{10ffff}\""), ("\r\n", #""\r\n""#),
        ("e\u{301}", "\"e\u{301}\""),
    ])
    func escapesWhatItMust(string: String, written: String) throws {
        #expect(text(JSONValue.string(string).encoded()) == written)
    }

    @Test func nothingThatDrivesATerminalIsWrittenForReading() throws {
        let scalars = (0..<0x3000).compactMap(Unicode.Scalar.init)
        let everything = JSONValue.string(String(String.UnicodeScalarView(scalars)))
        let bytes = everything.encodedForReading()
        #expect(!text(bytes).unicodeScalars.contains { $0.drivesTerminals })
        #expect(try JSONValue(reading: bytes.span) == everything)
        let compact = everything.encoded()
        #expect(try JSONValue(reading: compact.span) == everything)
    }

    @Test func whatDrivesATerminal() {
        let driving: [ClosedRange<UInt32>] = [
            0...0x1f, 0x7f...0x9f, 0x61c...0x61c, 0x200e...0x200f, 0x2028...0x202e, 0x2066...0x2069, 0xfeff...0xfeff,
        ]
        for scalar in (0..<0x20000).compactMap(Unicode.Scalar.init) {
            let expected = driving.contains { $0.contains(scalar.value) }
            if scalar.drivesTerminals != expected { Issue.record("U+\(String(scalar.value, radix: 16))") }
        }
    }

    @Test(arguments: [
        "{\"a\":[1,2.50,-0,1E5,\"\\u0000\u{212a}\"],\"b\":{},\"\":null}", "\"\\ud83d\\ude00\\/\"", " [ true , false ] ",
    ])
    func whatIsWrittenReadsAsTheSame(source: String) throws {
        let bytes = Array(source.utf8)
        let value = try JSONValue(reading: bytes.span)
        let compact = value.encoded()
        let again = try JSONValue(reading: compact.span)
        #expect(again == value && again.hashValue == value.hashValue)
        #expect(again.encoded() == compact)
        #expect(compact.count <= bytes.count)
        let pretty = value.encodedForReading()
        #expect(try JSONValue(reading: pretty.span) == value)
    }

    @Test func numberAccessors() {
        #expect(JSONNumber(UInt64.max).uint64 == .max)
        #expect(JSONNumber(UInt64.max).int64 == nil)
        #expect(JSONNumber(Int64.min).int64 == .min)
        #expect(JSONNumber(Int64.min).uint64 == nil)
        #expect(JSONNumber(text: "-0")?.uint64 == nil)
        #expect(JSONNumber(text: "1.0")?.int64 == nil)
        #expect(JSONNumber(text: "1e3")?.int64 == nil)
        #expect(JSONNumber(text: "1e3")?.double == 1000)
        #expect(JSONNumber(text: "1e999")?.double == nil)
        #expect(JSONNumber(text: "18446744073709551616")?.uint64 == nil)
    }

    @Test(arguments: ["", "+1", " 1", "1 ", "01", "1.", ".1", "0x1", "inf", "nan", "1_000", "١"])
    func notANumber(text: String) {
        #expect(JSONNumber(text: text) == nil)
    }

    @Test(arguments: [0.1, -0.0, 12.5, 1e300, Double.leastNonzeroMagnitude, 1e16, 123456789.125, Double(UInt64.max)])
    func doublesComeBack(value: Double) throws {
        let number = try #require(JSONNumber(value))
        #expect(number.double == value)
        #expect(JSONNumber(text: number.text) == number)
    }

    @Test(arguments: [Double.infinity, -.infinity, .nan])
    func doublesThatJSONDoesNotHave(value: Double) {
        #expect(JSONNumber(value) == nil)
    }

    @Test func objectsReplaceAppendAndRemove() {
        var object: JSONObject = ["a": .integer(1), "b": .integer(2), "a": .integer(3)]
        #expect(object.members == [JSONMember("a", .integer(3)), JSONMember("b", .integer(2))])
        object["b"] = .null
        object["c"] = .bool(true)
        object["a"] = nil
        object["missing"] = nil
        #expect(object == ["b": .null, "c": .bool(true)])
        #expect(object["b"] == .null && object["a"] == nil)
        #expect(object != ["c": .bool(true), "b": .null], "the order is part of it")
    }

    @Test func accessorsOfOtherKindsGiveNil() {
        let values: [JSONValue] = [.null, .bool(true), .integer(1), .string("1"), .array([]), .object([:])]
        #expect(values.map(\.isNull) == [true, false, false, false, false, false])
        #expect(values.map { $0.asBool != nil } == [false, true, false, false, false, false])
        #expect(values.map { $0.asNumber != nil } == [false, false, true, false, false, false])
        #expect(values.map { $0.asString != nil } == [false, false, false, true, false, false])
        #expect(values.map { $0.asArray != nil } == [false, false, false, false, true, false])
        #expect(values.map { $0.asObject != nil } == [false, false, false, false, false, true])
        #expect(Set(values.map(\.kindInWords)).count == 6)
        #expect(values.allSatisfy { $0["a"] == nil })
    }

    private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
}

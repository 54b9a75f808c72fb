import Protocols
import Testing

/// Reading JSON: one meaning, or a refusal that says where.
@Suite struct JSONReaderTests {
    @Test(arguments: [
        ("null", JSONValue.null), (" true ", .bool(true)), ("\t\r\nfalse\n", .bool(false)), ("0", .integer(0)),
        ("-17", .integer(-17)), ("\"\"", .string("")), ("[]", .array([])), ("{}", .object([:])), ("[ ]", .array([])),
        ("{ }", .object([:])), ("[1, [2] ]", .array([.integer(1), .array([.integer(2)])])),
        ("{\"a\":1,\"b\":{\"a\":2}}", .object(["a": .integer(1), "b": .object(["a": .integer(2)])])),
        ("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", .string("\"\\/\u{8}\u{c}\n\r\t")), ("\"\\u0000\"", .string("\u{0}")),
        ("\"\\u00E9\\u00e9é\"", .string("\u{e9}\u{e9}\u{e9}")), ("\"\\ud83d\\uDE00\"", .string("\u{1f600}")),
        ("\"\u{1f600}\u{10ffff}\u{7f}\"", .string("\u{1f600}\u{10ffff}\u{7f}")),
        ("\"a\\nb\\tc\"", .string("a\nb\tc")), ("\"\\uffff\"", .string("\u{ffff}")),
    ])
    func accepts(text: String, value: JSONValue) throws {
        #expect(try read(text) == value)
    }

    @Test(arguments: ["0", "-0", "10", "-1.5", "1e5", "1E+5", "0.0e-0", "18446744073709551615", "1.000", "123e65"])
    func numbersKeepTheirText(text: String) throws {
        #expect(try read(text).asNumber?.text == text)
        #expect(JSONNumber(text: text)?.text == text)
    }

    @Test(arguments: [
        ("", JSONFailure.Cause.truncated, 0), ("   ", .truncated, 3), ("{", .truncated, 1), ("[", .truncated, 1),
        ("[1", .truncated, 2), ("[1,", .truncated, 3), ("{\"a\"", .truncated, 4), ("{\"a\":", .truncated, 5),
        ("{\"a\":1", .truncated, 6), ("{\"a\":1,", .truncated, 7), ("\"a", .truncated, 2), ("tru", .truncated, 3),
        ("-", .truncated, 1), ("1.", .truncated, 2), ("1e", .truncated, 2), ("1e+", .truncated, 3),
        ("\"\\", .truncated, 2), ("\"\\u12", .truncated, 5), ("\"\\ud800", .truncated, 7),
        ("nul1", .noValue, 0), ("True", .noValue, 0), ("NaN", .noValue, 0), ("Infinity", .noValue, 0),
        ("'a'", .noValue, 0), ("[,]", .noValue, 1), ("[1,]", .noValue, 3), ("[1,,2]", .noValue, 3), ("+1", .noValue, 0),
        (".5", .noValue, 0), ("]", .noValue, 0), ("{\"a\":}", .noValue, 5), ("//", .noValue, 0),
        ("\u{feff}1", .noValue, 0),
        ("\u{a0}1", .noValue, 0), ("-Infinity", .badNumber, 1), ("{1:2}", .noKey, 1), ("{a:1}", .noKey, 1),
        ("{\"a\":1,}", .noKey, 7), ("{,}", .noKey, 1), ("{\"a\" 1}", .noColon, 5), ("{\"a\",1}", .noColon, 4),
        ("[1 2]", .noComma, 3), ("[1}", .noComma, 2), ("{\"a\":1]", .noComma, 6), ("{\"a\":1 \"b\":2}", .noComma, 7),
        ("1.e5", .badNumber, 2), ("1.5.5", .trailingBytes, 3), ("1ex", .badNumber, 2), ("-a", .badNumber, 1),
        ("0x10", .trailingBytes, 1), ("01", .leadingZero, 1), ("-012", .leadingZero, 2), ("[00]", .leadingZero, 2),
        ("1 2", .trailingBytes, 2), ("{}}", .trailingBytes, 2), ("null\u{0}", .trailingBytes, 4),
        ("\"a\u{1f}\"", .controlCharacter, 2), ("\"\n\"", .controlCharacter, 1), ("\"\u{0}\"", .controlCharacter, 1),
        ("\"\\x41\"", .badEscape, 1), ("\"\\U0041\"", .badEscape, 1), ("\"\\u00g0\"", .badEscape, 5),
        ("\"\\u-123\"", .badEscape, 3), ("\"\\u １２３\"", .badEscape, 3), ("\"\\ud800\"", .loneSurrogate, 1),
        ("\"\\udc00\"", .loneSurrogate, 1), ("\"a\\ud800b\"", .loneSurrogate, 2),
        ("\"\\ud800\\n\"", .loneSurrogate, 1), ("\"\\ud800\\ud800\"", .loneSurrogate, 1),
        ("\"\\ud800\\u0041\"", .loneSurrogate, 1), ("\"\\ud800\\ue000\"", .loneSurrogate, 1),
        ("\"\\udc00\\udc00\"", .loneSurrogate, 1), ("{\"a\":1,\"a\":2}", .duplicateKey, 7),
        ("{\"a\":1,\"\\u0061\":1}", .duplicateKey, 7), ("{\"\":1,\"\":1}", .duplicateKey, 6),
        ("[{\"x\":{\"b\":0,\"b\":0}}]", .duplicateKey, 13),
    ])
    func refuses(text: String, cause: JSONFailure.Cause, offset: Int) {
        let failure = #expect(throws: JSONFailure.self) { try read(text) }
        #expect(failure?.cause == cause)
        #expect(failure?.offset == offset)
    }

    @Test(
        arguments: [
            ([0x22, 0x80, 0x22], 1), ([0x22, 0xc0, 0x80, 0x22], 1), ([0x22, 0xc1, 0xbf, 0x22], 1),
            ([0x22, 0xe0, 0x80, 0x80, 0x22], 1), ([0x22, 0xed, 0xa0, 0x80, 0x22], 1),
            ([0x22, 0xf4, 0x90, 0x80, 0x80, 0x22], 1), ([0x22, 0x61, 0xf5, 0x80, 0x80, 0x80, 0x22], 2),
            ([0x22, 0xe2, 0x82, 0x22], 1), ([0x22, 0xff, 0x22], 1), ([0x31, 0xc3], 1),
        ] as [([UInt8], Int)])
    func refusesWhatIsNotUTF8(bytes: [UInt8], offset: Int) {
        let failure = #expect(throws: JSONFailure.self) { try JSONValue(reading: bytes.span) }
        #expect(failure?.cause == .notUTF8)
        #expect(failure?.offset == offset)
    }

    /// "K" (U+212A) and "K" are equal as Swift strings; to every other reader of JSON they are two keys.
    @Test func keysAreComparedByteForByte() throws {
        let value = try read("{\"\u{212a}\":1,\"K\":2,\"\u{e9}\":3,\"e\u{301}\":4}")
        #expect(value["K"] == .integer(2))
        #expect(value["\u{212a}"] == .integer(1))
        #expect(value["e\u{301}"] == .integer(4))
        #expect(JSONValue.string("\u{e9}") != .string("e\u{301}"))
    }

    /// Past a few members, keys are compared by a set instead of one by one: the outcome must not differ.
    @Test(arguments: [1, 15, 16, 17, 18, 100])
    func findsADuplicateAmongMany(count: Int) throws {
        let members = (0..<count).map { "\"\($0)\":0" }.joined(separator: ",")
        #expect(try read("{\(members)}").asObject?.members.count == count)
        for doubled in [0, count / 2, count - 1] {
            let failure = #expect(throws: JSONFailure.self) { try read("{\(members),\"\(doubled)\":1}") }
            #expect(failure?.cause == .duplicateKey)
        }
    }

    @Test func everyCutIsRefusedAndSoIsEveryByteTooMuch() throws {
        let text = "{\"é\\ud83d\\ude00\":[null,true,-1.5e+3,\"\\u0041\",{\"b\":false}],\"c\":12}"
        let bytes = Array(text.utf8)
        #expect(throws: Never.self) { try JSONValue(reading: bytes.span) }
        for end in 0..<bytes.count {
            let failure = #expect(throws: JSONFailure.self) { try JSONValue(reading: Array(bytes[..<end]).span) }
            #expect(failure?.cause == .truncated || failure?.cause == .notUTF8)
        }
        for byte in UInt8.min...UInt8.max where ![0x20, 0x09, 0x0a, 0x0d].contains(byte) {
            #expect(throws: JSONFailure.self) { try JSONValue(reading: (bytes + [byte]).span) }
        }
    }

    @Test(arguments: ["[", "{\"a\":"])
    func depthIsLimited(opening: String) throws {
        let closing = opening == "[" ? "]" : "}"
        func nested(_ depth: Int) -> String {
            String(repeating: opening, count: depth) + "1" + String(repeating: closing, count: depth)
        }
        #expect(throws: Never.self) { try read(nested(64)) }
        let failure = #expect(throws: JSONFailure.self) { try read(nested(65)) }
        #expect(failure?.cause == .tooDeep)
        #expect(failure?.offset == 64 * opening.utf8.count)
        #expect(throws: JSONFailure.self) { try read(nested(3), JSONLimits(depth: 2)) }
        // A hostile depth costs no stack, whatever the caller asked for.
        #expect(throws: JSONFailure.self) { try read(nested(100_000), JSONLimits(depth: .max)) }
    }

    @Test func sizeIsLimited() {
        #expect(throws: Never.self) { try read("[1,2]", JSONLimits(bytes: 5)) }
        let failure = #expect(throws: JSONFailure.self) { try read("[1,2] ", JSONLimits(bytes: 5)) }
        #expect(failure?.cause == .tooLarge)
    }

    @Test func membersAreLimitedOverTheWholeText() {
        #expect(throws: Never.self) { try read("[[1],{\"a\":2}]", JSONLimits(members: 4)) }
        let failure = #expect(throws: JSONFailure.self) { try read("[[1],{\"a\":2}]", JSONLimits(members: 3)) }
        #expect(failure?.cause == .tooMany)
    }

    @Test func numbersAreLimited() {
        let digits = String(repeating: "1", count: JSONNumber.longest)
        #expect(throws: Never.self) { try read(digits) }
        let failure = #expect(throws: JSONFailure.self) { try read(digits + "1") }
        #expect(failure?.cause == .longNumber)
    }

    @Test(arguments: JSONFailure.Cause.allCases)
    func everyCauseIsASentence(cause: JSONFailure.Cause) {
        #expect(cause.description.contains(" ") && !cause.description.hasSuffix("."))
    }

    @Test func aRefusalSaysWhereAndQuotesNothing() {
        let failure = #expect(throws: JSONFailure.self) { try read("{\"secret\":1,\"secret\":2}") }
        #expect(failure?.description == "not JSON at byte 12: a key stands twice in one object")
    }

    private func read(_ text: String, _ limits: JSONLimits = JSONLimits()) throws -> JSONValue {
        let bytes = Array(text.utf8)
        return try JSONValue(reading: bytes.span, limits: limits)
    }
}

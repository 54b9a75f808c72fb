import Protocols
import Testing

/// QR codes against published values, and against a reader that shares nothing with their writer.
@Suite struct QRCodeTests {
    /// The example that every tutorial computes: data, padding and correction of HELLO WORLD at 1-M.
    @Test func helloWorld() throws {
        let code = try #require(QRCode("HELLO WORLD", level: .medium))
        #expect(code.size == 21)
        #expect(
            QRReader(code: code).codewords == [
                32, 91, 11, 120, 209, 114, 220, 77, 67, 64, 236, 17, 236, 17, 236, 17,
                196, 35, 39, 119, 235, 215, 231, 226, 93, 23,
            ])
    }

    /// The thirty-two published strings of level and mask: those of L and of M.
    @Test(arguments: [
        (
            QRCode.Level.low,
            [
                "111011111000100", "111001011110011", "111110110101010", "111100010011101", "110011000101111",
                "110001100011000", "110110001000001", "110100101110110",
            ]
        ),
        (
            .medium,
            [
                "101010000010010", "101000100100101", "101111001111100", "101101101001011", "100010111111001",
                "100000011001110", "100111110010111", "100101010100000",
            ]
        ),
    ])
    func format(level: QRCode.Level, published: [String]) throws {
        for (mask, bits) in published.enumerated() {
            let code = try #require(QRCode("HELLO WORLD", level: level, mask: mask))
            #expect(code.mask == mask)
            #expect(QRReader(code: code).format == bits)
            #expect(QRReader(code: code).secondFormat == bits)
        }
    }

    /// As published from version 7 on.
    @Test(arguments: [
        (7, "000111110010010100"), (8, "001000010110111100"), (9, "001001101010011001"), (10, "001010010011010011"),
    ])
    func versions(number: Int, bits: String) throws {
        let capacities = [7: 154, 8: 192, 9: 230, 10: 271]
        let code = try #require(QRCode(String(repeating: "x", count: capacities[number] ?? 0)))
        #expect(code.size == 17 + 4 * number)
        #expect(QRReader(code: code).versionBits == bits)
    }

    /// What fits is what the standard's table 7 says, in both modes and levels, and not a character more.
    @Test(arguments: [
        (QRCode.Level.low, "a", [17, 32, 53, 78, 106, 134, 154, 192, 230, 271]),
        (.medium, "a", [14, 26, 42, 62, 84, 106, 122, 152, 180, 213]),
        (.low, "A", [25, 47, 77, 114, 154, 195, 224, 279, 335, 395]),
        (.medium, "A", [20, 38, 61, 90, 122, 154, 178, 221, 262, 311]),
    ])
    func capacities(level: QRCode.Level, letter: String, most: [Int]) {
        for (version, count) in most.enumerated() {
            let full = QRCode(String(repeating: letter, count: count), level: level, mask: 0)
            #expect(full?.size == 21 + 4 * version)
            let more = QRCode(String(repeating: letter, count: count + 1), level: level, mask: 0)
            #expect(more?.size == (version == 9 ? nil : 25 + 4 * version))
        }
    }

    /// Every length, level and mask is read back, and every block is a codeword of its correction.
    @Test(arguments: QRCode.Level.allCases)
    func whatIsWrittenIsRead(level: QRCode.Level) throws {
        for count in stride(from: 0, through: 213, by: 7) {
            for text in [String(repeating: "$7Z", count: count / 3) + "Q", String(repeating: "é/~", count: count / 4)] {
                let code = try #require(QRCode(text, level: level, mask: count % 8))
                let reader = QRReader(code: code)
                #expect(reader.isCorrect(level), "\(text.utf8.count)")
                #expect(reader.text(level) == text)
            }
        }
    }

    /// The reader above sees a single wrong module: without that, the test before could not fail.
    @Test func theReaderIsNotEasilyPleased() throws {
        let low = try #require(QRCode("http://example.onion", level: .low, mask: 3))
        #expect(QRReader(code: low).isCorrect(.low) && !QRReader(code: low).isCorrect(.medium))
    }

    /// An onion address with its port fits a small terminal, with the quiet zone.
    @Test func anOnionAddress() throws {
        let link = "http://vww6ybal4bd7szmgncyruucpgfkqahzddi37ktceo3ah7ngmcopnpyyd.onion:18089"
        let code = try #require(QRCode(link))
        #expect(code.size == 33 && QRReader(code: code).text(.low) == link)
    }

    /// As two other encoders (qrcodegen 1.8.0, python-qrcode 8.2; 4-L, mask 2) draw the same address: each row as a number.
    @Test func asOtherEncodersDrawIt() throws {
        let rows: [UInt64] = [
            0x1_fc15_fe7f, 0x1_0542_dd41, 0x1_7411_3f5d, 0x1_75ec_945d, 0x1_74bd_2e5d, 0x1_0592_1c41, 0x1_fd55_557f,
            0xd6_6d00, 0x1_f7af_96aa, 0x597d_6ae3, 0x1_8e53_d0a0, 0x1_5a15_0f14, 0x97cc_a5b0, 0x81b1_7e4b,
            0xf4d7_090a, 0x8b90_1a64, 0x9eaa_87b2, 0x1_ea79_fa4b, 0x1_740f_84ba, 0xda93_1e2c, 0x1_d70c_c53a,
            0x1_81b9_3acf, 0x1_749f_c482, 0x1_2235_28fc, 0x1_6cae_b7f9, 0x179_711d, 0x1_fd1e_435a, 0x1_04a1_0f1f,
            0x1_75bc_a5f9, 0x1_75a9_fc9c, 0x1_7583_58ca, 0x1_0525_4e34, 0x1_fdbf_c7ca,
        ]
        let code = try #require(
            QRCode("http://vww6ybal4bd7szmgncyruucpgfkqahzddi37ktceo3ah7ngmcopnpyyd.onion:18089", mask: 2))
        let drawn = (0..<code.size).map { row -> UInt64 in
            var number: UInt64 = 0
            for column in 0..<code.size { number = number << 1 | (code[row, column] ? 1 : 0) }
            return number
        }
        #expect(drawn == rows)
    }

    /// The mask is the one with the least penalty: of the eight no other is easier to read.
    @Test func theBestMaskIsTaken() throws {
        for text in ["HELLO WORLD", "http://x.onion:18089", "a", ""] {
            let best = try #require(QRCode(text))
            let penalties = (0..<8).compactMap { QRCode(text, mask: $0).map { QRReader(code: $0).penalty } }
            #expect(penalties.count == 8 && penalties.firstIndex(of: penalties.min() ?? 0) == best.mask)
        }
    }

    @Test func outsideIsLightAndNoOtherMaskIsThere() throws {
        let code = try #require(QRCode("x"))
        for place in [-1, -100, 21, 1000, .max, .min] {
            #expect(!code[place, 0] && !code[0, place])
        }
        #expect(QRCode("x", mask: 8) == nil && QRCode("x", mask: -1) == nil)
        #expect(QRCode(String(repeating: "x", count: 1 << 20)) == nil)
    }
}

import Protocols
import Testing

@Suite struct Base32Tests {
    /// RFC 4648, section 10, without the padding.
    @Test(arguments: [
        ("", ""), ("f", "my"), ("fo", "mzxq"), ("foo", "mzxw6"), ("foob", "mzxw6yq"), ("fooba", "mzxw6ytb"),
        ("foobar", "mzxw6ytboi"),
    ])
    func vectors(plain: String, text: String) {
        #expect(Base32.encode(Array(plain.utf8)) == text)
        #expect(Base32.decode(text) == Array(plain.utf8))
        #expect(Base32.decode(text.uppercased()) == Array(plain.utf8))
    }

    /// One reading of a text, or none: no other alphabet, no padding, no bits left over.
    @Test(arguments: ["m", "mzx", "mzxw6y", "mz", "mzxw1", "mzxw8", "mzxw6===", "my======", "mzxw é", "mzxw6ytb\u{0}"])
    func whatIsNone(text: String) {
        #expect(Base32.decode(text) == nil)
    }

    @Test func everyByteComesBack() {
        let bytes = (0...255).map { UInt8($0) }
        #expect(Base32.decode(Base32.encode(bytes)) == bytes)
    }
}

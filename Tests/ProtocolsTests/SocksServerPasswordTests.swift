import Protocols
import Testing

/// A server that wants a user name and a password lets nobody in who has others, however near they come.
@Suite struct SocksServerPasswordTests {
    private static let name = Array("3f0a9c1be47d2586".utf8)
    private static let word = Array("b7e1905cd3284af6".utf8)

    /// What the server answers to this user name and password.
    private func isLetIn(_ name: [UInt8], _ word: [UInt8]) -> Bool {
        var server = SocksServer(requiring: Credentials(username: Self.name, password: Self.word))
        var replies: [UInt8] = []
        for piece in [[5, 1, 2], [1, UInt8(name.count)] + name + [UInt8(word.count)] + word] {
            let step = server.receive(piece.span, replies: &replies)
            #expect(step.consumed == piece.count)
        }
        #expect(replies.count == 4 && replies[..<3] == [5, 2, 1])
        return replies.last == 0
    }

    @Test func theRightOnesAre() {
        #expect(isLetIn(Self.name, Self.word))
    }

    /// Each single bit of each byte. A comparison in which a later byte took back what an earlier one had shown let
    /// three of four of these in, and one of a hundred random words.
    @Test func noBitMayDiffer() {
        for place in 0..<16 {
            for bit in 0..<8 {
                var (name, word) = (Self.name, Self.word)
                name[place] ^= 1 << bit
                word[place] ^= 1 << bit
                #expect(!isLetIn(name, Self.word), "user name, byte \(place), bit \(bit)")
                #expect(!isLetIn(Self.name, word), "password, byte \(place), bit \(bit)")
            }
        }
    }

    @Test func anotherOfTheSameLengthIsNone() {
        var random = SystemRandomNumberGenerator()
        let digits = Array("0123456789abcdef".utf8)
        for _ in 0..<2000 {
            let word = (0..<16).map { _ in digits.randomElement(using: &random) ?? 0 }
            #expect(word == Self.word || !isLetIn(Self.name, word))
        }
        #expect(!isLetIn(Self.word, Self.name))
        #expect(!isLetIn(Self.name, Array(Self.word.dropLast())))
        #expect(!isLetIn(Self.name, Self.word + [0x61]))
    }
}

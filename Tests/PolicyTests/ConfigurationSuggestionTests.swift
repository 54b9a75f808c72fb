import Testing

@testable import Policy

/// Finding what was meant.
@Suite struct ConfigurationSuggestionTests {
    @Test(arguments: [
        ("", "", 0), ("a", "", 1), ("", "ab", 2), ("proxy", "proxy", 0), ("prxy", "proxy", 1), ("proxxy", "proxy", 1),
        ("proxe", "proxy", 1), ("porxy", "proxy", 1), ("kitten", "sitting", 3), ("ca", "abc", 3),
    ])
    func distances(left: String, right: String, count: Int) {
        #expect(Suggestion.distance(Array(left.utf8), Array(right.utf8)) == count)
        #expect(Suggestion.distance(Array(right.utf8), Array(left.utf8)) == count)
    }

    @Test(arguments: [
        ("clear-net", "clearnet"), ("isolaton", "isolation"), ("onoin", "onion"), ("xyz", nil), ("", nil),
        ("pirvate", "private"), ("no", nil),
    ])
    func nearest(word: String, expected: String?) {
        let candidates = ["onion", "i2p", "clearnet", "isolation", "hold", "private"]
        #expect(Suggestion.nearest(to: word, in: candidates) == expected)
    }

    @Test func nothingNearAnEndlessWord() {
        #expect(Suggestion.nearest(to: String(repeating: "a", count: 1 << 20), in: ["a"]) == nil)
        #expect(Suggestion.nearest(to: "a", in: []) == nil)
    }
}

import Testing

@testable import Router

@Suite("What is under way, by its number") struct UnderWayTests {
    @Test("is found, taken out once, and keeps its order")
    func order() {
        var underWay = UnderWay<Int, String>()
        #expect(underWay.isEmpty && underWay[1] == nil && underWay.remove(1) == nil)
        for (number, word) in [(1, "one"), (2, "two"), (5, "five")] { underWay.add(word, as: number) }
        #expect(underWay.values == ["one", "two", "five"] && underWay[5] == "five" && underWay[3] == nil)
        #expect(underWay.remove(2) == "two" && underWay.remove(2) == nil)
        #expect(underWay.values == ["one", "five"])
        underWay.removeAll()
        #expect(underWay.isEmpty)
    }
}

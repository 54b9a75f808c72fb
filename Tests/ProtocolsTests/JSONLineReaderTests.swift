import Protocols
import Testing

/// NDJSON, cut anywhere.
@Suite struct JSONLineReaderTests {
    private func lines(_ text: String, limit: Int = 64, by size: Int = .max) -> [JSONLineReader.Line] {
        var reader = JSONLineReader(limit: limit)
        var lines: [JSONLineReader.Line] = []
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            lines += reader.receive(Array(rest.prefix(size)).span)
            rest = rest.dropFirst(size)
        }
        return lines
    }

    @Test(arguments: [1, 2, 3, 7, .max]) func linesAreTheSameHoweverTheyCome(_ size: Int) {
        let text = "{\"a\":1}\n\n[2]\nnull\n{\"cut"
        #expect(
            lines(text, by: size) == [
                .value(.object(["a": .integer(1)])), .value(.array([.integer(2)])), .value(.null),
            ])
    }

    @Test func whatIsNoJSONIsSaidAndTheNextLineIsRead() {
        let read = lines("{]\ntrue\n")
        #expect(read.count == 2)
        guard case .malformed(let why) = read.first else {
            Issue.record("\(read)")
            return
        }
        #expect(why.contains("not JSON"))
        #expect(read.last == .value(.bool(true)))
    }

    @Test func aLineOverTheLimitIsTheLast() {
        #expect(lines(String(repeating: " ", count: 63) + "1\n2\n") == [.value(.integer(1)), .value(.integer(2))])
        #expect(lines(String(repeating: " ", count: 64) + "1\n2\n") == [.tooLong])
        #expect(lines("1\n" + String(repeating: "x", count: 1000), by: 10) == [.value(.integer(1)), .tooLong])
    }
}

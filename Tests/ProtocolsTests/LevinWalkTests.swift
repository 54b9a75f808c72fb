import Protocols
import Testing

/// Messages followed by their lengths.
@Suite struct LevinWalkTests {
    private func message(_ command: UInt32, _ body: Int) -> [UInt8] {
        var header = LevinHeader(request: command, length: UInt64(body))
        header.expectResponse = 0
        return header.bytes + [UInt8](repeating: 0x01, count: body)
    }

    /// In which of the pieces a message of interest ended; and whether the walk goes on.
    private func walk(
        _ interest: LevinWalk.Interest, _ pieces: [[UInt8]]
    ) -> (ended: [Int], isFollowing: Bool) {
        var walk = LevinWalk(interest)
        var ended: [Int] = []
        for (index, piece) in pieces.enumerated() {
            let hasPassed = walk.read(piece.span)
            if hasPassed { ended.append(index) }
        }
        return (ended, walk.isFollowing)
    }

    @Test(arguments: RealHandshake.all)
    func aRealHandshakeIsPassedOver(_ real: RealHandshake) {
        #expect(walk(.blockRequests, [real.bytes, message(2003, 40)]) == ([1], true))
        #expect(walk(.blockAnswers, [real.bytes, message(2003, 40)]) == ([], true))
    }

    @Test func requestsAndAnswersAreTold() {
        let commands: [UInt32] = [1001, 1002, 2001, 2002, 2003, 2004, 2006, 2007, 2008, 2009, 2010]
        let stream = commands.map { message($0, 5) }
        #expect(walk(.blockRequests, stream) == ([4, 6], true))
        #expect(walk(.blockAnswers, stream) == ([5, 7], true))
        #expect(walk(.nothing, stream) == ([], false))
    }

    @Test func itEndsWithItsLastByteHoweverItIsCut() {
        let before = message(1002, 3)
        let bytes = before + message(2004, 9) + message(2002, 0)
        for pieces in bytes.cutAnywhere {
            let (ended, isFollowing) = walk(.blockAnswers, pieces)
            var passed = 0
            let last = pieces.firstIndex { piece in
                passed += piece.count
                return passed >= before.count + 42
            }
            #expect(ended == [last])
            #expect(isFollowing)
        }
    }

    @Test func anEmptyBodyEndsWithItsHeader() {
        let bytes = message(2007, 0)
        #expect(walk(.blockAnswers, [Array(bytes[..<32]), Array(bytes[32...])]) == ([1], true))
    }

    @Test func twoInOnePieceAreToldOnce() {
        #expect(walk(.blockAnswers, [message(2004, 4) + message(2004, 4)]) == ([0], true))
    }

    /// A walk, with what each step says.
    private struct Steps {
        var walk = LevinWalk(.blockAnswers)

        mutating func read(_ bytes: some Sequence<UInt8>) -> Bool { walk.read(Array(bytes).span) }
        mutating func skip(_ count: Int) -> Bool { walk.skip(count) }
    }

    @Test func aBodyPassesUnread() {
        var steps = Steps()
        #expect(steps.walk.unread == 0, "a header must be read")
        var told = [steps.read(message(2004, 1000).prefix(133))]
        #expect(steps.walk.unread == 900)
        told.append(steps.skip(899))
        #expect(steps.walk.unread == 1)
        told.append(steps.skip(1))
        #expect(steps.walk.unread == 0 && steps.walk.isFollowing)
        told.append(steps.read(message(2007, 1)))
        #expect(told == [false, false, true, true])
    }

    @Test func whoSkipsTooFarIsLost() {
        var steps = Steps()
        var told = [steps.read(message(2004, 10).prefix(40)), steps.skip(4)]
        #expect(!steps.walk.isFollowing && steps.walk.unread == .max)
        // It never finds its way again.
        told += [steps.read(message(2004, 10)), steps.skip(1)]
        #expect(told == [false, false, false, false])
    }

    /// Every byte of a header that has but one right value, and the length.
    @Test func whatIsNotLevinEndsTheWalk() {
        for place in Array(0..<8) + Array(29..<33) {
            var bytes = message(2004, 2)
            bytes[place] ^= 0x80
            #expect(walk(.blockAnswers, [bytes, message(2004, 2)]) == ([], false), "byte \(place)")
        }
        var header = LevinHeader(request: 2004, length: 100_000_001)
        #expect(walk(.blockAnswers, [header.bytes]) == ([], false))
        header.length = .max
        #expect(walk(.blockAnswers, [header.bytes]) == ([], false))
        header.length = 100_000_000
        #expect(walk(.blockAnswers, [header.bytes]) == ([], true))
        #expect(walk(.blockAnswers, [Array("GET / HTTP/1.1\r\n".utf8)]) == ([], false))
    }

    @Test func itIsSmall() {
        #expect(MemoryLayout<LevinWalk>.size <= 16)
    }
}

import EventLoop
import LoopTurns
import Protocols
import Testing

/// Traffic on byte streams: pauses, back-pressure, acknowledgements, turns.
@Suite(.serialized) struct ByteStreamFlowTests {
    static let works: [ByteStream.Work] = [.control, .traffic, .answeredTraffic]

    private struct Pair {
        let stream: ByteStream
        let other: Plug
    }

    private func pair(_ loop: EventLoop, _ work: ByteStream.Work, queueLimit: Int = 1 << 20) throws -> Pair {
        let listener = try LoopbackListener()
        let other = Plug(try Socket.connect(to: listener.endpoint))
        let stream = try listener.accept(
            on: loop, queueLimit: queueLimit, work: work, borrowsBuffer: work != .control)
        guard let stream else { throw SystemError("accept", code: 0) }
        return Pair(stream: stream, other: other)
    }

    @Test(arguments: works) func aPauseLeavesTheRestToTheKernel(_ work: ByteStream.Work) throws {
        let loop = try EventLoop()
        let pair = try pair(loop, work)
        var random = SeededGenerator(seed: 3)
        let content = random.bytes(300_000)
        var got: [UInt8] = []
        var reads = 0
        pair.stream.onBytes = { bytes in
            for index in bytes.indices { got.append(bytes[index]) }
            reads += 1
            pair.stream.pause()
        }
        var sent = pair.other.send(content)
        while got.count < content.count {
            let before = reads
            #expect(loop.turn { reads > before })
            _ = loop.turn(for: .milliseconds(5))
            #expect(reads == before + 1, "it read on while it was paused")
            sent += pair.other.send(content[sent...])
            pair.stream.resume()
        }
        #expect(got == content)
        pair.stream.close()
    }

    /// A pause before anything came, and one that is over within the same call.
    @Test(arguments: works) func aPauseMayBeginAndEndAnywhere(_ work: ByteStream.Work) throws {
        let loop = try EventLoop()
        let pair = try pair(loop, work)
        var got = 0
        pair.stream.pause()
        pair.stream.onBytes = { bytes in
            got += bytes.count
            pair.stream.pause()
            pair.stream.resume()
        }
        #expect(pair.other.send([1, 2, 3]) == 3)
        #expect(!loop.turn(for: .milliseconds(20)) { got > 0 })
        pair.stream.resume()
        #expect(loop.turn { got == 3 })
        #expect(pair.other.send([UInt8](repeating: 1, count: 200_000)) > 65536)
        #expect(loop.turn { got > 65539 })
        pair.stream.pause()
        pair.stream.resume()
        pair.stream.close()
        pair.stream.resume()
    }

    /// A wallet that goes away while its request is under way is noticed; what it had sent before is not lost.
    @Test(arguments: works) func theEndIsSeenInAPause(_ work: ByteStream.Work) throws {
        let loop = try EventLoop()
        for hasUnread in [false, true] {
            let pair = try pair(loop, work)
            var endings: [ByteStream.Ending] = []
            var got = 0
            pair.stream.onEnded = { endings.append($0) }
            pair.stream.onBytes = { got += $0.count }
            pair.stream.pause()
            if hasUnread { #expect(pair.other.send([1, 2, 3]) == 3) }
            pair.other.finish()
            let ended = loop.turn(for: .milliseconds(hasUnread ? 20 : 2000)) { !endings.isEmpty }
            #expect(ended == !hasUnread)
            pair.stream.resume()
            #expect(loop.turn { !endings.isEmpty })
            #expect(endings == [.closedByPeer] && got == (hasUnread ? 3 : 0))
        }
        let broken = try pair(loop, work)
        var ending: ByteStream.Ending?
        broken.stream.onEnded = { ending = $0 }
        broken.stream.pause()
        _ = loop.turn(for: .milliseconds(5))
        broken.other.reset()
        #expect(loop.turn { ending != nil })
        if case .failed? = ending {} else { Issue.record("\(String(describing: ending))") }
    }

    /// Last bytes and end in one: also where a read that is not full is taken for all there is.
    @Test(arguments: works) func lastBytesAndTheEndTogether(_ work: ByteStream.Work) throws {
        let loop = try EventLoop()
        for pauses in [false, true] {
            let pair = try pair(loop, work)
            var got = 0
            var ended = false
            pair.stream.onBytes = { bytes in
                got += bytes.count
                if pauses { pair.stream.pause() }
            }
            pair.stream.onEnded = { _ in ended = true }
            #expect(pair.other.send([1, 2, 3]) == 3)
            pair.other.finish()
            #expect(loop.turn { got == 3 })
            if pauses { pair.stream.resume() }
            #expect(loop.turn { ended })
        }
    }

    @Test(arguments: works) func itTellsWhenAllIsWritten(_ work: ByteStream.Work) throws {
        let loop = try EventLoop()
        let pair = try pair(loop, work, queueLimit: 1 << 28)
        var drained = 0
        var isWriting = false
        pair.stream.onDrained = {
            drained += 1
            #expect(!isWriting && pair.stream.queuedBytes == 0)
        }
        pair.stream.write([1, 2, 3])
        _ = loop.turn(for: .milliseconds(10))
        #expect(drained == 0 && pair.stream.queuedBytes == 0, "nothing had to wait")
        var random = SeededGenerator(seed: 5)
        let content = random.bytes(9_000_000)
        isWriting = true
        for start in stride(from: 0, to: content.count, by: 70_000) {
            pair.stream.write(content.span.extracting(start..<min(start + 70_000, content.count)))
        }
        isWriting = false
        #expect(pair.stream.queuedBytes > 0)
        var got: [UInt8] = []
        #expect(
            loop.turn {
                if case .bytes(let bytes) = pair.other.read(1 << 20) { got += bytes }
                return got.count == content.count + 3
            })
        _ = loop.turn(for: .milliseconds(10))
        #expect(drained == 1)
        #expect(Array(got.dropFirst(3)) == content)
        pair.stream.close()
    }

    /// From a fast sender to a slow reader: all arrives, and next to nothing is held on the way.
    @Test func aCopyIsFlat() throws {
        let loop = try EventLoop()
        let source = try pair(loop, .traffic)
        let sink = try pair(loop, .answeredTraffic)
        sink.other.shrinkBuffers()
        var largest = 0
        source.stream.onBytes = { bytes in
            sink.stream.write(bytes)
            largest = max(largest, sink.stream.queuedBytes)
            if sink.stream.queuedBytes > 0 { source.stream.pause() }
        }
        sink.stream.onDrained = { source.stream.resume() }
        source.stream.onEnded = { _ in sink.stream.closeAfterWriting() }
        var random = SeededGenerator(seed: 7)
        let content = random.bytes(8_000_000)
        var sent = 0
        var got: [UInt8] = []
        var ended = false
        #expect(
            loop.turn(for: .seconds(30)) {
                if sent < content.count {
                    sent += source.other.send(content[sent...])
                    if sent == content.count { source.other.finish() }
                }
                switch sink.other.read(1 << 16) {
                case .bytes(let bytes): got += bytes
                case .ended: ended = true
                case .nothing, .broken: break
                }
                return ended
            })
        #expect(got == content)
        #expect(largest > 0 && largest <= 65536, "else it is no test of this: \(largest)")
    }

    /// Head and body in two writes, as wallets send a request: without the acknowledgement each costs 40 ms.
    @Test func anAcknowledgementAtOnce() throws {
        let loop = try EventLoop()
        func exchange(acknowledges: Bool) throws -> Duration {
            let pair = try pair(loop, .answeredTraffic)
            pair.other.waitForAcknowledgement()
            var received = 0
            pair.stream.onBytes = { bytes in
                received += bytes.count
                if received % 300 == 0 {
                    pair.stream.write([1, 2, 3])
                } else if acknowledges {
                    pair.stream.acknowledgeNow()
                }
            }
            let start = loop.now
            for _ in 0..<30 {
                #expect(pair.other.send([UInt8](repeating: 1, count: 100)) == 100)
                #expect(pair.other.send([UInt8](repeating: 2, count: 200)) == 200)
                #expect(loop.turn { pair.other.read() == .bytes([1, 2, 3]) })
            }
            return loop.now - start
        }
        #expect(try exchange(acknowledges: false) > .milliseconds(300), "else it is no test of this")
        #expect(try exchange(acknowledges: true) < .milliseconds(150))
    }

    /// Traffic that never pauses leaves the loop to the operator, and to other traffic.
    @Test(arguments: [ByteStream.Work.traffic, .answeredTraffic])
    func trafficLeavesTheLoopToOthers(_ work: ByteStream.Work) throws {
        let loop = try EventLoop()
        let busy = try pair(loop, work)
        let other = try pair(loop, .traffic)
        var received = 0
        var reads = 0
        var longest = 0
        var answers = 0
        let block = [UInt8](repeating: 1, count: 65536)
        // A quick machine is done with the bytes before the operator's first turn is due.
        let end = loop.now + .milliseconds(50)
        busy.stream.onBytes = { span in
            received += span.count
            reads += 1
            longest = max(longest, reads)
            if received < 64 << 20 || loop.now < end { _ = busy.other.send(block) } else { loop.stop() }
        }
        other.stream.onBytes = { _ in
            reads = 0
            answers += 1
            _ = other.other.send([1])
        }
        #expect(busy.other.send(block) > 0 && other.other.send([1]) == 1)
        var ticks = 0
        let tick = Watch.ticker(every: .milliseconds(1), on: loop) {
            ticks += 1
            if ticks == 20_000 { loop.stop() }
        }
        defer { tick.cancel() }
        loop.run()
        #expect(ticks > 3, "the operator's turn")
        #expect(received >= 64 << 20 && answers > 10)
        #expect(longest <= 64, "\(longest) reads in a row")
        busy.stream.close()
        other.stream.close()
    }
}

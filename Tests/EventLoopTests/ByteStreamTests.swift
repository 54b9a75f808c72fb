import EventLoop
import LoopTurns
import Protocols
import Testing

/// Conversations that are not relayed: their queue, their end, and handlers that end them.
@Suite(.serialized) struct ByteStreamTests {
    private struct Pair {
        let stream: ByteStream
        let other: Plug
    }

    private func pair(_ loop: EventLoop, queueLimit: Int = 1 << 20) throws -> Pair {
        let listener = try LoopbackListener()
        let other = Plug(try Socket.connect(to: listener.endpoint))
        guard let stream = try listener.accept(on: loop, queueLimit: queueLimit) else {
            throw SystemError("accept", code: 0)
        }
        return Pair(stream: stream, other: other)
    }

    private func accept(_ listener: borrowing LoopbackListener) throws -> Plug? { try listener.accept() }

    @Test func whatAReaderDoesNotTakeEndsTheStreamAtItsLimit() throws {
        let loop = try EventLoop()
        let pair = try pair(loop, queueLimit: 100_000)
        var ending: ByteStream.Ending?
        pair.stream.onEnded = { ending = $0 }
        var written = 0
        while ending == nil, written < 100 << 20 {
            pair.stream.write([UInt8](repeating: 1, count: 10_000))
            written += 10_000
        }
        guard case .failed = ending else {
            Issue.record("still open after \(written) bytes that nobody read")
            return
        }
        #expect(!pair.stream.isOpen)
        #expect(written < 20 << 20)
        pair.stream.write([1])
        pair.stream.closeAfterWriting()
    }

    /// A reader that always lags a little is within the limit for ever, and what it has read is not kept.
    @Test func whatIsWrittenIsNotKept() throws {
        let loop = try EventLoop()
        let pair = try pair(loop, queueLimit: 2_000_000)
        pair.other.shrinkBuffers()
        var ended = false
        pair.stream.onEnded = { _ in ended = true }
        var read = 0
        var largest = 0
        var emptied = 0
        let block = [UInt8](repeating: 1, count: 100_000)
        while pair.stream.queuedBytes == 0 { pair.stream.write(block) }
        while read < 48 << 20, !ended {
            if case .bytes(let bytes) = pair.other.read(1 << 20) { read += bytes.count }
            loop.runOnceWithoutWaiting()
            if pair.stream.queuedBytes == 0 { emptied += 1 }
            while pair.stream.queuedBytes < 1_500_000, !ended { pair.stream.write(block) }
            largest = max(largest, pair.stream.held)
        }
        #expect(!ended)
        #expect(emptied == 0, "else it is no test of this")
        #expect(largest < 4_000_000, "\(largest) bytes are held for \(pair.stream.queuedBytes) that are queued")
    }

    @Test func bytesQueuedBeforeTheCloseArriveAndThenTheEnd() throws {
        let loop = try EventLoop()
        let pair = try pair(loop, queueLimit: 1 << 28)
        var random = SeededGenerator(seed: 2)
        let content = random.bytes(9_000_000)
        pair.stream.write(content)
        pair.stream.closeAfterWriting()
        pair.stream.write([0xff])
        var got: [UInt8] = []
        var sawEnd = false
        #expect(
            loop.turn {
                switch pair.other.read(1 << 20) {
                case .bytes(let bytes): got += bytes
                case .ended: sawEnd = true
                case .nothing, .broken: break
                }
                return sawEnd
            })
        #expect(got == content)
        #expect(!pair.stream.isOpen)
    }

    @Test func aConnectThatFailsIsToldOnceWithItsCause() throws {
        let loop = try EventLoop()
        let nowhere: Endpoint
        do {
            let listener = try LoopbackListener()
            nowhere = listener.endpoint
        }
        var endings: [ByteStream.Ending] = []
        let stream = ByteStream(try Socket.connect(to: nowhere), connecting: true, loop: loop)
        stream.onConnected = { Issue.record("connected to nobody") }
        stream.onEnded = { endings.append($0) }
        stream.write([1, 2, 3])
        #expect(loop.turn { !endings.isEmpty })
        _ = loop.turn(for: .milliseconds(20))
        #expect(endings.count == 1)
        if case .failed(let error)? = endings.first { #expect(error.isRefused && error.doing == "connect") }
    }

    @Test func whatIsWrittenBeforeTheConnectGoesAfterIt() throws {
        let loop = try EventLoop()
        let listener = try LoopbackListener()
        let stream = ByteStream(try Socket.connect(to: listener.endpoint), connecting: true, loop: loop)
        stream.write([1, 2])
        stream.onConnected = { stream.write([3]) }
        let other = try #require(try accept(listener))
        var got: [UInt8] = []
        #expect(
            loop.turn {
                if case .bytes(let bytes) = other.read() { got += bytes }
                return got.count == 3
            })
        #expect(got == [1, 2, 3])
        stream.close()
    }

    /// A handler may end the stream and drop the last reference to it, in the middle of its own call.
    @Test(arguments: ["bytes", "ended", "connected"])
    func aHandlerMayLetGoOfTheStream(_ handler: String) throws {
        let loop = try EventLoop()
        let listener = try LoopbackListener()
        final class Holder { var stream: ByteStream? }
        let holder = Holder()
        holder.stream = ByteStream(try Socket.connect(to: listener.endpoint), connecting: true, loop: loop)
        weak let freed = holder.stream
        let other = try #require(try accept(listener))
        var calls = 0
        func letGo() {
            calls += 1
            holder.stream?.close()
            holder.stream = nil
        }
        switch handler {
        case "bytes": holder.stream?.onBytes = { _ in letGo() }
        case "ended": holder.stream?.onEnded = { _ in letGo() }
        default: holder.stream?.onConnected = { letGo() }
        }
        #expect(other.send([UInt8](repeating: 1, count: 200_000)) > 65536)
        other.finish()
        #expect(loop.turn { calls > 0 })
        _ = loop.turn(for: .milliseconds(20))
        #expect(calls == 1, "no handler is called after close()")
        #expect(freed == nil)
    }

    @Test func aStreamThatIsLetGoIsClosed() throws {
        let loop = try EventLoop()
        var pair: Pair? = try pair(loop)
        let other = try #require(pair?.other)
        pair = nil
        #expect(loop.turn { other.read() == .ended })
    }

    /// A writer that never pauses does not keep the loop to itself: the operator's socket is such a stream, and goes
    /// before all traffic.
    @Test func aStreamThatNeverRunsDryLeavesTheLoopToTraffic() throws {
        let loop = try EventLoop()
        let pair = try pair(loop)
        var received = 0
        var reads = 0
        var longest = 0
        let block = [UInt8](repeating: 1, count: 65536)
        // Each read is refilled at once, from within: the socket is never empty.
        pair.stream.onBytes = { span in
            received += span.count
            reads += 1
            longest = max(longest, reads)
            if received < 16 << 20 { _ = pair.other.send(block) }
        }
        // A connection that waits is told in each turn that comes to traffic.
        let listener = try LoopbackListener()
        let waiting = Plug(try Socket.connect(to: listener.endpoint))
        let traffic = Watch.listener(listener.descriptor.raw, on: loop) { reads = 0 }
        defer { traffic.cancel() }
        #expect(pair.other.send(block) > 0)
        #expect(loop.turn { received >= 16 << 20 })
        #expect(longest <= 32, "\(longest) reads in a row")
        pair.stream.close()
        waiting.close()
    }
}

extension ByteStream {
    /// Bytes that are held for those that are not written yet.
    fileprivate var held: Int {
        Mirror(reflecting: self).children.first { $0.label == "queue" }
            .flatMap { Mirror(reflecting: $0.value).children.first { $0.label == "bytes" }?.value as? [UInt8] }?.count
            ?? 0
    }
}

extension EventLoop {
    fileprivate func runOnceWithoutWaiting() {
        let soon = Watch.timer(on: self) {}
        soon.schedule(after: .zero)
        runOnce()
    }
}

import EventLoop
import Protocols
import Testing

/// What is known of a relay whose client waits for blocks.
@Suite(.serialized) struct FlowPulseTests {
    private static func message(_ command: UInt32, _ body: [UInt8]) -> [UInt8] {
        var header = LevinHeader(request: command, length: UInt64(body.count))
        header.expectResponse = 0
        return header.bytes + body
    }

    private static let request = message(2003, [UInt8](repeating: 3, count: 40))

    private func pulse(_ world: RelayWorld) -> FlowPulse? {
        var found: [FlowPulse] = []
        world.table.takePulses { found.append($0) }
        return found.first
    }

    /// Reads all that comes to a plug until there are so many bytes.
    private func bytes(_ count: Int, of plug: Plug, in world: RelayWorld) -> [UInt8] {
        var got: [UInt8] = []
        world.run {
            while case .bytes(let part) = plug.read(1 << 20) { got += part }
            return got.count >= count
        }
        return got
    }

    private func send(_ bytes: [UInt8], to plug: Plug, in world: RelayWorld) {
        var sent = 0
        world.run {
            sent += plug.send(bytes[sent...])
            return sent == bytes.count
        }
    }

    @Test func anAnswerIsAwaitedUntilItsLastByte() throws {
        let world = try RelayWorld()
        var asked = 0
        world.table.onAsked = { asked += 1 }
        let ends = try #require(try world.relay(prefix: Self.message(1001, [1, 2, 3]), isLevin: true))
        _ = bytes(36, of: ends.upstream, in: world)
        #expect(pulse(world)?.isAwaiting == false && asked == 0)

        send(Self.request, to: ends.client, in: world)
        #expect(bytes(Self.request.count, of: ends.upstream, in: world) == Self.request)
        #expect(asked == 1)
        #expect(pulse(world)?.isAwaiting == true)
        #expect(pulse(world)?.hasHeard == false)

        let answer = Self.message(2002, [9]) + Self.message(2004, [UInt8](repeating: 4, count: 1000))
        send(Array(answer[..<500]), to: ends.upstream, in: world)
        #expect(bytes(500, of: ends.client, in: world).count == 500)
        let half = try #require(pulse(world))
        #expect(half.isAwaiting && half.hasHeard && !half.isHeldUp)
        let silent = try #require(pulse(world))
        #expect(silent.isAwaiting && !silent.hasHeard && !silent.isHeldUp, "what was heard counts once")

        send(Array(answer[500...]), to: ends.upstream, in: world)
        #expect(bytes(answer.count - 500, of: ends.client, in: world).count == answer.count - 500)
        #expect(pulse(world)?.isAwaiting == false)
    }

    /// A heavy answer goes by splice, of which nobody sees a byte; the next message's header is seen all the same.
    @Test func bodiesThatAreSplicedAreCounted() throws {
        let world = try RelayWorld()
        let ends = try #require(try world.relay(prefix: Self.message(1001, [1]), isLevin: true))
        var random = SeededGenerator(seed: 4)
        var answers: [UInt8] = []
        for size in [3_000_000, 1, 70_000, 0, 65_503, 900_000, 4000] {
            // Bodies full of what looks like the beginning of a message.
            let noise = random.bytes(size / 2) + Self.message(2004, random.bytes(size / 4))
            answers += Self.message(2002, Array(noise.prefix(size)))
        }
        for round in 0..<3 {
            send(Self.request, to: ends.client, in: world)
            world.run { pulse(world)?.isAwaiting == true }
            let transfer = answers + Self.message(2004, random.bytes(2_000_000))
            var sent = 0
            var got: [UInt8] = []
            world.run {
                sent += ends.upstream.send(transfer[sent..<min(sent + 500_000, transfer.count)])
                if case .bytes(let part) = ends.client.read(300_000) { got += part }
                if got.count < transfer.count, pulse(world)?.isAwaiting != true, sent < transfer.count { return true }
                return got.count == transfer.count
            }
            #expect(got == transfer, "round \(round)")
            #expect(pulse(world)?.isAwaiting == false, "round \(round)")
        }
    }

    @Test func whatIsNotFollowedAwaitsNothing() throws {
        let world = try RelayWorld()
        let plain = try #require(try world.relay(prefix: Self.request))
        _ = bytes(Self.request.count, of: plain.upstream, in: world)
        #expect(pulse(world)?.isAwaiting == false)

        let other = try RelayWorld()
        let lost = try #require(try other.relay(prefix: Self.message(1001, [1]) + Self.request, isLevin: true))
        _ = bytes(34 + Self.request.count, of: lost.upstream, in: other)
        #expect(pulse(other)?.isAwaiting == true)
        send(Array("HTTP/1.1 200 OK".utf8), to: lost.upstream, in: other)
        _ = bytes(15, of: lost.client, in: other)
        #expect(pulse(other)?.isAwaiting == false, "nobody knows whether the answer has come")
    }

    /// A node that is busy does not read: what has come waits with us, and the peer is not to blame.
    @Test func aClientThatDoesNotReadHoldsUp() throws {
        let world = try RelayWorld()
        let ends = try #require(
            try world.relay(prefix: Self.message(1001, [1]) + Self.request, isLevin: true))
        ends.client.shrinkBuffers()
        // More than kernels hold: a receive buffer grows to 32 MB, a send buffer to 4 MB.
        let heavy = Self.message(2004, [UInt8](repeating: 4, count: 80_000_000))
        var sent = 0
        world.run(for: .seconds(1)) {
            sent += ends.upstream.send(heavy[sent..<min(sent + 1_000_000, heavy.count)])
            return sent == heavy.count
        }
        #expect(sent < heavy.count)
        _ = pulse(world)
        let held = try #require(pulse(world))
        #expect(held.isAwaiting && held.isHeldUp)
    }

    @Test func eachRelayHasANumberOfItsOwn() throws {
        let world = try RelayWorld()
        let ends = [try #require(try world.relay()), try #require(try world.relay()), try #require(try world.relay())]
        var numbers: Set<UInt64> = []
        world.table.takePulses { numbers.insert($0.tag.number) }
        #expect(numbers.count == ends.count && !numbers.contains(0))
        #expect(world.table.cut { $0.number == numbers.first } == 1)
        #expect(world.table.relayCount == 2)
    }
}

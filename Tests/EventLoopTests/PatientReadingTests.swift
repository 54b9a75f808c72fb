import Testing

@testable import EventLoop

/// A source that is fast is told of in portions, and what is less than one still comes.
@Suite struct PatientReadingTests {
    /// Sends `bytes` from one plug and reads them at the other; `during` sees every turn.
    private func pass(
        _ bytes: [UInt8], from source: Plug, to sink: Plug, in world: RelayWorld, during: () -> Void = {}
    ) -> Bool {
        var sent = 0
        var received: [UInt8] = []
        return world.run(for: .seconds(20)) {
            if sent < bytes.count { sent += source.send(bytes[sent...]) }
            if case .bytes(let more) = sink.read(1_000_000) { received += more }
            during()
            return received.count >= bytes.count
        } && received == bytes
    }

    @Test(arguments: [false, true])
    func theRestOfAFastStreamComes(isDown: Bool) throws {
        let world = try RelayWorld()
        let ends = try #require(try world.relay())
        let (source, sink) = isDown ? (ends.upstream, ends.client) : (ends.client, ends.upstream)
        var random = SeededGenerator(seed: 77)
        var sawPatience = false
        for rest in [1, 100, 5_000, 100_000] {
            let bytes = random.bytes(8_000_000 + rest)
            #expect(
                pass(bytes, from: source, to: sink, in: world) {
                    sawPatience = sawPatience || world.table.patientCount > 0
                })
            // Nobody sends: nobody is waited for, and no timer runs.
            #expect(world.run { world.table.patientCount == 0 })
            #expect(pass(random.bytes(10), from: source, to: sink, in: world), "a single message afterwards")
        }
        #expect(sawPatience)
    }

    /// Both directions of many, some of which end or are cut meanwhile: nobody who is gone is looked at.
    @Test func whoEndsMeanwhileIsForgotten() throws {
        let world = try RelayWorld()
        var ends: [RelayWorld.Ends] = []
        for _ in 0..<6 { ends.append(try #require(try world.relay())) }
        let block = [UInt8](repeating: 7, count: 400_000)
        var most = 0
        var turns = 0
        let areTwoLeft = world.run(for: .seconds(20)) {
            for pair in ends {
                _ = pair.client.send(block)
                _ = pair.upstream.send(block)
                _ = pair.client.read(1_000_000)
                _ = pair.upstream.read(1_000_000)
            }
            most = max(most, world.table.patientCount)
            turns += 1
            if turns % 40 == 0, let gone = ends.popLast() {
                turns % 80 == 0 ? gone.client.close() : gone.upstream.close()
            }
            return ends.count == 2
        }
        #expect(areTwoLeft && most > 1)
        world.table.cut { _ in true }
        #expect(world.table.patientCount == 0)
        world.run(for: .milliseconds(20))
        #expect(world.table.relayCount == 0)
    }

    /// A fast stream that ends in its midst loses nothing, and its end is not waited for.
    @Test func theEndComes() throws {
        let world = try RelayWorld()
        let ends = try #require(try world.relay())
        var random = SeededGenerator(seed: 78)
        let bytes = random.bytes(8_000_001)
        var sent = 0
        var received: [UInt8] = []
        var (sawPatience, hasEnded) = (false, false)
        let isDone = world.run(for: .seconds(20)) {
            if sent < bytes.count {
                sent += ends.upstream.send(bytes[sent...])
                if sent == bytes.count { ends.upstream.finish() }
            }
            sawPatience = sawPatience || world.table.patientCount > 0
            switch ends.client.read(1_000_000) {
            case .bytes(let more): received += more
            case .ended: hasEnded = true
            case .nothing, .broken: break
            }
            return hasEnded
        }
        #expect(isDone && sawPatience && received == bytes)
    }
}

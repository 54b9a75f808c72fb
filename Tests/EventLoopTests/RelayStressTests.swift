import EventLoop
import Protocols
import Testing

/// What a relay must keep while its buffers are full, its pipes are gone or its ends break.
@Suite(.serialized) struct RelayStressTests {
    /// Both directions at once, each slower on one side than on the other, so that all buffers fill and drain and the
    /// relay goes from copying to splicing and back.
    @Test(arguments: [1, 2, 3] as [UInt64])
    func everyByteArrivesInOrderUnderBackPressure(_ seed: UInt64) throws {
        let world = try RelayWorld()
        var transfers: [(transfer: Transfer, isSlow: Bool)] = []
        var sum = 0
        for index in 0..<5 as Range<UInt64> {
            let ends = try #require(try world.relay())
            if index % 2 == 0 {
                ends.client.shrinkBuffers()
                ends.upstream.shrinkBuffers()
            }
            let count = 400_000 + Int(index) * 300_000
            sum += count
            transfers.append((Transfer(count, from: ends.client, to: ends.upstream, seed: seed &+ index), index < 2))
            transfers.append(
                (Transfer(count, from: ends.upstream, to: ends.client, seed: seed &+ 100 &+ index), index % 2 == 1))
        }
        let isDone = world.run(for: .seconds(60)) {
            for (transfer, isSlow) in transfers {
                transfer.send()
                transfer.receive(slow: isSlow)
            }
            return transfers.allSatisfy { $0.transfer.isDone }
        }
        #expect(isDone)
        #expect(transfers.allSatisfy { $0.transfer.isIntact })
        #expect(world.counter.up == UInt64(sum))
        #expect(world.counter.down == UInt64(sum))
        #expect(world.table.relayCount == 5)
    }

    @Test func manyRelaysKeepTheirBytesApart() throws {
        let world = try RelayWorld()
        var transfers: [Transfer] = []
        var ends: [RelayWorld.Ends] = []
        for index in 0..<150 as Range<UInt64> {
            let pair = try #require(try world.relay(prefix: Array("first \(index)".utf8)))
            guard case .bytes(let first) = waitForBytes(world, pair.upstream) else {
                Issue.record("the prefix of relay \(index) did not come")
                return
            }
            #expect(first == Array("first \(index)".utf8))
            transfers.append(Transfer(2000 + Int(index) * 500, from: pair.client, to: pair.upstream, seed: index))
            transfers.append(Transfer(50_000, from: pair.upstream, to: pair.client, seed: 1000 + index))
            ends.append(pair)
        }
        #expect(world.table.relayCount == 150)
        let isDone = world.run(for: .seconds(60)) {
            for transfer in transfers where !transfer.isDone {
                transfer.send()
                transfer.receive()
            }
            return transfers.allSatisfy { $0.isDone }
        }
        #expect(isDone)
        #expect(transfers.allSatisfy { $0.isIntact })
        for pair in ends {
            pair.client.close()
            pair.upstream.close()
        }
        #expect(world.run { world.table.relayCount == 0 })
        #expect(world.endedCount == 150)
    }

    private func waitForBytes(_ world: RelayWorld, _ plug: Plug) -> Plug.Read {
        var read = Plug.Read.nothing
        world.run(for: .seconds(5)) {
            read = plug.read()
            return read != .nothing
        }
        return read
    }

    /// Few pipes, or none: a busy direction that gets none copies, and nothing is lost.
    @Test(arguments: [0, 1])
    func withoutPipesItCopies(_ pipes: Int) throws {
        let world = try RelayWorld(pipeLimit: pipes)
        var transfers: [Transfer] = []
        for index in 0..<2 as Range<UInt64> {
            let ends = try #require(try world.relay())
            transfers.append(Transfer(2_000_000, from: ends.client, to: ends.upstream, seed: 40 + index))
            transfers.append(Transfer(2_000_000, from: ends.upstream, to: ends.client, seed: 50 + index))
        }
        #expect(
            world.run(for: .seconds(60)) {
                for transfer in transfers {
                    transfer.send()
                    transfer.receive()
                }
                return transfers.allSatisfy { $0.isDone }
            })
        #expect(transfers.allSatisfy { $0.isIntact })
    }

    /// Fills a direction until nothing more goes in: the spill or the pipe holds bytes.
    private func fill(_ world: RelayWorld, from source: Plug) -> Int {
        let block = [UInt8](repeating: 0x5a, count: 300_000)
        var sent = 0
        var idle = 0
        world.run(for: .seconds(20)) {
            let now = source.send(block)
            sent += now
            idle = now == 0 ? idle + 1 : 0
            return idle > 30
        }
        return sent
    }

    enum Breaking: CaseIterable { case clientResets, upstreamResets, cut, clientCloses }

    @Test(arguments: Breaking.allCases)
    func aBreakWithFullBuffersEndsBothSidesAndLeavesNoPipeBehind(_ breaking: Breaking) throws {
        let world = try RelayWorld()
        let ends = try #require(try world.relay())
        #expect(fill(world, from: ends.upstream) > 200_000)
        #expect(fill(world, from: ends.client) > 200_000)
        switch breaking {
        case .clientResets: ends.client.reset()
        case .upstreamResets: ends.upstream.reset()
        case .clientCloses: ends.client.close()
        case .cut: #expect(world.table.cut { _ in true } == 1)
        }
        #expect(world.run(for: .seconds(5)) { world.table.relayCount == 0 })
        #expect(world.endedCount == 1)
        for (end, isOpen) in [
            (ends.client, breaking == .upstreamResets || breaking == .cut),
            (ends.upstream, breaking == .clientResets || breaking == .clientCloses || breaking == .cut),
        ] where isOpen {
            var last = Plug.Read.nothing
            world.run(for: .seconds(5)) {
                last = end.read()
                if case .broken = last { return true }
                return last == .ended
            }
            #expect(last != .nothing)
        }
        // What was in the broken relay's pipes never shows up in another.
        let next = try #require(try world.relay())
        let up = Transfer(2_000_000, from: next.client, to: next.upstream, seed: 8)
        let down = Transfer(2_000_000, from: next.upstream, to: next.client, seed: 9)
        #expect(
            world.run(for: .seconds(30)) {
                for transfer in [up, down] {
                    transfer.send()
                    transfer.receive()
                }
                return up.isDone && down.isDone
            })
        #expect(up.isIntact && down.isIntact)
    }

    /// A peer that says something and breaks, both before the loop looks: one edge for the two.
    @Test(arguments: [1, 100, 5000], [true, false])
    func aResetRightAfterTheLastBytesIsNotMissed(_ count: Int, _ byClient: Bool) throws {
        let world = try RelayWorld()
        let ends = try #require(try world.relay())
        world.run(for: .milliseconds(20))
        let breaks = byClient ? ends.client : ends.upstream
        #expect(breaks.send([UInt8](repeating: 1, count: count)) == count)
        breaks.reset()
        #expect(
            world.run(for: .seconds(2)) { world.table.relayCount == 0 },
            "the relay must not outlive its end, though the other side says nothing")
    }

    @Test(arguments: [true, false])
    func aHalfCloseIsPassedOnAndTheOtherWayGoesOn(_ byClient: Bool) throws {
        let world = try RelayWorld()
        let ends = try #require(try world.relay())
        let (first, second) = byClient ? (ends.client, ends.upstream) : (ends.upstream, ends.client)
        func run(_ transfer: Transfer, then finish: () -> Void) {
            var isFinished = false
            #expect(
                world.run(for: .seconds(30)) {
                    transfer.send()
                    if transfer.isSent, !isFinished {
                        isFinished = true
                        finish()
                    }
                    transfer.receive()
                    return transfer.isDone && transfer.sawEnd
                })
            #expect(transfer.isIntact && transfer.received == transfer.content.count)
        }
        run(Transfer(2_000_000, from: first, to: second, seed: 21)) { first.finish() }
        #expect(world.table.relayCount == 1, "the other direction is open")
        run(Transfer(2_000_000, from: second, to: first, seed: 22)) { second.close() }
        #expect(world.run(for: .seconds(5)) { world.table.relayCount == 0 })
        #expect(world.endedCount == 1)
    }

    /// A pending signal interrupts splice(2): that is no full socket, and no edge will come for it.
    @Test func aStormOfSignalsStallsNothing() throws {
        let world = try RelayWorld()
        var signals = 0
        let watch = Watch.signal(SignalStorm.signal, on: world.loop) { signals += 1 }
        let storm = SignalStorm()
        let ends = try #require(try world.relay())
        let down = Transfer(8_000_000, from: ends.upstream, to: ends.client, seed: 31)
        let isDone = world.run(for: .seconds(30)) {
            down.send()
            down.receive()
            down.receive()
            return down.isDone
        }
        storm.end()
        // Those that are still on their way find their handler.
        world.run(for: .milliseconds(100))
        watch.cancel()
        #expect(isDone, "stalled after \(down.received) bytes and \(signals) signals")
        #expect(down.isIntact)
        #expect(signals > 10)
    }
}

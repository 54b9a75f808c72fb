import EventLoop
import Protocols
import Testing

/// Timers, tickers and their ends.
@Suite(.serialized) struct WatchTests {
    private final class Holder { var watch: Watch? }

    private func turn(_ loop: EventLoop, for time: Duration) {
        let end = Watch.timer(on: loop) { loop.stop() }
        end.schedule(after: time)
        loop.run()
    }

    @Test func aTimerComesOnceAndCanBeSetAnew() throws {
        let loop = try EventLoop()
        var calls = 0
        let timer = Watch.timer(on: loop) { calls += 1 }
        #expect(!timer.isPending)
        timer.schedule(after: .milliseconds(500))
        #expect(timer.isPending)
        timer.schedule(after: .milliseconds(5))
        turn(loop, for: .milliseconds(60))
        #expect(calls == 1)
        #expect(!timer.isPending)
        timer.schedule(after: .milliseconds(5))
        timer.cancel()
        #expect(!timer.isPending)
        turn(loop, for: .milliseconds(40))
        #expect(calls == 1)
    }

    @Test func aTimerMaySetItselfFromItsOwnCall() throws {
        let loop = try EventLoop()
        var calls = 0
        let holder = Holder()
        holder.watch = Watch.timer(on: loop) {
            calls += 1
            if calls < 5 { holder.watch?.schedule(after: .milliseconds(1)) }
        }
        holder.watch?.schedule(after: .zero)
        turn(loop, for: .milliseconds(100))
        #expect(calls == 5)
        holder.watch = nil
    }

    @Test func aWatchMayBeLetGoInItsOwnCall() throws {
        let loop = try EventLoop()
        for makes in [
            { body in Watch.ticker(every: .milliseconds(1), on: loop, handler: body) },
            { body in
                let timer = Watch.timer(on: loop, handler: body)
                timer.schedule(after: .zero)
                return timer
            },
        ] as [(@escaping () -> Void) -> Watch] {
            let holder = Holder()
            var calls = 0
            holder.watch = makes {
                calls += 1
                holder.watch = nil
                // What the handler holds is still there.
                calls += holder.watch == nil ? 0 : 100
            }
            weak let freed = holder.watch
            turn(loop, for: .milliseconds(30))
            #expect(calls == 1)
            #expect(freed == nil)
        }
    }

    @Test func noCallComesForAWatchThatEndedInTheSameTurn() throws {
        let loop = try EventLoop()
        let listener = try LoopbackListener()
        let first = Plug(try Socket.connect(to: listener.endpoint))
        let second = Plug(try Socket.connect(to: listener.endpoint))
        let holders = [Holder(), Holder()]
        var calls = 0
        guard let a = try Socket.accept(from: listener.descriptor), let b = try Socket.accept(from: listener.descriptor)
        else {
            Issue.record("nobody connected")
            return
        }
        for (index, raw) in [a.raw, b.raw].enumerated() {
            holders[index].watch = Watch.descriptor(raw, on: loop) { readiness in
                guard readiness.contains(.readable) else { return }
                calls += 1
                holders[1 - index].watch = nil
            }
        }
        turn(loop, for: .milliseconds(10))
        #expect(first.send([1]) == 1 && second.send([1]) == 1)
        turn(loop, for: .milliseconds(20))
        #expect(calls == 1)
        holders.forEach { $0.watch = nil }
    }

    @Test func aListenerThatRestsIsAskedAgain() throws {
        let loop = try EventLoop()
        let listener = try LoopbackListener()
        var calls = 0
        let holder = Holder()
        holder.watch = Watch.listener(listener.descriptor.raw, on: loop) {
            calls += 1
            holder.watch?.cancel()
        }
        let client = Plug(try Socket.connect(to: listener.endpoint))
        turn(loop, for: .milliseconds(20))
        #expect(calls == 1)
        holder.watch?.resume()
        turn(loop, for: .milliseconds(20))
        #expect(calls == 2, "level-triggered: what waits in the queue is told again")
        holder.watch = nil
        client.close()
    }

    /// The operator is heard though relays never rest.
    @Test func urgentEventsGoBeforeTraffic() throws {
        let world = try RelayWorld()
        let ends = try #require(try world.relay())
        let block = [UInt8](repeating: 3, count: 400_000)
        var ticks = 0
        let ticker = Watch.ticker(every: .milliseconds(2), on: world.loop) {
            ticks += 1
            _ = ends.client.send(block)
            _ = ends.upstream.read(1 << 20)
        }
        // Two hundred on a machine at rest. Without priorities the relay's own event starves the ticker altogether.
        turn(world.loop, for: .milliseconds(400))
        ticker.cancel()
        #expect(ticks > 5)
    }
}

import EventLoop
import Protocols
import Testing

/// What a handshake's driver may do with its flow, and what it may no longer do when the flow is not its own.
@Suite(.serialized) struct FlowOwnerTests {
    /// Does what the test says at each call.
    final class Scripted: FlowOwner {
        var onReady: (Scripted, FlowSide) -> Void
        let onFreed: () -> Void

        init(onFreed: @escaping () -> Void = {}, _ onReady: @escaping (Scripted, FlowSide) -> Void) {
            self.onReady = onReady
            self.onFreed = onFreed
        }

        deinit { onFreed() }

        override func ready(_ side: FlowSide) { onReady(self, side) }
    }

    enum Ending: CaseIterable { case relays, closes }

    /// Nobody but the table holds the owner, and it lets go inside the owner's own call.
    @Test(arguments: Ending.allCases)
    func anOwnerOutlivesTheCallInWhichItIsDone(_ ending: Ending) throws {
        let world = try RelayWorld()
        var isFreed = false
        var wasFreedInsideItsCall = false
        var isDone = false
        let client = try world.open { back in
            Scripted(onFreed: { isFreed = true }) { owner, side in
                guard side == .upstream else {
                    if let socket = try? Socket.connect(to: back) { owner.attach(upstream: socket) }
                    owner.onReady = { owner, side in
                        switch ending {
                        case .relays: owner.relay(prefix: [], tag: FlowTag(), counter: world.counter)
                        case .closes: owner.close()
                        }
                        wasFreedInsideItsCall = isFreed
                        isDone = true
                    }
                    return
                }
            }
        }
        #expect(world.run(for: .seconds(5)) { isDone })
        #expect(!wasFreedInsideItsCall)
        #expect(isFreed, "nobody needs it any more")
        _ = client
    }

    @Test(arguments: Ending.allCases)
    func onceItIsDoneItsCallsDoNothing(_ ending: Ending) throws {
        let world = try RelayWorld()
        var kept: Scripted?
        let client = try #require(
            try world.open { back in
                let owner = Scripted { owner, side in
                    if side == .client, let socket = try? Socket.connect(to: back) {
                        owner.attach(upstream: socket)
                        owner.onReady = { _, _ in }
                    }
                }
                kept = owner
                return owner
            })
        let upstream = try #require(try world.upstream())
        let owner = try #require(kept)
        #expect(owner.isOpen)
        switch ending {
        case .relays: owner.relay(prefix: [], tag: FlowTag(), counter: world.counter)
        case .closes: owner.close()
        }
        #expect(!owner.isOpen)
        #expect(!owner.isReadable(.client) && !owner.isReadable(.upstream))
        #expect(owner.isGone(.client) && owner.isGone(.upstream))
        #expect(owner.read(.client) { _ in Issue.record("bytes of a flow that is not its own") } == .nothing)
        #expect(owner.write(.client, [1, 2, 3]) == nil)
        #expect(owner.write(.upstream, [1, 2, 3]) == nil)
        #expect(owner.upstreamConnectError == nil)
        owner.detachUpstream()
        owner.relay(prefix: [9], tag: FlowTag(), counter: world.counter)
        owner.close()
        owner.attach(upstream: try Socket.connect(to: world.backEndpoint))
        let isRelayed = ending == .relays
        #expect(world.table.relayCount == (isRelayed ? 1 : 0))
        world.run(for: .milliseconds(50))
        for plug in [client, upstream] {
            switch plug.read() {
            case .nothing: #expect(isRelayed)
            case .ended, .broken: #expect(!isRelayed)
            case .bytes(let bytes): Issue.record("\(bytes) were written after the end")
            }
        }
    }

    @Test func aFlowThatTheTableClosesIsForgotten() throws {
        var world: RelayWorld? = try RelayWorld()
        let owner = Scripted { _, _ in }
        let client = try world?.open { _ in owner }
        #expect(owner.isOpen)
        world = nil
        #expect(!owner.isOpen)
        owner.close()
        _ = client
    }

    /// A read that its limit cut short is told by no edge: the flag says that there is more.
    @Test func aReadThatItsLimitCutsShortLeavesTheSocketReadable() throws {
        let world = try RelayWorld()
        var got: [UInt8] = []
        var reads: [FlowRead] = []
        let client = try #require(
            try world.open { _ in
                Scripted { owner, side in
                    while owner.isReadable(side) {
                        reads.append(
                            owner.read(side, limit: 512) { span in for index in span.indices { got.append(span[index]) }
                            })
                    }
                }
            })
        var random = SeededGenerator(seed: 4)
        let sent = random.bytes(512 * 3 + 5)
        #expect(client.send(sent) == sent.count)
        #expect(world.run(for: .seconds(5)) { got.count == sent.count })
        #expect(got == sent)
        let exact = random.bytes(512)
        #expect(client.send(exact) == 512)
        #expect(world.run(for: .seconds(5)) { got.count == sent.count + 512 })
        #expect(reads.last == .nothing, "512 of 512 may be all or not: it asks once more")
        #expect(client.send(exact) == 512)
        #expect(world.run(for: .seconds(5)) { got.count == sent.count + 1024 })
    }

    /// Bytes that are left in the kernel in one state are there in the next, though their edge is long gone.
    @Test func whatIsNotReadStaysReadable() throws {
        let world = try RelayWorld()
        var owner: Scripted?
        var calls = 0
        let client = try #require(
            try world.open { _ in
                let made = Scripted { _, _ in calls += 1 }
                owner = made
                return made
            })
        #expect(client.send([1, 2, 3]) == 3)
        #expect(world.run(for: .seconds(5)) { owner?.isReadable(.client) == true })
        world.run(for: .milliseconds(30))
        #expect(owner?.isGone(.client) == false)
        var got: [UInt8] = []
        #expect(owner?.read(.client) { span in for index in span.indices { got.append(span[index]) } } == .bytes)
        #expect(got == [1, 2, 3], "a look whether it is gone takes no byte")
    }

    enum Going: CaseIterable { case finishes, closes, resets }

    @Test(arguments: Going.allCases, [0, 10])
    func aClientThatGoesIsSeenToBeGoneBehindItsBytes(_ going: Going, _ unread: Int) throws {
        let world = try RelayWorld()
        var owner: Scripted?
        var calls = 0
        let client = try #require(
            try world.open { _ in
                let made = Scripted { _, _ in calls += 1 }
                owner = made
                return made
            })
        world.run(for: .milliseconds(20))
        let before = calls
        if unread > 0 { #expect(client.send([UInt8](repeating: 7, count: unread)) == unread) }
        #expect(world.run(for: .seconds(5)) { unread == 0 || calls > before })
        let seen = calls
        switch going {
        case .finishes: client.finish()
        case .closes: client.close()
        case .resets: client.reset()
        }
        #expect(world.run(for: .seconds(5)) { calls > seen }, "an edge tells")
        // A reset hides behind bytes that came before it: they are read first, and then it is told.
        if going == .resets, unread > 0 {
            #expect(owner?.read(.client) { _ in } == .bytes)
        }
        #expect(owner?.isGone(.client) == true)
    }

    @Test func aDroppedUpstreamIsClosedAndAnotherTakesItsPlace() throws {
        let world = try RelayWorld()
        var owner: Scripted?
        var upstreamCalls = 0
        let client = try #require(
            try world.open { back in
                let made = Scripted { _, side in if side == .upstream { upstreamCalls += 1 } }
                owner = made
                return made
            })
        world.run(for: .milliseconds(10))
        owner?.attach(upstream: try Socket.connect(to: world.backEndpoint))
        let first = try #require(try world.upstream())
        #expect(world.run(for: .seconds(5)) { upstreamCalls > 0 })
        #expect(owner?.upstreamConnectError == nil)
        owner?.detachUpstream()
        #expect(owner?.isGone(.upstream) == true)
        var end = Plug.Read.nothing
        world.run(for: .seconds(5)) {
            end = first.read()
            return end != .nothing
        }
        #expect(end != .nothing)
        owner?.attach(upstream: try Socket.connect(to: world.backEndpoint))
        let second = try #require(try world.upstream())
        let calls = upstreamCalls
        #expect(world.run(for: .seconds(5)) { upstreamCalls > calls })
        // Attaching over one that is there closes that one.
        owner?.attach(upstream: try Socket.connect(to: world.backEndpoint))
        let third = try #require(try world.upstream())
        world.run(for: .seconds(5)) {
            end = second.read()
            return end != .nothing
        }
        #expect(end != .nothing)
        owner?.relay(prefix: [1, 2], tag: FlowTag(), counter: world.counter)
        #expect(client.send([3]) == 1)
        var got: [UInt8] = []
        world.run(for: .seconds(5)) {
            if case .bytes(let bytes) = third.read() { got += bytes }
            return got.count == 3
        }
        #expect(got == [1, 2, 3])
    }

    @Test func aMessageThatAFreshSocketCannotTakeIsAnError() throws {
        let world = try RelayWorld()
        var owner: Scripted?
        let client = try #require(
            try world.open { _ in
                let made = Scripted { _, _ in }
                owner = made
                return made
            })
        #expect(owner?.write(.client, [1, 2, 3]) == nil)
        #expect(owner?.write(.client, [UInt8](repeating: 0, count: 64 << 20)) != nil)
        client.reset()
        world.run(for: .milliseconds(20))
        #expect(owner?.write(.client, [1]) != nil)
    }

    /// A refusal: the client is told why, and what the kernel still holds for the upstream never leaves.
    @Test func aCloseLetsTheClientReadItsReplyAndResetsTheUpstream() throws {
        let world = try RelayWorld()
        var owner: Scripted?
        let client = try #require(
            try world.open { _ in
                let made = Scripted { _, _ in }
                owner = made
                return made
            })
        owner?.attach(upstream: try Socket.connect(to: world.backEndpoint))
        let upstream = try #require(try world.upstream())
        #expect(owner?.write(.client, [5, 2]) == nil)
        owner?.close()
        var heard: [Plug.Read] = []
        #expect(
            world.run(for: .seconds(5)) {
                let read = client.read()
                if read != .nothing { heard.append(read) }
                return heard.count == 2
            })
        #expect(heard == [.bytes([5, 2]), .ended])
        guard case .broken = upstream.read() else {
            Issue.record("the upstream was closed in peace")
            return
        }
    }

    @Test func aRefusedConnectIsToldWithItsCause() throws {
        let world = try RelayWorld()
        var cause: SystemError?
        let nowhere: Endpoint
        do {
            let listener = try LoopbackListener()
            nowhere = listener.endpoint
        }
        let client = try world.open { _ in
            Scripted { owner, side in
                if side == .client {
                    owner.onReady = { owner, side in if side == .upstream { cause = owner.upstreamConnectError } }
                    if let socket = try? Socket.connect(to: nowhere) { owner.attach(upstream: socket) }
                }
            }
        }
        #expect(world.run(for: .seconds(5)) { cause != nil })
        #expect(cause?.isRefused == true)
        _ = client
    }
}

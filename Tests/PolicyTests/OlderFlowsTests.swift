import Policy
import Protocols
import Testing

/// What is older than the rules stays a debt of the guard's until the kernel says that it is gone.
@Suite struct OlderFlowsTests {
    private static let both = wish(users: ["monero": 107, "wallet": 108], confine: ["wallet"])

    /// Whoever made the table may have been killed before he destroyed anything, or may not have been able to.
    @Test(arguments: [GuardReading.Keeper.orphan, .us, .anybody])
    func ofATableThatWasThereItIsDoneAgain(_ keeper: GuardReading.Keeper) {
        var world = GuardWorld(table: table(of: wish(), keeper: keeper))
        world.destroyFails = "no memory"
        world.happen(.configured(wish()))
        #expect(world.table?.keeper == .us)
        #expect(world.machine.problem == "connections older than the guard's table may be left: no memory")
        #expect(world.heartbeats.allSatisfy { !$0.isProven })
        world.tick()
        #expect(world.destroyedOutward == [[107], [107]])
        world.destroyFails = nil
        world.tick()
        #expect(world.machine.problem == nil && world.heartbeats.last?.isProven == true)
        world.tick()
        #expect(world.destroyedOutward.count == 3, "once it is done it is done")
        #expect(world.destroyed == [], "what the rules allow goes on")
    }

    @Test func aStartWithoutAProblemTellsNone() {
        var world = GuardWorld(table: table(of: wish(), keeper: .orphan))
        world.happen(.configured(wish()))
        #expect(world.said == ["proven: the kernel holds monero (user 107)"])
        #expect(world.heartbeats.map(\.isProven) == [true])
    }

    /// Whoever keeps the table owes it himself, until he has ended.
    @Test func anothersTableIsAnothersDebt() {
        var world = GuardWorld(table: table(of: wish(), keeper: .another))
        world.happen(.configured(wish()))
        world.tick()
        #expect(world.destroyedOutward == [])
        world.table?.keeper = .orphan
        world.tick()
        #expect(world.destroyedOutward == [[107]])
        #expect(world.machine.problem == nil)
    }

    @Test func aRefusedStartOwesItUntilThereIsAConfiguration() {
        var world = GuardWorld(table: table(of: wish(), keeper: .orphan))
        world.happen(.refused("x.toml:1:1: no"))
        world.tick()
        #expect(world.destroyedOutward == [], "without a configuration nobody knows the marks")
        world.happen(.configured(wish(ports: [18081])))
        #expect(world.destroyedOutward == [[107]])
        #expect(world.machine.problem == nil)
    }

    @Test func aReloadForgetsNothing() {
        var world = GuardWorld()
        world.destroyFails = "no memory"
        world.happen(.configured(wish()))
        world.done = []
        // Nobody is new.
        world.happen(.configured(wish(ports: [18081])))
        #expect(world.destroyed == [[107]])
        #expect(world.machine.problem?.contains("no memory") == true)
        // Somebody is, and is no reason to forget the other.
        world.happen(.configured(Self.both))
        #expect(world.destroyed.last == [107, 108])
        world.destroyFails = nil
        world.tick()
        #expect(world.destroyed.last == [107, 108])
        #expect(world.machine.problem == nil)
    }

    /// He is told by his number in the table that others have opened, as he was before.
    @Test func aRepairThatFailsAtFirstOwesItAllTheSame() {
        var world = GuardWorld()
        world.happen(.configured(wish()))
        world.done = []
        world.table?.digest = "another"
        world.writeFails = .failed("no memory")
        world.happen(.changed)
        world.tick()
        #expect(world.destroyed == [], "without rules it would begin anew")
        world.writeFails = nil
        world.tick()
        #expect(world.destroyed == [[107]])
        #expect(world.machine.problem == nil)
    }

    @Test func ofWhomNobodyIsToHoldNothingIsOwed() {
        var world = GuardWorld()
        world.destroyFails = "no memory"
        world.happen(.configured(Self.both))
        world.happen(.configured(wish()))
        world.destroyFails = nil
        world.tick()
        #expect(world.destroyed.last == [107])
        #expect(world.machine.problem == nil)
    }
}

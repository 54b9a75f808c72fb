import Policy
import Protocols
import Testing

/// The guard against a kernel that does what kernels do.
@Suite struct GuardMachineTests {
    @Test func theFirstTableIsMadeOwnedReadBackAndOlderFlowsDestroyed() {
        var world = GuardWorld()
        world.happen(.configured(wish()))
        #expect(world.table?.digest == wish().digest)
        #expect(world.table?.keeper == .us)
        #expect(world.destroyed == [[107]])
        #expect(world.machine.problem == nil)
        #expect(world.machine.isSettled)
        #expect(world.said == ["proven: the kernel holds monero (user 107)"])
        #expect(world.heartbeats.count == 1)
        let heartbeat = world.machine.heartbeat
        #expect(heartbeat.isProven)
        #expect(heartbeat.digest == wish().digest)
        #expect(heartbeat.mode == .owned)
        #expect(heartbeat.repairs == 0)
        #expect(heartbeat.users.map(\.id) == [107])
        #expect(heartbeat.checkedAt == UTCTime(unixSeconds: 1000))
        // Nothing more happens by itself.
        world.done = []
        world.tick()
        #expect(world.done == [.read, .heartbeat])
        #expect(world.heartbeats.last?.checkedAt == UTCTime(unixSeconds: 1001))
    }

    @Test func whatIsThereAlreadyIsLeftAndAdopted() {
        var world = GuardWorld(table: table(of: wish(), keeper: .orphan))
        world.happen(.configured(wish()))
        #expect(world.replacements == 0)
        #expect(world.destroyed == [])
        #expect(world.destroyedOutward == [[107]])
        #expect(world.table?.handle == 900)
        #expect(world.table?.keeper == .us)
        #expect(world.machine.problem == nil)
    }

    @Test func aTableThatNeverHadAKeeperIsMadeAnewOnce() {
        var world = GuardWorld(table: table(of: wish(), keeper: .anybody))
        world.happen(.configured(wish()))
        #expect(world.replacements == 1)
        #expect(world.table?.keeper == .us)
        #expect(world.machine.repairs == 0)
        #expect(world.destroyed == [])
        // Where the guard does not want it for itself, it stays.
        world = GuardWorld(isOwned: false, table: table(of: wish(), keeper: .anybody))
        world.happen(.configured(wish()))
        #expect(world.replacements == 0)
    }

    @Test func aTableOfTheDescriptorInTheStoreIsNotTouched() {
        var world = GuardWorld(table: table(of: wish(), keeper: .us))
        world.happen(.configured(wish()))
        #expect(world.replacements == 0)
        #expect(!world.done.contains(.adopt))
        #expect(world.machine.problem == nil)
    }

    @Test func anOlderRulesetIsReplacedAndOnlyNewUsersFlowsAreDestroyed() {
        let new = wish(ports: [18081], users: ["monero": 107, "wallet": 108], confine: ["wallet"])
        var world = GuardWorld(table: table(of: wish(), keeper: .orphan))
        world.happen(.configured(new))
        #expect(world.table?.digest == new.digest)
        #expect(world.destroyed == [[108]])
        #expect(world.machine.repairs == 0)
        // A reload with another port: nobody is new.
        world.done = []
        let newer = wish(ports: [18082], users: ["monero": 107, "wallet": 108], confine: ["wallet"])
        world.happen(.configured(newer))
        #expect(world.table?.digest == newer.digest)
        #expect(world.replacements == 1)
        #expect(world.destroyed == [])
        #expect(world.machine.repairs == 0)
        #expect(world.machine.problem == nil)
    }

    @Test(arguments: [true, false]) func whatOthersTakeAwayIsPutBackAtOnce(_ isOwned: Bool) {
        var world = GuardWorld(isOwned: isOwned)
        world.happen(.configured(wish()))
        world.done = []
        for number in 1...3 {
            world.table = nil
            world.happen(.changed)
            #expect(world.table?.digest == wish().digest)
            #expect(world.machine.repairs == UInt64(number))
        }
        #expect(world.destroyed == [[107], [107], [107]])
        #expect(world.said.count { $0.contains("is gone") } == 3)
        #expect(world.machine.heartbeat.repairs == 3)
        world.table?.digest = "another"
        world.tick()
        #expect(world.table?.digest == wish().digest)
        #expect(world.machine.repairs == 4)
        #expect(world.said.contains { $0.contains("is another") })
    }

    @Test func aKernelThatCannotOwnIsWatched() {
        var world = GuardWorld()
        world.canOwn = false
        world.happen(.configured(wish()))
        #expect(world.table?.keeper == .anybody)
        #expect(world.machine.problem == nil)
        #expect(world.machine.heartbeat.mode == .watched)
        #expect(world.said.contains { $0.contains("6.9") })
        world.done = []
        world.tick()
        #expect(world.done == [.read, .heartbeat], "it is not asked again")
        // The same where the table is there already.
        world = GuardWorld(table: table(of: wish(), keeper: .orphan))
        world.canOwn = false
        world.happen(.configured(wish()))
        #expect(world.replacements == 0)
        #expect(world.machine.problem == nil)
    }

    @Test func aTableThatAnotherKeepsIsNoProof() {
        var world = GuardWorld(table: table(of: wish(), keeper: .another))
        world.happen(.configured(wish()))
        #expect(world.machine.problem?.contains("another program") == true)
        #expect(!world.done.contains(.adopt))
    }

    @Test func whatCannotBeReadOrWrittenIsNoProofUntilItCan() {
        var world = GuardWorld()
        world.writeFails = .failed("no memory")
        world.happen(.configured(wish()))
        #expect(world.machine.problem == "no memory")
        #expect(!world.machine.isSettled)
        world.done = []
        world.tick()
        #expect(world.replacements == 1, "once a second")
        world.writeFails = nil
        world.tick()
        #expect(world.machine.problem == nil)
        world.readFails = "no descriptor"
        world.tick()
        #expect(world.machine.problem == "no descriptor")
        #expect(world.heartbeats.last?.isProven == false)
        #expect(world.heartbeats.last?.digest == "")
        world.readFails = nil
        world.tick()
        #expect(world.machine.problem == nil)
        #expect(world.machine.repairs == 0)
    }

    /// It cannot be proven, but it is there.
    @Test func withoutADigestTheUsersAreHeldAllTheSame() {
        var world = GuardWorld()
        world.digest = { _ in "" }
        let wish = wish(digest: world.digest)
        world.happen(.configured(wish))
        #expect(world.table != nil && world.machine.isSettled)
        #expect(world.machine.problem?.contains("no SHA-256") == true)
        world.tick()
        world.tick()
        #expect(world.replacements == 1 && world.heartbeats.last?.isProven == false)
        world.table = nil
        world.tick()
        #expect(world.table != nil && world.machine.repairs == 1)
    }

    @Test func aKernelThatMakesSomethingElseOfItIsNotFoughtWith() {
        var world = GuardWorld()
        world.spoils = true
        world.happen(.configured(wish()))
        #expect(world.machine.problem?.contains("does not hold") == true)
        #expect(world.replacements == 1)
        world.tick()
        #expect(world.replacements == 2, "once a second")
        world.spoils = false
        world.tick()
        #expect(world.machine.problem == nil)
    }

    @Test func connectionsThatCannotBeDestroyedAreTriedAgainAndNothingIsProvenMeanwhile() {
        var world = GuardWorld()
        world.destroyFails = "no memory"
        world.happen(.configured(wish()))
        #expect(world.machine.problem?.contains("no memory") == true)
        #expect(world.heartbeats.allSatisfy { !$0.isProven })
        world.tick()
        #expect(world.destroyed == [[107], [107]])
        world.destroyFails = nil
        world.tick()
        #expect(world.machine.problem == nil)
        world.tick()
        #expect(world.destroyed.count == 3)
    }

    @Test func aStormOfChangesIsLookedAtAHundredTimesASecond() {
        var world = GuardWorld()
        world.happen(.configured(wish()))
        world.done = []
        for _ in 0..<500 { world.happen(.changed) }
        #expect(world.done.count == 100)
        world.happen(.asked)
        #expect(world.done.count == 101, "whoever asks is answered nevertheless")
        world.tick()
        world.happen(.changed)
        #expect(world.done.suffix(1) == [.read])
    }

    @Test func aProblemIsToldAtOnceAndOnce() {
        var world = GuardWorld()
        world.happen(.configured(wish()))
        let before = world.heartbeats.count
        world.readFails = "no descriptor"
        world.happen(.changed)
        #expect(world.heartbeats.count == before + 1)
        #expect(world.heartbeats.last?.problem == "no descriptor")
        #expect(world.said.last == "NOT PROVEN: no descriptor")
        world.happen(.changed)
        #expect(world.heartbeats.count == before + 1)
    }
}

/// Configurations that are refused, and names without a number: what the kernel holds is never let go by mistake.
@Suite struct GuardMachineRefusalTests {
    @Test func aRefusedReloadChangesNothing() {
        var world = GuardWorld()
        world.happen(.configured(wish()))
        let before = world.table
        world.done = []
        world.happen(.refused("x.toml:1:1: no"))
        world.tick()
        #expect(world.table == before)
        #expect(world.machine.problem == nil)
        #expect(world.said.contains { $0.contains("x.toml:1:1: no") && $0.contains("stays in force") })
    }

    @Test func aRefusedStartKeepsTheTableThatIsThere() {
        var world = GuardWorld(table: table(of: wish(), keeper: .orphan))
        world.happen(.refused("x.toml:1:1: no"))
        #expect(world.table?.digest == wish().digest)
        #expect(world.table?.keeper == .us, "kept from others")
        #expect(world.machine.problem == "x.toml:1:1: no")
        #expect(world.machine.isSettled)
        #expect(world.replacements == 0)
        guard case .failure(let refusal) = world.machine.canary(of: 107) else {
            Issue.record("a canary may dial")
            return
        }
        #expect(refusal.sentence.contains("x.toml:1:1: no"))
        // A good one mends it.
        world.happen(.configured(wish(ports: [18081])))
        #expect(world.machine.problem == nil)
        #expect(world.table?.digest == wish(ports: [18081]).digest)
    }

    @Test func aRefusedStartWithoutATableSaysThatNobodyIsHeld() {
        var world = GuardWorld()
        world.happen(.refused("x.toml:1:1: no"))
        #expect(world.table == nil)
        #expect(world.machine.problem?.contains("nobody is held") == true)
        #expect(!world.machine.isSettled)
    }

    @Test func whoDoesNotExistIsNamedAndTheOthersAreHeld() {
        let some = wish(users: ["monero": 107], confine: ["wallet"])
        var world = GuardWorld()
        world.happen(.configured(some))
        #expect(world.table?.digest == some.digest)
        #expect(world.machine.problem?.contains("wallet") == true)
        #expect(world.machine.isSettled)
        #expect((try? world.machine.canary(of: 107).get().name) == "monero")
        // He is made.
        world.happen(.configured(wish(users: ["monero": 107, "wallet": 108], confine: ["wallet"])))
        #expect(world.machine.problem == nil)
        #expect(world.machine.heartbeat.users.map(\.id) == [107, 108])
    }

    @Test func aNameThatLosesItsNumberLetsNobodyGo() {
        var world = GuardWorld()
        world.happen(.configured(wish()))
        let before = world.table
        world.happen(.configured(wish(users: [:])))
        world.tick()
        #expect(world.table == before)
        #expect(world.machine.problem?.contains("monero") == true)
        world.table = nil
        world.happen(.changed)
        #expect(world.table?.digest == wish().digest, "still kept")
        // The number comes back.
        world.happen(.configured(wish()))
        #expect(world.machine.problem == nil)
        // Another number is no mistake, also where somebody else is missing.
        world.happen(.configured(wish(users: ["monero": 307], confine: ["wallet"])))
        #expect(world.table?.digest == wish(users: ["monero": 307], confine: ["wallet"]).digest)
        world.happen(.configured(wish(users: ["monero": 207])))
        #expect(world.table?.digest == wish(users: ["monero": 207]).digest)
        #expect(world.destroyed.last == [207])
    }

    @Test func aStartWithoutTheUserDoesNotLetGoOfHimEither() {
        var world = GuardWorld(table: table(of: wish(), keeper: .orphan))
        world.happen(.configured(wish(users: [:])))
        world.tick()
        #expect(world.table?.digest == wish().digest)
        #expect(world.table?.keeper == .us)
        #expect(world.machine.problem?.contains("monero") == true)
        #expect(world.machine.isSettled)
        #expect(world.replacements == 0)
    }

    @Test func onlyWhomTheKernelHoldsMayDial() {
        var world = GuardWorld()
        #expect((try? world.machine.canary(of: 107).get().name) == nil)
        world.happen(.configured(wish()))
        #expect((try? world.machine.canary(of: 107).get().name) == "monero")
        guard case .failure(let refusal) = world.machine.canary(of: 1000) else {
            Issue.record("anybody may dial")
            return
        }
        #expect(refusal.sentence.contains("1000"))
        #expect(refusal.sentence.contains("monero"))
        world.readFails = "no descriptor"
        world.tick()
        #expect((try? world.machine.canary(of: 107).get().name) == nil)
    }

    @Test func aCanaryIsToldAsLongAsItsUserIsHeld() {
        var world = GuardWorld()
        let canary = GuardHeartbeat.Canary(at: UTCTime(unixSeconds: 1), isProven: true, detail: "x")
        world.happen(.configured(wish()))
        world.machine.record(canary, of: 107)
        world.machine.record(canary, of: 1000)
        #expect(world.machine.heartbeat.users.map(\.canary) == [canary])
        world.happen(.configured(wish(users: ["monero": 207])))
        #expect(world.machine.heartbeat.users.map(\.canary) == [nil])
    }
}

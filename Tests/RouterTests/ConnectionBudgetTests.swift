import Testing

@testable import Router

/// How many connections the descriptors allow, and that no listener starves another.
@Suite struct ConnectionBudgetTests {
    @Test(arguments: [0, 1, 8, 20, 64, 256, 1024, 4096, 20_000, 524_288, 1 << 20])
    func itNeverPromisesMoreThanThereAre(_ descriptors: Int) {
        let budget = ConnectionBudget(descriptors: descriptors)
        #expect(budget.limit >= 1)
        #expect(2 * budget.limit + 2 * budget.pipes <= max(descriptors, 2))
        #expect(budget.pipes <= 896)
        if descriptors >= 256 {
            #expect(descriptors - 2 * budget.limit - 2 * budget.pipes >= 64, "for all that is no connection")
            #expect(4 * budget.limit >= descriptors, "and most of them are for connections")
        }
    }

    @Test(arguments: [1, 2, 3], [256, 1024, 20_000])
    func aFloodedListenerLeavesTheOthersTheirShare(_ listeners: Int, _ descriptors: Int) {
        var budget = ConnectionBudget(descriptors: descriptors)
        budget.listeners = listeners
        var flooded = 0
        while budget.allows(flooded) {
            budget.opened()
            flooded += 1
            guard flooded <= descriptors else { break }
        }
        #expect(flooded <= budget.limit)
        for _ in 1..<max(listeners, 1) {
            var other = 0
            while other < 8, budget.allows(other) {
                budget.opened()
                other += 1
            }
            #expect(other == 8)
        }
        #expect(budget.open <= budget.limit)
    }

    @Test(arguments: [16, 256, 20_000])
    func whatWasPausedResumesOnceAndNotWithEachConnection(_ descriptors: Int) {
        var budget = ConnectionBudget(descriptors: descriptors)
        budget.listeners = 3
        var open = 0
        while budget.allows(open) {
            budget.opened()
            open += 1
        }
        #expect(!budget.hasRoom(open))
        let most = open
        while !budget.hasRoom(open), open > 0 {
            budget.closed()
            open -= 1
        }
        #expect(budget.hasRoom(open), "an empty listener always resumes")
        #expect(budget.allows(open))
        #expect(most - open >= most / 10, "room for some, so that it does not pause again at once")
    }
}

import Protocols
import Testing

@testable import Policy

/// What was learnt of who tells outputs, over a reload.
@Suite struct OutputsTrustTests {
    private let start = Instant(milliseconds: 1_000_000)

    private func after(_ seconds: Int) -> Instant { start + .seconds(seconds) }

    private func trust(disputedAfter seconds: Int) -> OutputsTrust {
        var trust = OutputsTrust(listener: 0)
        trust.disputed([0, 1], now: after(seconds))
        return trust
    }

    @Test func anOlderDisputeShortensNoLaterOne() {
        var trust = trust(disputedAfter: 300)
        trust.takeOver(from: self.trust(disputedAfter: 0), 0, as: 0)
        #expect(trust.isDisputed(after(899)) && !trust.isDisputed(after(900)))
    }

    @Test func aLaterOneLengthensAnOlder() {
        var trust = trust(disputedAfter: 0)
        trust.takeOver(from: self.trust(disputedAfter: 300), 1, as: 0)
        #expect(trust.isDisputed(after(899)) && !trust.isDisputed(after(900)))
    }

    /// Who did not answer is not said to have answered otherwise.
    @Test func whoIsSilentIsCalledSo() {
        var old = OutputsTrust(listener: 1)
        old.disputed([0], silent: [1], now: start)
        let silent = old.threats(now: start)
        #expect(silent.count == 1 && silent[0].hasPrefix("wallet.1.node.1 did not answer which outputs there are"))
        var new = OutputsTrust(listener: 1)
        for node in 0..<2 { new.takeOver(from: old, node, as: node) }
        #expect(new.threats(now: start) == silent && new.isDisputed(after(599)))
    }

    @Test func itIsOfTheNodesThatAreStillThere() {
        var trust = OutputsTrust(listener: 1)
        trust.takeOver(from: self.trust(disputedAfter: 0), 1, as: 2)
        #expect(trust.isDisputed(after(599)))
        #expect(trust.threats(now: after(599)).contains { $0.hasPrefix("wallet.1.node.2 answered differently") })
        var other = OutputsTrust(listener: 1)
        other.takeOver(from: self.trust(disputedAfter: 0), 2, as: 0)
        #expect(!other.isDisputed(after(1)))
    }
}

import Policy
import Protocols
import Testing

struct VPNReadinessTests {
    private let now = Instant(milliseconds: 1000)
    private static let resolver = IPAddress("10.64.0.1") ?? .v4(IPv4Address(bits: 0))

    private func link(
        _ index: UInt32 = 3, isUp: Bool = true, hasCarrier: Bool = true, has addresses: [String] = ["10.64.0.2"]
    ) -> Link {
        Link(
            index: index, name: "wg0", isUp: isUp, hasCarrier: hasCarrier,
            addresses: Set(addresses.compactMap { IPAddress($0) }))
    }

    private func machine(_ prover: IPAddress = resolver) -> VPNReadiness {
        VPNReadiness(interface: "wg0", prover: prover, called: "the resolver \(prover)")
    }

    private func ready() -> VPNReadiness {
        var machine = machine()
        _ = machine.linkIs(link(), now: now)
        _ = machine.tick(now)
        machine.probeSucceeded(now)
        #expect(machine.readiness == EgressReadiness(.ready, "the resolver 10.64.0.1, through wg0, answers"))
        return machine
    }

    @Test func nothingIsProvenBeforeTheKernelAndTheResolverHaveAnswered() {
        var machine = machine()
        #expect(machine.readiness.state == .starting)
        #expect(machine.tick(now) == false)
        #expect(machine.linkIs(link(), now: now) == false)
        #expect(machine.readiness.state == .starting)
        #expect(machine.tick(now) == true)
        #expect(machine.readiness.state == .starting)
    }

    @Test func eachObstacleHasItsSentence() {
        let cases: [(Link?, String)] = [
            (nil, "the interface wg0 does not exist: is the VPN's program running?"),
            (link(isUp: false), "wg0 is down: start the VPN, or `ip link set wg0 up`"),
            (link(hasCarrier: false), "wg0 has no carrier: is the VPN's program running?"),
            (link(has: []), "wg0 has no address: the VPN is not connected yet"),
            (link(has: ["fd64::2"]), "wg0 has no IPv4 address, and 10.64.0.1 needs one"),
        ]
        for (link, sentence) in cases {
            var machine = machine()
            #expect(machine.linkIs(link, now: now) == false)
            #expect(machine.readiness == EgressReadiness(.down, sentence))
            #expect(machine.tick(now) == false)
            #expect(machine.deadline == nil && machine.addresses.isEmpty)
        }
    }

    @Test func everyLossIsDownOrStartingAndCutsWhatIsOpen() {
        let losses: [(Link?, Readiness)] = [
            (nil, .down), (link(isUp: false), .down), (link(hasCarrier: false), .down), (link(has: []), .down),
            (link(4), .starting), (link(has: ["10.64.0.3"]), .starting),
        ]
        for (link, state) in losses {
            var machine = ready()
            #expect(machine.linkIs(link, now: now) == true)
            #expect(machine.readiness.state == state)
        }
    }

    @Test func anotherInterfaceIsProvenAnewAtOnce() {
        var machine = ready()
        _ = machine.linkIs(link(4), now: now)
        #expect(machine.tick(now) == true)
    }

    @Test func aFurtherAddressCutsNothing() {
        var machine = ready()
        #expect(machine.linkIs(link(has: ["10.64.0.2", "fd64::2"]), now: now) == false)
        #expect(machine.readiness.isReady)
        #expect(machine.linkIs(link(has: ["10.64.0.2"]), now: now) == true)
    }

    @Test func theSameNewsTwiceIsNoNews() {
        var machine = ready()
        #expect(machine.linkIs(link(), now: now) == false)
        #expect(machine.readiness.isReady)
    }

    @Test func aProbeThatFailsSaysSoAndIsRepeated() {
        var machine = ready()
        let later = now + .seconds(10)
        #expect(machine.tick(later + .milliseconds(-1)) == false)
        #expect(machine.tick(later) == true)
        machine.probeFailed("does not answer", now: later)
        #expect(
            machine.readiness == EgressReadiness(.failing, "the resolver 10.64.0.1, through wg0, does not answer"))
        #expect(machine.tick(later + .seconds(1)) == true)
        machine.probeSucceeded(later)
        #expect(machine.readiness.isReady)
    }

    @Test func aProbeOfATunnelThatIsGoneProvesNothing() {
        var machine = machine()
        _ = machine.linkIs(link(), now: now)
        _ = machine.tick(now)
        _ = machine.linkIs(nil, now: now)
        machine.probeSucceeded(now)
        #expect(machine.readiness.state == .down)
    }

    @Test func withoutTheKernelsWordNothingPasses() {
        var machine = ready()
        machine.cannotWatch("cannot ask the kernel")
        #expect(machine.readiness == EgressReadiness(.down, "cannot ask the kernel"))
        #expect(machine.tick(now) == false)
        #expect(machine.linkIs(link(), now: now) == false)
        #expect(machine.tick(now) == true)
    }
}

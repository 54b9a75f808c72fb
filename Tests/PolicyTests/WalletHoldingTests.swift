import Policy
import Testing

/// How much of a node's answer is held, and how long, before it is given on as it comes.
@Suite struct WalletHoldingTests {
    private static let mebibyte = 1 << 20

    @Test(arguments: [
        (WalletRequest.sync(), mebibyte), (.distribution, WalletCall.longestHeld), (.fee, mebibyte),
    ])
    func itIsHeldUpToItsLimit(_ request: WalletRequest, _ limit: Int) {
        #expect(request.call.holdLimit == limit)
        #expect(request.call.holds(limit, for: .seconds(1)))
        #expect(!request.call.holds(limit + 1, for: .seconds(1)))
    }

    /// More than a megabyte that comes slowly is given on after a minute: the dispatcher would give the node up though it sends.
    @Test func whatIsLongAndSlowIsGivenOnAfterAMinute() {
        let call = WalletRequest.distribution.call
        #expect(call.holds(Self.mebibyte + 1, for: .seconds(60)))
        #expect(!call.holds(Self.mebibyte + 1, for: .seconds(61)))
        #expect(call.holds(Self.mebibyte, for: .seconds(600)))
    }
}

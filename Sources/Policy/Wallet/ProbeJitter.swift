import Protocols

/// Times spread at random, so that what is done again and again has no beat to be known by. The numbers follow from
/// the seed (SplitMix64): they hide a rhythm, and keep no secret.
struct ProbeJitter: Sendable {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    /// A duration between these two.
    mutating func duration(_ shortest: Duration, _ longest: Duration) -> Duration {
        state &+= 0x9e37_79b9_7f4a_7c15
        var bits = state
        bits = (bits ^ (bits >> 30)) &* 0xbf58_476d_1ce4_e5b9
        bits = (bits ^ (bits >> 27)) &* 0x94d0_49bb_1331_11eb
        bits ^= bits >> 31
        let span = UInt64(clamping: (longest - shortest).milliseconds)
        return shortest + .milliseconds(Int64(clamping: bits % (span &+ 1)))
    }
}

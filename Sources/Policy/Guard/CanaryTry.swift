/// One try of the canary, as the canary itself saw it. What the guard's counter says decides.
public struct CanaryTry: Hashable, Sendable {
    /// How a try ended, for who tried.
    public enum Outcome: String, Hashable, Sendable, CaseIterable {
        /// It failed, as it must.
        case failed
        /// The kernel had no way there (or no such protocol): nothing was sent, and nothing is proven.
        case noRoute = "no-route"
        /// It got through, or an answer came: nothing holds this user.
        case passed
    }

    /// What was tried.
    public var probe: CanaryProbe
    /// How it ended.
    public var outcome: Outcome
    /// The kernel's words for it, such as "Connection refused"; empty where it passed.
    public var error: String

    /// A try of this end.
    public init(probe: CanaryProbe, outcome: Outcome, error: String) {
        self.probe = probe
        self.outcome = outcome
        self.error = error
    }
}

/// What the guard says of a canary that has tried everything.
public struct CanaryVerdict: Hashable, Sendable {
    /// One try, and how many packets of it the guard counted.
    public struct Counted: Hashable, Sendable {
        /// What was tried.
        public var probe: CanaryProbe
        /// By how much the guard's own counter of this probe rose.
        public var packets: UInt64
        /// How it ended, for who tried.
        public var outcome: CanaryTry.Outcome

        /// A try of this count.
        public init(probe: CanaryProbe, packets: UInt64, outcome: CanaryTry.Outcome) {
            self.probe = probe
            self.packets = packets
            self.outcome = outcome
        }
    }

    /// Whether it was the guard that stopped what was tried.
    public var isProven: Bool
    /// In a sentence.
    public var detail: String
    /// Each try.
    public var tries: [Counted]

    /// A verdict of these.
    public init(isProven: Bool, detail: String, tries: [Counted]) {
        self.isProven = isProven
        self.detail = detail
        self.tries = tries
    }
}

/// How an egress is, and why, in words that a person can act on.
public struct EgressReadiness: Hashable, Sendable {
    /// Whether it is proven.
    public var state: Readiness
    /// Why: "bootstrapped 45 %: loading relay descriptors".
    public var detail: String

    /// A state and its reason.
    public init(_ state: Readiness, _ detail: String) {
        self.state = state
        self.detail = detail
    }

    /// Whether streams may go this way now.
    public var isReady: Bool { state == .ready }
}

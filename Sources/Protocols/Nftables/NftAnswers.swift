/// The kernel's answers to a batch: each message between its begin and its end is acknowledged, or all are refused.
public struct NftAnswers: Sendable {
    /// What became of the batch.
    public enum Outcome: Hashable, Sendable {
        /// All of it was done.
        case done
        /// None of it was done, since the kernel refused a step with this `errno`; no step where it refused the batch as a
        /// whole.
        case refused(step: Int?, Int32)
        /// There were fewer answers than steps.
        case unanswered
    }

    private let first: UInt32
    private let count: Int
    private var acknowledged: Set<UInt32> = []
    private var refusal: Outcome?

    /// None yet.
    public init(to batch: NftBatch) {
        first = batch.first
        count = batch.steps.count
    }

    /// Takes one datagram.
    public mutating func take(_ datagram: Span<UInt8>) {
        var messages = NetlinkMessages()
        while let message = try? messages.next(in: datagram) {
            guard message.type == NetlinkMessage.error, let code = message.errorCode(in: datagram) else { continue }
            let place = message.sequence &- first
            guard place <= UInt32(truncatingIfNeeded: count + 1) else { continue }
            let step = place > 0 && place <= UInt32(truncatingIfNeeded: count) ? Int(place) - 1 : nil
            if code == 0 {
                if step != nil { acknowledged.insert(place) }
            } else if refusal == nil {
                // What comes after the first is often its consequence.
                refusal = .refused(step: step, code)
            }
        }
    }

    /// What they say so far.
    public var outcome: Outcome {
        refusal ?? (acknowledged.count == count ? .done : .unanswered)
    }
}

import EventLoop
import Policy
import Protocols

/// The driver of `StalledStreams`. It looks each second while the node waits for an answer, and not at all while nobody
/// does.
extension Router {
    /// The node has asked a peer for blocks.
    func watchForStalls() {
        if !stallLook.isPending { stallLook.schedule(after: StalledStreams.Limits.interval) }
    }

    /// Only of streams that Tor isolates by a key of ours: there a fresh circuit is to be had, and for it the times were
    /// measured.
    func lookForStalls() {
        var waiting: [StalledStreams.Stream] = []
        var heard: Set<UInt32> = []
        table.takePulses { pulse in
            guard pulse.tag.isolationKey != 0 else { return }
            if pulse.hasHeard { heard.insert(pulse.tag.egress) }
            guard pulse.isAwaiting else { return }
            waiting.append(
                StalledStreams.Stream(
                    number: pulse.tag.number, egress: pulse.tag.egress, isSilent: !pulse.hasHeard && !pulse.isHeldUp))
        }
        guard !waiting.isEmpty else { return stalledStreams.rest() }
        let outcome = stalledStreams.look(at: waiting, heard: heard, now: loop.now, random: &random)
        stallLook.schedule(after: StalledStreams.Limits.interval)
        if !outcome.cut.isEmpty { cutStalled(Set(outcome.cut)) }
        if outcome.reachedLimit { onEvent(.stallsLeft(at: time)) }
    }

    private func cutStalled(_ numbers: Set<UInt64>) {
        let count = table.cut { tag in
            guard numbers.contains(tag.number) else { return false }
            // The circuit is dead: with the same key Tor would put the next stream on it again.
            isolation.retire(tag.isolationKey)
            egresses.first { $0.id == tag.egress }?.stalled += 1
            return true
        }
        if count > 0 { onEvent(.stalled(count: UInt64(count), at: time)) }
    }
}

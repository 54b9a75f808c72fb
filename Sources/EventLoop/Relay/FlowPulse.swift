internal import Protocols

/// Whether a relay moves what its client waits for.
public struct FlowPulse: Hashable, Sendable {
    /// What it was let through as, with its number.
    public let tag: FlowTag
    /// The client has asked its peer for blocks (Levin 2003 or 2006), and the answer has not come whole.
    public let isAwaiting: Bool
    /// Bytes of the peer came since the last look.
    public let hasHeard: Bool
    /// Something of ours is in the way: bytes that came and that the client does not take, or bytes of the client that
    /// the upstream does not take. Silence says nothing then.
    public let isHeldUp: Bool
}

/// Which relays wait for an answer. Nothing here runs by itself: who was told `onAsked` looks, as long as he finds any.
extension FlowTable {
    /// Looks at every relay, once; what was heard counts until the next look.
    public func takePulses(_ body: (FlowPulse) -> Void) {
        var flow = unsafe first
        while let current = unsafe flow {
            unsafe flow = unsafe current.pointee.next
            guard unsafe current.pointee.owner == nil else { continue }
            // Where one direction has lost its way nobody knows whether an answer is due.
            let isFollowed = unsafe current.pointee.up.isFollowed && current.pointee.down.isFollowed
            body(
                FlowPulse(
                    tag: unsafe current.pointee.tag, isAwaiting: unsafe isFollowed && current.pointee.isAwaiting,
                    hasHeard: unsafe current.pointee.hasHeard, isHeldUp: unsafe isHeldUp(current)))
            unsafe current.pointee.hasHeard = false
        }
    }

    private func isHeldUp(_ flow: UnsafeMutablePointer<FlowState>) -> Bool {
        unsafe !flow.pointee.up.isEmpty || !flow.pointee.down.isEmpty || flow.pointee.upstream.isReadable
            || !flow.pointee.client.isWritable
    }

    /// Follows both directions from here on, `prefix` being the first bytes of the client.
    func follow(_ flow: UnsafeMutablePointer<FlowState>, from prefix: [UInt8]) {
        unsafe flow.pointee.up.walk = LevinWalk(.blockRequests)
        unsafe flow.pointee.up.hasPassed = unsafe flow.pointee.up.walk.read(prefix.span)
        unsafe flow.pointee.up.isFollowed = unsafe flow.pointee.up.walk.isFollowing
        unsafe flow.pointee.down.walk = LevinWalk(.blockAnswers)
        unsafe flow.pointee.down.isFollowed = true
    }

    /// The first `count` bytes of the loop's buffer were read.
    func follow(_ direction: UnsafeMutablePointer<FlowDirection>, read count: Int) {
        let bytes = unsafe UnsafeBufferPointer(start: loop.scratch, count: count)
        if unsafe direction.pointee.walk.read(bytes.span) { unsafe direction.pointee.hasPassed = true }
        unsafe direction.pointee.isFollowed = unsafe direction.pointee.walk.isFollowing
    }

    /// So many bytes went into the pipe, which nobody has seen.
    func follow(_ direction: UnsafeMutablePointer<FlowDirection>, skipped count: Int) {
        if unsafe direction.pointee.walk.skip(count) { unsafe direction.pointee.hasPassed = true }
        unsafe direction.pointee.isFollowed = unsafe direction.pointee.walk.isFollowing
    }

    /// Messages of interest have passed. An answer that stands in the same turn as a request is the request's: the
    /// client's bytes are moved first, and a node that has one request open sends the next only after its answer.
    func followAnswers(_ flow: UnsafeMutablePointer<FlowState>) {
        let wasAsked = unsafe flow.pointee.up.hasPassed
        let wasAnswered = unsafe flow.pointee.down.hasPassed
        unsafe flow.pointee.up.hasPassed = false
        unsafe flow.pointee.down.hasPassed = false
        unsafe flow.pointee.isAwaiting = !wasAnswered
        if wasAsked, !wasAnswered { onAsked() }
    }
}

/// What a driver asks of a node's stream between two events.
extension NodeConnection {
    /// Whether a refusal is shown by a reset: the client reads no reply of ours.
    public var refusesByReset: Bool { if case .socks = ingress { false } else { true } }

    /// Whether it waits for an egress.
    public var isHolding: Bool { if case .holding = state { true } else { false } }

    /// Whether the first frame is awaited: the node's when the upstream is connected, a peer's before.
    public var wantsFirstFrame: Bool { if case .firstFrame = state { true } else { false } }

    /// Whether bytes of the client are wanted now. In every other state they stay in the kernel.
    public var wantsClientBytes: Bool {
        switch state {
        case .handshake, .firstFrame: true
        default: false
        }
    }

    /// Whether bytes of the upstream are wanted now.
    public var wantsUpstreamBytes: Bool { if case .upstream = state { true } else { false } }

    /// Whether it was given an upstream, and is not relayed yet.
    public var isUnderWay: Bool {
        switch state {
        case .dialling, .upstream, .unexplained: true
        case .firstFrame: if case .inbound = ingress { false } else { true }
        case .handshake, .routing, .holding, .ended: false
        }
    }

    /// Whether the upstream's connect is not decided yet.
    public var isDialling: Bool { if case .dialling = state { true } else { false } }
}

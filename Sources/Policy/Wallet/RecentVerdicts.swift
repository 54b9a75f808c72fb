import Protocols

/// The heads and bodies that a wallet sent lately on one connection, and what was made of them.
///
/// A wallet that polls asks the same few things for hours, by the same bytes: they are judged once. What says
/// something of a transaction is not kept here.
struct RecentVerdicts {
    private struct Head {
        let head: HTTPRequestHead
        let target: WalletGate.Target
    }

    private struct Body {
        let target: WalletGate.Target
        let bytes: [UInt8]
        let request: WalletRequest
    }

    private static let capacity = 4
    private static let longest = 2048

    private var heads: [Head] = []
    private var oldestHead = 0
    private var bodies: [Body] = []
    private var oldestBody = 0

    /// What a head was aimed at that was admitted; nil where it is not known.
    func target(_ head: HTTPRequestHead) -> WalletGate.Target? {
        for kept in heads where kept.head == head { return kept.target }
        return nil
    }

    /// Keeps a head that was admitted, in the oldest's place.
    mutating func keep(_ head: HTTPRequestHead, _ target: WalletGate.Target) {
        let new = Head(head: head, target: target)
        guard heads.count == Self.capacity else { return heads.append(new) }
        heads[oldestHead] = new
        oldestHead = (oldestHead &+ 1) % Self.capacity
    }

    /// What was made of this body where it was sent to the same target; nil where it is not known.
    func request(_ target: WalletGate.Target, body: [UInt8]) -> WalletRequest? {
        for kept in bodies
        where kept.bytes.count == body.count && kept.target.isSame(as: target) && body.span.begins(with: kept.bytes) {
            return kept.request
        }
        return nil
    }

    /// Keeps a body that was passed on, in the oldest's place.
    mutating func keep(_ target: WalletGate.Target, body: [UInt8], _ request: WalletRequest) {
        switch request.call.role {
        case .plain, .version, .fee: break
        case .outputs, .transaction, .revealing: return
        }
        guard body.count <= Self.longest, request.call.purpose == .sync else { return }
        let new = Body(target: target, bytes: body, request: request)
        guard bodies.count == Self.capacity else { return bodies.append(new) }
        bodies[oldestBody] = new
        oldestBody = (oldestBody &+ 1) % Self.capacity
    }
}

extension WalletGate.Target {
    fileprivate func isSame(as other: WalletGate.Target) -> Bool {
        switch (self, other) {
        case (.jsonRPC, .jsonRPC): true
        case (.path(let one), .path(let other)): one === other
        case (.jsonRPC, .path), (.path, .jsonRPC): false
        }
    }
}

/// Follows one direction of a stream of Levin messages by their lengths, and says when one of interest has passed
/// whole. It keeps no byte of the stream: 16 bytes of its own, so that each of many thousand relays can have two.
///
/// Only headers are read. A body may pass unread, as it does through a pipe in the kernel, and is counted. What is not
/// Levin ends the walk for good: the walker says nothing from then on, and never guesses where a message might begin.
/// (A message sent in fragments is, by its headers, fragments only: it is none of interest.)
public struct LevinWalk: Sendable {
    /// Which messages are of interest.
    public enum Interest: UInt8, Sendable {
        /// None: nothing is followed.
        case nothing
        /// What a node asks a peer for while it syncs: blocks, or the hashes of a chain.
        case blockRequests
        /// What answers these.
        case blockAnswers
    }

    /// In a header: its length as far as it was read. In a body: what is still to come of it.
    private var length: UInt64 = 0
    private var command: UInt32 = 0
    /// How many bytes of the header have passed; `LevinHeader.size` while in the body.
    private var place: UInt8 = 0
    private var interest: Interest

    /// A walk from the first byte of a stream on.
    public init(_ interest: Interest) {
        self.interest = interest
    }

    /// Whether it knows where it is.
    public var isFollowing: Bool { interest != .nothing }

    /// How many of the next bytes need not be read: the rest of a body; any number where nothing is followed.
    public var unread: Int {
        guard isFollowing else { return .max }
        return place == Self.body ? Int(truncatingIfNeeded: length) : 0
    }

    /// The next bytes of the stream, all of them.
    ///
    /// - Returns: whether the last byte of a message of interest was among them.
    public mutating func read(_ bytes: Span<UInt8>) -> Bool {
        var passed = false
        var index = 0
        while isFollowing, index < bytes.count {
            if place < Self.body {
                read(bytes[index])
                index &+= 1
            } else {
                let part = Swift.min(length, UInt64(truncatingIfNeeded: bytes.count &- index))
                length &-= part
                index &+= Int(truncatingIfNeeded: part)
            }
            if endMessage() { passed = true }
        }
        return passed
    }

    /// So many bytes of the stream pass unread: `unread` at the most, else it has lost its way.
    ///
    /// - Returns: whether the last byte of a message of interest was among them.
    public mutating func skip(_ count: Int) -> Bool {
        guard isFollowing, count > 0 else { return false }
        guard count <= unread else {
            interest = .nothing
            return false
        }
        length &-= UInt64(truncatingIfNeeded: count)
        return endMessage()
    }

    private static let body = UInt8(truncatingIfNeeded: LevinHeader.size)

    /// One byte of a header.
    private mutating func read(_ byte: UInt8) {
        let place = place
        self.place &+= 1
        switch place {
        case 0..<8: expect(byte, LevinHeader.signature >> UInt64(8 * place))
        case 8..<16:
            length |= UInt64(byte) << UInt64(8 * (place - 8))
            if place == 15, length > LevinHeader.longestBody { interest = .nothing }
        case 17..<21: command |= UInt32(byte) << UInt32(8 * (place - 17))
        case 29..<33: expect(byte, UInt64(LevinHeader.version) >> UInt64(8 * (place - 29)))
        default: break  // whether a response is expected, a response's result, and what the message is
        }
    }

    private mutating func expect(_ byte: UInt8, _ wanted: UInt64) {
        if byte != UInt8(truncatingIfNeeded: wanted) { interest = .nothing }
    }

    /// Begins anew where a message has ended.
    ///
    /// - Returns: whether it was one of interest.
    private mutating func endMessage() -> Bool {
        guard isFollowing, place == Self.body, length == 0 else { return false }
        let isOfInterest =
            switch interest {
            case .nothing: false
            case .blockRequests: command == LevinHeader.requestBlocks || command == LevinHeader.requestChain
            case .blockAnswers: command == LevinHeader.blocks || command == LevinHeader.chain
            }
        place = 0
        command = 0
        return isOfInterest
    }
}

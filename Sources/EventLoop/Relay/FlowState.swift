internal import CLibevent
internal import Protocols

/// What a relay was let through as. The loop does not read it; whoever cuts relays does.
public struct FlowTag: Hashable, Sendable {
    /// The first half of the destination's address, or zero.
    public var addressHigh: UInt64 = 0
    /// The second half of the destination's address, or zero.
    public var addressLow: UInt64 = 0
    /// The isolation key in use, or zero.
    public var isolationKey: UInt64 = 0
    /// The egress it goes by.
    public var egress: UInt32 = 0
    /// The listener it came from.
    public var listener: UInt32 = 0
    /// The user who has the client's socket, or `unknownOwner`.
    public var owner = unknownOwner
    /// The destination's port.
    public var port: UInt16 = 0
    /// Its number in this table, never used again; zero until it is relayed.
    public var number: UInt64 = 0
    /// The request's class.
    public var requestClass: UInt8 = 0
    /// The destination's kind.
    public var destinationKind: UInt8 = 0
    /// Whether the destination is an address, and not a name.
    public var hasAddress = false
    /// Whether the destination is a name of a local network.
    public var isLocalName = false

    /// A number that no user has: (uid_t)-1.
    public static let unknownOwner = UInt32.max

    /// A tag of zeros, and of no owner.
    public init() {}
}

/// One of the two sockets of a flow.
@unsafe struct FlowSocket {
    /// Lives here, so that a relay is one allocation.
    var event = unsafe CLibevent.event()
    var flow: UnsafeMutablePointer<FlowState>?
    var descriptor: Int32 = -1
    /// An edge said readable, and no read has said that it would block since.
    var isReadable = false
    /// No write has said that it would block since the last edge.
    var isWritable = true
    /// The peer's end was announced.
    var sawEnd = false
    /// It is never closed in order: see `FlowOwner.attach`.
    var endsByReset = false
}

/// One direction of a flow: what was read and is not written yet.
@unsafe struct FlowDirection {
    /// Bytes that a copy could not write at once.
    var spill: UnsafeMutablePointer<UInt8>?
    var spillOffset: Int32 = 0
    var spillCount: Int32 = 0
    /// The pipe that splice(2) goes through; -1 when none is held.
    var pipeRead: Int32 = -1
    var pipeWrite: Int32 = -1
    var pipeFill: Int32 = 0
    /// A read filled the buffer: move by splice until reads are small again.
    var isBusy = false
    /// How many reads in a row were small while it was busy.
    var lightReads: UInt8 = 0
    /// The source's kernel tells of a good portion only; see `FlowTable.bePatient`.
    var isPatient = false
    /// Bytes that came since it was looked at last, while it is patient.
    var passed: Int32 = 0
    /// The sink was told that more comes, and holds back a part of a segment for it.
    var isHeldBack = false
    /// The source has ended.
    var sourceEnded = false
    /// The end was passed on.
    var endForwarded = false
    /// `walk` knows where it is. Never in a stream that is none of the node's.
    var isFollowed = false
    /// A message of interest has passed whole since the last look.
    var hasPassed = false
    /// Where it is among Levin's messages.
    var walk = LevinWalk(.nothing)

    var isEmpty: Bool { unsafe spillCount == 0 && pipeFill == 0 }
}

/// A client socket, an upstream socket, and what lies between. One allocation of about 520 bytes; an idle relay
/// has this, two descriptors, and nothing else.
@unsafe struct FlowState {
    var client = unsafe FlowSocket()
    var upstream = unsafe FlowSocket()
    var up = unsafe FlowDirection()
    var down = unsafe FlowDirection()
    var table: Unmanaged<FlowTable>
    /// Who handles it until it is relayed; nil from then on.
    var owner: Unmanaged<FlowOwner>?
    var traffic: UnsafeMutablePointer<TrafficCount>?
    var previous: UnsafeMutablePointer<FlowState>?
    var next: UnsafeMutablePointer<FlowState>?
    var tag = FlowTag()
    /// How often the sweep found it ending with nothing moving.
    var quietSweeps: UInt8 = 0
    /// The client has asked for blocks, and the answer has not passed whole.
    var isAwaiting = false
    /// Bytes of the upstream came since `takePulses` looked.
    var hasHeard = false
    /// Where it stands among the patient ones; -1: it is none.
    var patientPlace: Int32 = -1
}

/// Bytes of one listener, in all its relays.
struct TrafficCount {
    var up: UInt64 = 0
    var down: UInt64 = 0
}

internal import CLinux
public import EventLoop
public import Protocols

/// Loads, reads back and removes tables of the kernel's packet filter, in the network namespace that it was opened in.
/// It needs CAP_NET_ADMIN. Nothing waits: the kernel answers within the call that asks.
///
/// What this socket owns is its own until it is closed. A copy of the descriptor, held by the service manager while this
/// program is started anew, keeps it; then `init(adopting:)` has it again.
public final class NftablesSocket {
    /// What the kernel holds under a table's name.
    public struct Holding: Hashable, Sendable {
        /// What is in it.
        public let contents: NftContents
        /// Whether it is this socket's own, so that no other program can change it.
        public let isOurs: Bool
        /// Whether it is another socket's own.
        public let isAnothers: Bool
        /// Whether it stays when its owner ends.
        public let isPersistent: Bool
        /// The kernel's number of it; a table that is made anew has another, and its counters have begun anew.
        public let handle: UInt64
    }

    /// What a table has counted.
    public struct Tally: Hashable, Sendable {
        /// By the name of the counter.
        public var counters: [String: NftCount] = [:]
        /// By the name of the dynamic set; in no order.
        public var elements: [String: [NftElement]] = [:]
    }

    /// Some thousand acknowledgements of one batch.
    private static let room: Int32 = 8 << 20
    /// How often a table is read again that was changed while it was read.
    private static let patience = 32

    private let socket: NetlinkSocket
    private var sequence: UInt32 = 0

    /// A socket that owns nothing yet.
    ///
    /// - Throws: where the kernel or a sandbox gives none.
    public init() throws(SystemError) {
        socket = try NetlinkSocket(.netfilter)
        socket.enlarge(to: Self.room)
    }

    /// The socket of a descriptor that was kept, with what it owns.
    ///
    /// - Throws: where it is no netlink socket of this kind.
    public init(adopting descriptor: consuming Descriptor) throws(SystemError) {
        socket = try NetlinkSocket(adopting: descriptor, .netfilter)
        socket.enlarge(to: Self.room)
        try drain()
    }

    /// The descriptor's number, to be given to the service manager. Valid while this object lives.
    public var raw: Int32 { socket.raw }

    /// Puts a table in the place of the one of its name, if there is one, in one step: no packet meets neither.
    ///
    /// - Parameter owned: whether it is to be this socket's own, for which the kernel must be Linux 6.9 or later.
    public func replace(_ table: NftTable, owned: Bool) throws(NftablesFailure) {
        let ownership = owned ? NftBatch.Ownership.owned : .nobodys
        try commit(
            .replacing(table, ownership: ownership, first: begin()), table: table.name, ownership: ownership)
    }

    /// Removes a table and all in it; one that is not there is removed already.
    public func remove(_ table: String) throws(NftablesFailure) {
        try commit(.removing(table, first: begin()), table: table, ownership: .nobodys)
    }

    /// Makes a persistent table whose owner has ended this socket's own, as it stands. One that is its own already is
    /// left so.
    public func adopt(_ table: String) throws(NftablesFailure) {
        // Else it would be made, and be empty.
        guard let found = try read(table) else {
            throw NftablesFailure(.missing, "there is no table \(table) that could be taken over")
        }
        if found.isOurs { return }
        guard found.isAnothers || found.isPersistent else {
            throw NftablesFailure(.other, "the table \(table) never had an owner, and cannot be given one")
        }
        try commit(.adopting(table, first: begin()), table: table, ownership: .owned)
    }

    /// Reads a table as it is at one moment.
    ///
    /// - Returns: nil where there is none of this name.
    public func read(_ table: String) throws(NftablesFailure) -> Holding? {
        for _ in 0..<Self.patience {
            var reader = NftReader(table: table)
            switch try read(into: &reader) {
            case .whole:
                let isOurs = reader.owner != nil && reader.owner == socket.port
                return Holding(
                    contents: reader.contents, isOurs: isOurs, isAnothers: reader.owner != nil && !isOurs,
                    isPersistent: reader.isPersistent, handle: reader.handle)
            case .missing: return nil
            case .changing: continue
            }
        }
        throw .changing
    }

    /// What a table has counted since it was loaded.
    public func tally(of table: NftTable) throws(NftablesFailure) -> Tally {
        attempts: for _ in 0..<Self.patience {
            var reader = NftReader(table: table.name)
            guard try ask(.objects, &reader) == .done else { continue }
            var tally = Tally(counters: reader.counters)
            for set in table.sets {
                var reader = NftReader(table: table.name)
                guard try ask(.elements(set: set.name, set.key), &reader) == .done else { continue attempts }
                tally.elements[set.name] = reader.elements
            }
            return tally
        }
        throw .changing
    }

    // MARK: Reading

    private enum Outcome { case whole, missing, changing }

    private func read(into reader: inout NftReader) throws(NftablesFailure) -> Outcome {
        guard try ask(.generation, &reader) == .done else { return .changing }
        let before = reader.generation
        for question in NftReader.Question.contents {
            switch try ask(question, &reader) {
            case .done: continue
            case .refused where question == .table: return .missing
            default: return .changing
            }
        }
        guard try ask(.generation, &reader) == .done else { return .changing }
        return reader.generation == before && before != nil ? .whole : .changing
    }

    /// Gives `.done`, `.interrupted`, or `.refused` of what is not there; throws anything else.
    private func ask(
        _ question: NftReader.Question, _ reader: inout NftReader
    ) throws(NftablesFailure) -> NftReader.Progress {
        let sequence = begin()
        do throws(SystemError) {
            try socket.send(reader.request(question, sequence: sequence).bytes)
        } catch {
            throw NftablesFailure(error)
        }
        var progress = NftReader.Progress.more
        while progress == .more {
            let reception: NetlinkSocket.Reception
            do throws(SystemError) {
                reception = try socket.receive { progress = reader.take($0, for: question, sequence: sequence) }
            } catch {
                throw NftablesFailure(error)
            }
            switch reception {
            case .datagram: continue
            case .overflow: progress = .interrupted
            case .nothing, .truncated: throw .silent
            }
        }
        switch progress {
        case .refused(ENOENT): return progress
        case .refused(EINTR), .refused(EAGAIN): return .interrupted
        case .refused(let code): throw .refused(code)
        case .unreadable: throw .unreadable
        default: return progress
        }
    }

    // MARK: Changing

    private func commit(
        _ batch: NftBatch, table: String, ownership: NftBatch.Ownership
    ) throws(NftablesFailure) {
        sequence = batch.first &+ UInt32(truncatingIfNeeded: batch.steps.count + 2)
        var answers = NftAnswers(to: batch)
        do throws(SystemError) {
            try drain()
            try socket.send(batch.bytes)
            while try socket.receive({ answers.take($0) }) == .datagram {}
        } catch {
            throw NftablesFailure(error)
        }
        switch answers.outcome {
        case .done: return
        case .refused(let step, let code):
            throw NftablesFailure(table, step: step, of: batch, ownership: ownership, code: code)
        case .unanswered: throw .silent
        }
    }

    /// The number of the next message; 0 is none.
    private func begin() -> UInt32 {
        if sequence > 1 << 30 { sequence = 0 }
        sequence += 1
        return sequence
    }

    /// Takes away what came late for an earlier question.
    private func drain() throws(SystemError) {
        while try socket.receive({ _ in }) != .nothing {}
    }
}

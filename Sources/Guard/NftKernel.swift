import Crypto
public import EventLoop
public import Netlink
public import Policy
public import Protocols

/// The kernel of this machine, in this network namespace, by netlink.
public final class NftKernel: GuardKernel {
    private let socket: NftablesSocket
    private var watcher: NftablesWatcher?
    private var watch: Watch?

    /// Opens the table's socket: the one that a service manager kept, where there is one.
    ///
    /// - Throws: `SystemError` where the kernel or a sandbox gives none.
    public init(kept descriptor: consuming Descriptor?) throws(SystemError) {
        if let descriptor {
            socket = try NftablesSocket(adopting: descriptor)
        } else {
            socket = try NftablesSocket()
        }
    }

    /// The socket whose own the table is.
    public var ownersDescriptor: Int32 { socket.raw }

    /// See `GuardKernel`.
    public func read(_ wished: NftTable?) throws(NftablesFailure) -> GuardReading? {
        guard let found = try socket.read(Ruleset.tableName) else { return nil }
        let difference = wished.flatMap { found.contents.difference(from: $0.contents) }
        let keeper: GuardReading.Keeper =
            if found.isOurs { .us } else if found.isAnothers { .another } else if found.isPersistent { .orphan } else {
                .anybody
            }
        return GuardReading(
            digest: Self.digest(found.contents), handle: found.handle, keeper: keeper,
            counts: try counts(wished, isWhole: difference == nil), difference: difference)
    }

    /// Of a table that others have changed a set may be gone: then its counters at least.
    private func counts(_ wished: NftTable?, isWhole: Bool) throws(NftablesFailure) -> GuardCounts {
        let bare = NftTable(name: Ruleset.tableName)
        let tally: NftablesSocket.Tally
        do throws(NftablesFailure) {
            tally = try socket.tally(of: wished ?? bare)
        } catch {
            guard !isWhole else { throw error }
            tally = try socket.tally(of: bare)
        }
        let sets = tally.elements.mapValues { elements in
            let all = elements.map {
                (
                    GuardCounts.Element(transport: $0.transport, port: $0.port, destination: $0.destination),
                    $0.count.packets
                )
            }
            return Dictionary(all) { $0 + $1 }
        }
        return GuardCounts(counters: tally.counters.mapValues(\.packets), sets: sets)
    }

    /// See `GuardKernel`.
    public func replace(_ table: NftTable, owned: Bool) -> GuardMachine.WriteEnd {
        write { () throws(NftablesFailure) in try socket.replace(table, owned: owned) }
    }

    /// See `GuardKernel`.
    public func adopt() -> GuardMachine.WriteEnd {
        write { () throws(NftablesFailure) in try socket.adopt(Ruleset.tableName) }
    }

    private func write(_ body: () throws(NftablesFailure) -> Void) -> GuardMachine.WriteEnd {
        do throws(NftablesFailure) {
            try body()
            return .done
        } catch {
            return error.kind == .noOwnership ? .cannotOwn : .failed(error.description)
        }
    }

    /// See `GuardKernel`.
    public func remove() throws(NftablesFailure) {
        try socket.remove(Ruleset.tableName)
    }

    /// See `GuardKernel`.
    public func destroyFlows(
        of users: [UInt32], outward: [UInt32], marks: [UInt32: UInt32]
    ) -> (sockets: UInt64, problem: String?) {
        do throws(SystemError) {
            let sockets = try FlowKiller.destroy(users: Set(users), outward: Set(outward), marks: marks)
            return (UInt64(sockets), nil)
        } catch {
            return (0, error.description)
        }
    }

    /// See `GuardKernel`.
    public func digest(of table: NftTable) -> String { Self.digest(table.contents) }

    private static func digest(_ contents: NftContents) -> String {
        // Without SHA-256 there is no digest, and no proof.
        (try? Crypto.sha256Digits(contents.bytes)) ?? ""
    }

    /// See `GuardKernel`.
    public func watch(on loop: EventLoop, _ changed: @escaping () -> Void) throws(SystemError) {
        let watcher = try NftablesWatcher()
        self.watcher = watcher
        watch = Watch.reading(watcher.raw, on: loop) {
            // What cannot be heard is seen by the next second's look.
            if (try? watcher.takeNews()) != false { changed() }
        }
    }
}

public import EventLoop
public import Netlink
public import Policy
public import Protocols

/// The kernel's nftables and sockets, as the guard uses them. Nothing waits: the kernel answers within each call.
public protocol GuardKernel: AnyObject {
    /// The guard's table as it is now; nil: there is none.
    ///
    /// - Parameter wished: what it should be: the sets of this one are read as well.
    func read(_ wished: NftTable?) throws(NftablesFailure) -> GuardReading?

    /// Puts this table there in one transaction, whatever was there.
    ///
    /// - Parameter owned: for this process alone, and to outlive it.
    func replace(_ table: NftTable, owned: Bool) -> GuardMachine.WriteEnd

    /// Becomes the owner of the table that is there.
    func adopt() -> GuardMachine.WriteEnd

    /// Takes the table away.
    func remove() throws(NftablesFailure)

    /// Destroys the connections of these users (not what listens), so that nothing of them leaves any more.
    ///
    /// - Parameters:
    ///   - outward: further users, of whose connections those are left that stay on loopback.
    ///   - marks: what marks the connections that a user began.
    /// - Returns: how many sockets, and why some may be left.
    func destroyFlows(
        of users: [UInt32], outward: [UInt32], marks: [UInt32: UInt32]
    ) -> (sockets: UInt64, problem: String?)

    /// SHA-256 of a table's canonical form, in 64 hexadecimal digits.
    func digest(of table: NftTable) -> String

    /// The socket whose own the table is, for the service manager to keep.
    var ownersDescriptor: Int32 { get }

    /// Calls the handler, in the loop, when somebody changes nftables.
    func watch(on loop: EventLoop, _ changed: @escaping () -> Void) throws(SystemError)
}

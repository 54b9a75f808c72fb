public import EventLoop
public import Policy
public import Protocols

/// Stand-in
public final class NftKernel: GuardKernel {
    public init(kept: consuming Descriptor?) throws(SystemError) {}
    public var ownersDescriptor: Int32 { -1 }
    public func read() throws(SystemError) -> GuardReading? { nil }
    public func replace(_ table: NftTable, owned: Bool) -> GuardMachine.WriteEnd { .failed("") }
    public func adopt() -> GuardMachine.WriteEnd { .failed("") }
    public func remove() throws(SystemError) {}
    public func destroyFlows(of users: [UInt32]) -> (sockets: UInt64, problem: String?) { (0, nil) }
    public func digest(of table: NftTable) -> String { "" }
    public func watch(on loop: EventLoop, _ changed: @escaping () -> Void) throws(SystemError) {}
}

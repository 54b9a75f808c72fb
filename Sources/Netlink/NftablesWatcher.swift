public import EventLoop

/// Hears that the kernel's packet filter was changed, by whomever, in this network namespace: this program's own changes
/// too. Packets that fill a dynamic set, or count, change nothing.
public final class NftablesWatcher {
    /// NFNLGRP_NFTABLES, the seventh group.
    private static let groups: UInt32 = 1 << 6

    private let socket: NetlinkSocket

    /// A watcher that hears from now on.
    ///
    /// - Throws: where the kernel or a sandbox gives no socket.
    public init() throws(SystemError) {
        socket = try NetlinkSocket(.netfilter, groups: Self.groups)
    }

    /// The descriptor's number, to be watched for reading. Valid while this object lives.
    public var raw: Int32 { socket.raw }

    /// Takes all news.
    ///
    /// - Returns: whether there were any; what they were must be read from the kernel.
    public func takeNews() throws(SystemError) -> Bool {
        var isChanged = false
        while try socket.receive({ _ in }) != .nothing { isChanged = true }
        return isChanged
    }
}

/// How long the dispatcher waits for what, and how much it takes on. Nothing waits without a limit.
enum WalletLimits {
    /// Requests of wallets under way or waiting, of one listener; and transactions held, beside them.
    static let inFlight = 64
    /// Connections to one node. Nodes allow three per address since 0.18.4, and an onion node sees all its clients as
    /// one address.
    static let linksPerNode = 2
    /// For a link to open where there is no other node. A fresh onion circuit takes about 2 s, a Tor that begins may
    /// need many times that.
    static let opening = Duration.seconds(45)
    /// For a link to open where another node could be asked instead.
    static let openingOfSeveral = Duration.seconds(20)
    /// From the request's last byte to the answer's first: a node may compute for long.
    static let firstByte = Duration.seconds(60)
    /// The same where another node could be asked instead.
    static let firstByteOfSeveral = Duration.seconds(30)
    /// The same of a call for blocks and the like, where the node has answered such calls in this session: so many times
    /// the longest that it took, and these at least. To leave a node of this machine, which may be a slow one, shows
    /// others what it was asked.
    static let firstByteTimes = 8
    static let firstByteOfQuick = Duration.seconds(10)
    static let firstByteOfQuickOwn = Duration.seconds(20)
    /// For the rest of an answer that is held whole, from its first byte.
    static let rest = Duration.seconds(120)
    /// The same of one that tells outputs, where another node could be asked instead: BUSY after it, and the wallet
    /// asks for another set. A node that drips a byte at a time would have it so.
    static let restOfOutputs = Duration.seconds(60)
    /// The same of the answer to a transaction, a few hundred bytes.
    static let restOfCopy = Duration.seconds(30)
    /// So long before BUSY outputs are asked of the node that takes the transaction, where no other is left.
    static let lastChance = Duration.seconds(15)
    /// For a request, until an answer begins. Wallets themselves wait 210 s, some callers of them 20 s.
    static let request = Duration.seconds(60)
    /// How long a request waits, from when it was asked, for the pause after a node's failure to pass.
    static let patience = Duration.seconds(5)
    /// For a transaction: it is handed over within this, or the wallet is told that the daemon is busy.
    static let transaction = Duration.seconds(180)
    /// For outputs that a node has seen asked for: as long, since another set for the same transaction does harm.
    static let shownOutputs = Duration.seconds(180)
    /// How long a transaction waits for a link to a node of this machine, all of whose links are in use.
    static let roomOfOwn = Duration.seconds(60)
    /// For the transaction's link to open before outputs are asked for.
    static let transactionWay = Duration.seconds(40)
    /// Links stay open for this after the wallet's last request.
    static let warm = Duration.seconds(180)
    /// A node that was shown outputs is not given a transaction within this, if there is another.
    static let shownMemory = Duration.seconds(3600)
    /// No outputs are asked for within this after two nodes told them differently and no third could decide.
    static let dispute = Duration.seconds(600)
    /// A node that two others contradicted is not asked for outputs within this.
    static let liar = Duration.seconds(3600)
    /// Nodes that differ only in which outputs are unlocked are asked again after this: a block takes seconds to reach all.
    static let apart = Duration.seconds(5)
    /// How long a fee waits for what the first probes of other nodes say.
    static let fee = Duration.seconds(30)
    /// For a whole probe.
    static let probe = Duration.seconds(90)
    /// From one probe of a node to the next, spread by a quarter.
    static let probeInterval = Duration.seconds(60)
    /// For a test of all nodes.
    static let test = Duration.seconds(100)
    /// How long a session stays on a remote node at least before it returns to the node of this machine.
    static let away = Duration.seconds(60)
    /// A link that idled for this may have been closed by the node while the request was on its way.
    static let stale = Duration.seconds(2)
}

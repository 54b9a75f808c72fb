/// Whose connections may be older than the rules that hold him, and so are to be destroyed: a debt of the guard's, which
/// stays until the kernel has said that it is paid, whatever happens to the table or the configuration meanwhile.
struct OlderFlows: Hashable, Sendable {
    /// Those whom no rules held at some time since this guard began.
    private var all: Set<UInt32> = []
    /// Those whom a table held that somebody else made: perhaps all is done, and perhaps it could not be, or he was
    /// killed before. What they have on loopback may be what the rules allow; what leads out of this machine is not.
    private var outward: Set<UInt32> = []
    /// What the last try came to; nil where there was none.
    private var failure: String?

    /// No rules held these users until now.
    mutating func owe(all users: Set<UInt32>) { all.formUnion(users) }

    /// Nobody knows what was done for these, whom a table holds that was there before.
    mutating func owe(outward users: Set<UInt32>) { outward.formUnion(users) }

    /// What is to be destroyed of those who are to be held; nil where that is nothing.
    func owed(to held: Set<UInt32>) -> GuardMachine.Effect? {
        let whole = all.intersection(held)
        let part = outward.intersection(held).subtracting(whole)
        return whole.isEmpty && part.isEmpty ? nil : .destroyFlows(whole.sorted(), outward: part.sorted())
    }

    /// Why nothing is proven of those who are to be held; nil where nothing is owed.
    func problem(of held: Set<UInt32>) -> String? {
        guard owed(to: held) != nil else { return nil }
        return failure.map { "connections older than the guard's table may be left: \($0)" }
            ?? "connections older than the guard's table are not destroyed yet"
    }

    /// What was owed to these was tried.
    ///
    /// - Parameter problem: why some may be left; nil where none is.
    mutating func tried(of held: Set<UInt32>, problem: String?) {
        failure = problem
        guard problem == nil else { return }
        all.subtract(held)
        outward.subtract(held)
    }
}

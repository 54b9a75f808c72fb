/// Those of some voters who agree with one of them.
///
/// The largest camp is taken for right. Of camps of one size it is the one with the node of this machine, then the
/// one around the first node of the file: nobody can tell which of them is right, and the operator's order is all
/// there is to go by.
struct AgreeingNodes: Hashable, Sendable {
    /// Whom the others agree with.
    let center: Int
    /// All of it, the center as well, in the file's order.
    let members: [Int]
    /// Whether these are more than half of all who may vote, and not a single one.
    let isMajority: Bool

    /// The largest camp of these voters; nil without voters.
    ///
    /// - Parameters:
    ///   - voters: the voters in the file's order.
    ///   - electorate: how many may vote, with those whose vote is waited for.
    ///   - isOwn: whether a voter is a node of this machine.
    ///   - agree: whether two different voters agree.
    static func largest(
        of voters: [Int], electorate: Int, isOwn: (Int) -> Bool, agree: (Int, Int) -> Bool
    ) -> AgreeingNodes? {
        var best: (size: Int, hasOwn: Bool, center: Int, members: [Int])?
        for center in voters {
            let members = voters.filter { $0 == center || agree($0, center) }
            let hasOwn = members.contains(where: isOwn)
            if let best, (best.size, best.hasOwn ? 1 : 0) >= (members.count, hasOwn ? 1 : 0) { continue }
            best = (members.count, hasOwn, center, members)
        }
        guard let best else { return nil }
        return AgreeingNodes(
            center: best.center, members: best.members, isMajority: best.size > 1 && best.size * 2 > electorate)
    }
}

internal import Protocols

/// What the guard tells, and what canaries ask.
extension GuardMachine {
    /// What all who listen are told now.
    public var heartbeat: GuardHeartbeat {
        GuardHeartbeat(
            problem: problem, digest: reading?.digest ?? "", checkedAt: checkedAt,
            mode: reading?.keeper == .us ? .owned : .watched, router: wish?.router, repairs: repairs,
            users: (wish?.users ?? []).map { user in
                GuardHeartbeat.User(
                    name: user.name, id: user.id, canary: canaries[user.id], stopped: ledgers[user.id]?.rows ?? [])
            })
    }

    /// In one line, for the service manager's status.
    public var summary: String {
        if let problem { return "NOT PROVEN: \(problem)" }
        let names = (wish?.users ?? []).map(\.name).joined(separator: ", ")
        return "holds \(names)" + (repairs == 0 ? "" : "; put back \(repairs) times")
    }

    /// Whether a canary of this user may dial: only where the kernel was just read back and holds him. Any other
    /// canary's packets would leave.
    ///
    /// - Returns: the user's name and the table as it was read, or why not, in a sentence.
    public func canary(of user: UInt32) -> Result<(name: String, reading: GuardReading), GuardRefusal> {
        guard let wish, isSettled, let reading, reading.digest == wish.digest else {
            return .failure(
                GuardRefusal("the kernel does not hold what it should: \(problem ?? "it changes just now")"))
        }
        guard let held = wish.users.first(where: { $0.id == user }) else {
            let names = wish.users.map(\.name).joined(separator: " or ")
            return .failure(
                GuardRefusal("the guard does not hold the user with the number \(user): run the canary as \(names)"))
        }
        return .success((held.name, reading))
    }

    /// Takes note of what came of a user's canary.
    public mutating func record(_ canary: GuardHeartbeat.Canary, of user: UInt32) {
        guard wish?.userIDs.contains(user) == true else { return }
        canaries[user] = canary
    }
}

/// Why the guard does not do what it is asked, in a sentence.
public struct GuardRefusal: Error, Hashable, Sendable {
    /// The sentence.
    public let sentence: String

    /// This sentence.
    public init(_ sentence: String) {
        self.sentence = sentence
    }
}

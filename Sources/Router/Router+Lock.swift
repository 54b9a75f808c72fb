import EventLoop
import Policy

extension Router {
    /// The operator's kill-switch: cuts all at once, and lets nothing new pass. It is in force before it is written
    /// to disk. Then the guard is asked to destroy what the confined users have open: what became of that is told by an
    /// event.
    ///
    /// - Returns: what else the operator must know, in a sentence; nil where there is nothing.
    /// - Throws: a sentence when the lock would not survive a restart; it is in force all the same.
    @discardableResult
    public func lockAll() throws(StartFailure) -> String? {
        lock = .locked
        cutEverything(.locked)
        guardClient.destroy()
        do throws(SystemError) {
            try lockStore.write(.locked)
        } catch {
            lock = .unknown("the lock could not be written (\(error.doing): \(error.reason))")
            tellChanges()
            throw StartFailure(
                "locked now, but the lock would not survive a restart: \(error.doing): \(error.reason); "
                    + "let the router's user write the state directory and lock again")
        }
        tellChanges()
        guard configuration.killSwitch.guardMode == .required, !guardClient.machine.isUp else { return nil }
        return "what the node had open was not destroyed, as the guard was not asked: \(guardClient.machine.why)"
    }

    /// Lets pass again. It is written to disk before it is in force.
    ///
    /// - Throws: a sentence when it cannot be written; it stays locked then.
    public func unlock() throws(StartFailure) {
        do throws(SystemError) {
            try lockStore.write(.unlocked)
        } catch {
            throw StartFailure(
                "still locked: the lock's state cannot be written (\(error.doing): \(error.reason)); "
                    + "let the router's user write the state directory and unlock again")
        }
        lock = .unlocked
        judgeWallets()
        judgeInbound()
        tellChanges()
    }

    /// Takes over a lock that was written to disk while nobody could be told of it. It never unlocks.
    func readLockAgain() {
        let stored = lockStore.read()
        if stored.isLocked { lock = stored }
        judgeWallets()
        judgeInbound()
    }

    /// Ends every question for a name, every relay and every stream that is not one yet, and the wallets' links as far as
    /// nothing passes now. A Tor of ours keeps its relays, by whatever egress it reaches them: nothing of the node is left
    /// in it, and an unlock need not wait for it.
    func cutEverything(_ refusal: Refusal) {
        judgeWallets()
        for service in nameServices.values { service.cut() }
        table.cut { $0.requestClass != RequestClass.torUplink.rawValue }
        streams.forEach { if $0.listener.requestClass != .torUplink { $0.cut(refusal) } }
        judgeInbound()
    }
}

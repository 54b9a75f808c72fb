import Crypto
import EventLoop
import Policy
import Protocols

extension Router {
    /// What is known of the guard.
    var guardProof: StatusFacts.GuardProof { guardClient.proof }

    /// What the guard must hold by a configuration and the users' numbers as they are now.
    static func expectation(
        of configuration: Configuration, owners: ClientOwners
    ) -> GuardProofMachine.Expectation {
        let guarded = GuardedUsers(configuration, idOf: { owners.id(of: $0) }, router: ThisProcess.user)
        return GuardProofMachine.Expectation(
            isRequired: configuration.killSwitch.guardMode == .required, guarded: guarded,
            digest: { router in
                guard router != guarded.router else { return Ruleset(configuration, guarded).digest }
                // The guard was told of another user, or of none: what it holds of the others is the same.
                var asHeld = guarded
                asHeld.router = router
                asHeld.routerUser = router
                return Ruleset(configuration, asHeld).digest
            })
    }

    /// Listens to the guard from now on.
    func listenToGuard() {
        guardClient.onChange = { [unowned self] in guardChanged(from: $0) }
        guardClient.onHeard = { [unowned self] in guardWasHeard() }
        guardClient.onDestroyed = { [unowned self] in onEvent(.destroyed($0, at: time)) }
        guardClient.start()
    }

    /// Nothing of the node passes while the guard is not proven, also what is on its way only. When the proof is back,
    /// whoever asks anew is let through.
    private func guardChanged(from before: StatusFacts.GuardProof) {
        if before.isProvenOrOff, !guardProof.isProvenOrOff {
            cutEverything(.unguarded)
        } else {
            judgeWallets()
            judgeInbound()
        }
        tellChanges()
    }

    /// The users' file gives somebody another number than before.
    func ownersChanged() {
        guardClient.expect(Self.expectation(of: configuration, owners: owners))
        cutWhatIsNoLongerAllowed(networkChanged: false)
    }

    private func guardWasHeard() {
        // It may know of a user who is new.
        if !guardProof.isProvenOrOff { owners.refresh() }
        if let event = stoppedTelling.observe(stopped, now: loop.now, at: time) { onEvent(event) }
        let threats = guardClient.machine.threats(at: time)
        for threat in threats where !toldGuardThreats.contains(threat) {
            onEvent(
                StatusEvent(time: time, kind: .threat, sentence: threat, fields: ["listener": .null, "count": .null]))
        }
        toldGuardThreats = threats
    }

    /// What the guard stopped, as far as it may be told.
    var stopped: [StoppedPackets] { guardClient.machine.stopped(destinations: configuration.log.destinations) }
}

extension Ruleset {
    /// SHA-256 of what is read back from the kernel where it is in force, in 64 hexadecimal digits; nil where libcrypto
    /// lacks it.
    fileprivate var digest: String? { try? Crypto.sha256Digits(table.contents.bytes) }
}

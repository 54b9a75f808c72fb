public import Protocols

/// Whether a session that stands is there in truth: its bridge answers, and a service is reached through the network.
///
/// i2pd's own lookup of our address proves nothing: it keeps what it has found once, on disk, and answers from there for
/// ever. So something is sent to it, as a peer would.
extension I2PSession {
    /// What `.prove` sent has come.
    public mutating func proved(_ now: Instant) {
        guard case .standing = phase, proof != nil else { return }
        proof = nil
        proofs &+= 1
        misses = 0
        proofBy = now + Limits.proofPatience
        nextProof = now + (proofs == 1 ? Limits.secondProof : Limits.proofInterval)
        pause = Limits.shortestPause
        readiness = EgressReadiness(.ready, "reached through the I2P network by its own address")
    }

    /// What `.prove` sent did not come, or could not be sent to that address.
    public mutating func notProved(_ now: Instant) -> [Effect] {
        guard case .standing = phase, proof != nil else { return [] }
        proof = nil
        misses &+= 1
        // One stream in many comes to nothing by itself, and at first the network has not heard of the address yet.
        if proofs > 0 ? misses > 1 : now >= firstProofBy {
            readiness = EgressReadiness(.failing, "a session stands, but nobody reaches it through the I2P network yet")
        }
        guard now < proofBy else {
            return lose("nobody reaches our address through the I2P network", isGone: false, now)
        }
        nextProof = now + Limits.proofPause
        return []
    }

    /// `.prove` had nothing to send by: that says nothing of the service.
    public mutating func proofPostponed(_ now: Instant) {
        guard case .standing = phase, proof != nil else { return }
        proof = nil
        nextProof = now + .seconds(1)
        proofBy = now + Limits.proofPatience
        firstProofBy = now + Limits.hearsay
    }

    /// The bridge says that it stands.
    mutating func stands(_ found: I2PDestination, _ now: Instant) -> [Effect] {
        guard case .opening(let client, _) = phase else { return [] }
        phase = .standing(client)
        id = asking
        destination = found
        look = nil
        proof = nil
        nextLook = now + Limits.interval
        guard isService else {
            pause = Limits.shortestPause
            readiness = EgressReadiness(.ready, "a session stands at \(what)")
            return []
        }
        guard address != nil else { return lose("no SHA-256 for the address of our I2P service", isGone: false, now) }
        readiness = EgressReadiness(.starting, "a session stands; nobody has been seen to reach it yet")
        (proofs, misses, nextProof) = (0, 0, now + Limits.firstProof)
        (proofBy, firstProofBy) = (now + Limits.proofPatience, now + Limits.hearsay)
        return lookAround(now)
    }

    /// Asks what is due to be asked, and gives up what was not answered.
    mutating func lookAround(_ now: Instant) -> [Effect] {
        if let look, now >= look { return lose(silence, isGone: false, now) }
        var effects: [Effect] = []
        if let proof, now >= proof { effects += notProved(now) }
        guard case .standing = phase else { return effects }
        if isService, proof == nil, now >= nextProof, let address {
            proof = now + Limits.proof
            effects.append(.prove(address))
        }
        if look == nil, now >= nextLook {
            look = now + Limits.answer
            effects += apply(now) { $0.lookUp("ME") }
        }
        return effects
    }

    /// A name was found: our own.
    mutating func looked(_ found: I2PDestination, _ now: Instant) -> [Effect] {
        look = nil
        nextLook = now + Limits.interval
        return found == destination ? [] : lose(SAMFailure.otherDestination.sentence, isGone: false, now)
    }
}

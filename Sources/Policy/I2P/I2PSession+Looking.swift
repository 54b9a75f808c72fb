internal import Protocols

/// Whether a session that stands is there in truth: its bridge answers, and the network has a service's address.
extension I2PSession {
    /// The bridge says that it stands.
    mutating func stands(_ found: I2PDestination, _ now: Instant) -> [Effect] {
        guard case .opening(let client, _) = phase else { return [] }
        phase = .standing(client)
        id = asking
        destination = found
        look = nil
        nextLook = now + Limits.interval
        guard isService else {
            pause = Limits.shortestPause
            readiness = EgressReadiness(.ready, "a session stands at \(what)")
            return []
        }
        guard address != nil else { return lose("no SHA-256 for the address of our I2P service", isGone: false, now) }
        readiness = EgressReadiness(.starting, "a session stands; the network does not have its address yet")
        (proofs, misses, nextProof, proofBy) = (0, 0, now, now + Limits.proofPatience)
        return lookAround(now)
    }

    /// Asks what is due to be asked, and gives up what was not answered.
    mutating func lookAround(_ now: Instant) -> [Effect] {
        if let (kind, until) = look {
            guard now >= until else { return [] }
            return kind == .proof
                ? lose("the I2P router does not say whether the network has our address", isGone: false, now)
                : lose(silence, isGone: false, now)
        }
        if isService, now >= nextProof, let address {
            look = (.proof, now + Limits.proof)
            return apply(now) { $0.lookUp(address) }
        }
        guard now >= nextLook else { return [] }
        look = (.isThere, now + Limits.answer)
        return apply(now) { $0.lookUp("ME") }
    }

    /// A name was found.
    mutating func looked(_ found: I2PDestination, _ now: Instant) -> [Effect] {
        let kind = look?.0
        look = nil
        nextLook = now + Limits.interval
        guard found == destination else {
            return lose(SAMFailure.otherDestination.sentence, isGone: false, now)
        }
        guard kind == .proof else { return [] }
        proofs &+= 1
        misses = 0
        proofBy = now + Limits.proofPatience
        nextProof = now + (proofs == 1 ? Limits.secondProof : Limits.proofInterval)
        pause = Limits.shortestPause
        readiness = EgressReadiness(.ready, "the I2P network has its address")
        return []
    }

    /// A name was not found.
    mutating func notFound(_ why: SAMResult, _ now: Instant) -> [Effect] {
        let kind = look?.0
        look = nil
        nextLook = now + Limits.interval
        // Its own name is known to a session that there is.
        guard kind == .proof else { return lose(SAMResult.invalidID.sentence, isGone: false, now) }
        misses &+= 1
        // One question in many comes to nothing by itself.
        if misses > 1 || proofs == 0 {
            readiness = EgressReadiness(.failing, "a session stands, but the I2P network does not have its address")
        }
        guard now < proofBy else { return lose("the I2P network does not have our address", isGone: false, now) }
        nextProof = now + Limits.proofPause
        return []
    }
}

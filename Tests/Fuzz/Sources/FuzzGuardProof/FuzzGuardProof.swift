import FuzzSupport
import Policy
import Protocols

/// Whatever the guard's socket says: it is proven only by a line that has the digest, and however the bytes were cut.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
    let input = bytes(data, size)
    let whole = heard([input])
    require(whole == heard(input.pieces), "cut into pieces it proves otherwise")
    if case .enforcing = whole {
        let text = String(decoding: input, as: UTF8.self)
        require(text.contains("heartbeat") && text.contains("good"), "proven by nothing")
    }
    return 0
}

private func heard(_ pieces: [[UInt8]]) -> StatusFacts.GuardProof {
    var configuration = Configuration.builtIn
    configuration.node.user = "monero"
    let guarded = GuardedUsers(configuration, idOf: { _ in 107 }, router: 995)
    var machine = GuardProofMachine(
        path: "/g.sock", .init(isRequired: true, guarded: guarded, digest: { _ in "good" }))
    let now = Instant(milliseconds: 0)
    let time = UTCTime(unixSeconds: 1_767_323_045)
    _ = machine.start()
    _ = machine.connected(to: 0, now: now)
    for piece in pieces {
        for effect in machine.received(piece.span, now: now, time: time) {
            if effect == .disconnect { return machine.proof }
        }
    }
    _ = machine.threats(at: time)
    _ = machine.stopped(destinations: true)
    return machine.proof
}

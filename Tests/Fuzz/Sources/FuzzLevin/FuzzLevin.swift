import FuzzSupport
import Protocols

/// The gate says the same of a stream however it is cut, holds every byte until it refuses, passes nothing that
/// does not begin with our network's handshake, and never passes one stream for two networks. A header re-reads as
/// itself. A walk over the messages finds the same however the stream is cut, and whether bodies are read or not.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
    let input = bytes(data, size)
    if let header = LevinHeader(input.span) {
        require(header.bytes == Array(input[..<LevinHeader.size]), "the header re-reads otherwise")
    }
    var passes: Set<[UInt8]> = []
    for network in MoneroNetwork.allCases {
        let whole = run(network, [input])
        require(run(network, input.pieces) == whole, "cut into pieces it ends otherwise")
        switch whole.outcome {
        case .more:
            require(whole.buffered == input, "bytes are missing")
            require(input.count < LevinHeader.size + Int(LevinGate.longestHandshake), "held for too long")
        case .pass:
            require(whole.buffered == input, "bytes are missing")
            passes.insert(network.networkID)
            check(input, network)
        case .refused(let refusal):
            require(whole.buffered.isEmpty && !refusal.sentence.isEmpty, "bytes are held after a refusal")
        }
    }
    require(passes.count <= 1, "one stream passes for two networks")
    for interest in [LevinWalk.Interest.blockRequests, .blockAnswers] {
        let byByte = walk(interest, input.map { [$0] }, skipping: false)
        require(byByte == messages(interest, input), "other messages are found")
        require(walk(interest, input.map { [$0] }, skipping: true) == byByte, "unread bodies make a difference")
        let pieces = walk(interest, input.pieces, skipping: true)
        require(pieces.isFollowing == byByte.isFollowing, "cut into pieces it is lost elsewhere")
        require(pieces.ended.isEmpty == byByte.ended.isEmpty, "cut into pieces it finds others")
    }
    return 0
}

private struct Walk: Equatable {
    /// After which byte a message of interest had passed.
    var ended: [Int] = []
    var isFollowing = true
}

private func walk(_ interest: LevinWalk.Interest, _ pieces: [[UInt8]], skipping: Bool) -> Walk {
    var walk = LevinWalk(interest)
    var found = Walk()
    var count = 0
    for piece in pieces {
        count += piece.count
        let hasPassed =
            skipping && walk.isFollowing && piece.count <= walk.unread
            ? walk.skip(piece.count) : walk.read(piece.span)
        if hasPassed { found.ended.append(count) }
    }
    found.isFollowing = walk.isFollowing
    return found
}

/// The same by whole headers.
private func messages(_ interest: LevinWalk.Interest, _ input: [UInt8]) -> Walk {
    var found = Walk()
    let wanted: [UInt32] = interest == .blockRequests ? [2003, 2006] : [2004, 2007]
    var rest = input[...]
    while !rest.isEmpty {
        guard let header = LevinHeader(Array(rest).span) else {
            // Of a part of one the signature can be wrong, and the length.
            let padded = Array(rest) + [UInt8](repeating: 0, count: 33 - rest.count)
            let known = LevinHeader(request: 0, length: 0).bytes
            let isWrong =
                zip(rest, known).prefix(8).contains { $0 != $1 } || zip(rest, known).dropFirst(29).contains { $0 != $1 }
                || rest.count >= 16 && (LevinHeader(padded.span)?.length ?? 0) > 100_000_000
            if isWrong { found.isFollowing = false }
            return found
        }
        guard header.signature == LevinHeader.signature, header.version == 1, header.length <= 100_000_000 else {
            found.isFollowing = false
            return found
        }
        guard rest.count - 33 >= Int(header.length) else { return found }
        rest = rest.dropFirst(33 + Int(header.length))
        if wanted.contains(header.command) { found.ended.append(input.count - rest.count) }
    }
    return found
}

private struct Run: Equatable {
    var outcome = LevinGate.Outcome.more
    var buffered: [UInt8] = []
}

private func run(_ network: MoneroNetwork, _ pieces: [[UInt8]]) -> Run {
    var gate = LevinGate(network: network)
    var run = Run()
    for piece in pieces { run.outcome = gate.receive(piece.span) }
    run.buffered = gate.buffered
    return run
}

/// What has passed is looked at once more, in another way.
private func check(_ input: [UInt8], _ network: MoneroNetwork) {
    guard let header = LevinHeader(input.span), let length = Int(exactly: header.length) else {
        return require(false, "passed without a header")
    }
    let expected = LevinHeader(request: LevinHeader.handshake, length: header.length)
    var compared = header
    compared.returnCode = 0
    require(compared == expected && length <= 65536, "passed with \(header)")
    let body = input.dropFirst(LevinHeader.size).prefix(length)
    let key = [10] + Array("network_id".utf8) + [0x0a, 0x40] + network.networkID
    require(body.indices.contains { body[$0...].starts(with: key) }, "passed without the network's id")
}

import FuzzSupport
import Protocols

/// The gate says the same of a stream however it is cut, holds every byte until it refuses, passes nothing that
/// does not begin with our network's handshake, and never passes one stream for two networks. A header re-reads as
/// itself.
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
    return 0
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

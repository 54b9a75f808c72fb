import FuzzSupport
import Protocols

/// Cut anywhere, a handshake comes to the same end, with the same replies and the same bytes left over; a request
/// that was read re-reads as itself when it is written out again.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
    let input = bytes(data, size)
    let whole = run([input])
    require(run(input.pieces) == whole, "cut into pieces it ends otherwise")
    require(run(input.map { [$0] }) == whole, "byte by byte it ends otherwise")
    require(whole.consumed <= input.count, "more consumed than given")
    switch whole.outcome {
    case .more:
        require(whole.consumed == input.count, "bytes left over without an end")
        require(input.count < 2 + 255 + 3 + 255 + 255 + 262, "no handshake is that long")
    case .request(let request):
        require(request.destination.port != 0, "port 0")
        let again = run([written(request)])
        require(again.outcome == .request(request), "\(request) re-reads as \(again.outcome)")
        require(whole.success.count == (request.version == .v5 ? 10 : 8), "the reply has another length")
    case .refused(.notSocks):
        require(whole.replies.isEmpty, "an answer to what is not SOCKS")
    case .refused:
        require(!whole.replies.isEmpty, "no answer to a refused client")
    }
    return 0
}

private struct Run: Equatable {
    var replies: [UInt8] = []
    var consumed = 0
    var outcome = SocksServer.Outcome.more
    var success: [UInt8] = []
    var failure: [UInt8] = []
}

private func run(_ pieces: [[UInt8]]) -> Run {
    var server = SocksServer()
    var run = Run()
    for piece in pieces where run.outcome == .more {
        let step = server.receive(piece.span, replies: &run.replies)
        run.consumed += step.consumed
        run.outcome = step.outcome
    }
    run.success = server.success()
    run.failure = server.failure(.expired)
    return run
}

private func written(_ request: SocksRequest) -> [UInt8] {
    let destination = request.destination
    let port = [UInt8(destination.port >> 8), UInt8(destination.port & 0xff)]
    let name = Array(destination.host.description.utf8)
    switch (request.version, destination.host) {
    case (.v4, .address(.v4(let address))): return [4, 1] + port + address.octets + [0]
    case (.v5, .address(.v4(let address))): return [5, 1, 0, 5, 1, 0, 1] + address.octets + port
    case (.v5, .address(.v6(let address))): return [5, 1, 0, 5, 1, 0, 4] + address.octets + port
    case (.v5, _): return [5, 1, 2, 1, 0, 0, 5, 1, 0, 3, UInt8(name.count)] + name + port
    case (.v4a, _), (.v4, _): return [4, 1] + port + [0, 0, 0, 1, 0] + name + [0]
    }
}

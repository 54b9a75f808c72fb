import Protocols

/// What came of giving a SOCKS server some bytes, piece by piece.
struct ServerRun: Equatable {
    var server = SocksServer()
    var replies: [UInt8] = []
    var consumed = 0
    var outcome = SocksServer.Outcome.more

    /// Gives `pieces` one after the other until the handshake is over.
    init(_ pieces: [UInt8]...) {
        self.init(pieces: pieces)
    }

    init(pieces: [[UInt8]]) {
        for piece in pieces where outcome == .more {
            let step = server.receive(piece.span, replies: &replies)
            consumed += step.consumed
            outcome = step.outcome
        }
    }

    static func == (left: ServerRun, right: ServerRun) -> Bool {
        left.replies == right.replies && left.consumed == right.consumed && left.outcome == right.outcome
            && left.server.success() == right.server.success()
            && left.server.failure(.notAllowed) == right.server.failure(.notAllowed)
    }

    var request: SocksRequest? {
        if case .request(let request) = outcome { return request }
        return nil
    }

    var failure: SocksServerFailure? {
        if case .refused(let failure) = outcome { return failure }
        return nil
    }
}

extension [UInt8] {
    /// Each way to cut it into two pieces, and the one of single bytes.
    var cutAnywhere: [[[UInt8]]] {
        (0...count).map { [Array(self[..<$0]), Array(self[$0...])] } + [map { [$0] }]
    }

    /// Bytes from hexadecimal digits; spaces are skipped.
    init(wire: String) {
        var bytes: [UInt8] = []
        var high: UInt8?
        for character in wire.utf8 where character != 0x20 && character != 0x0a {
            let digit = character <= 0x39 ? character - 0x30 : character - 0x57
            if let first = high {
                bytes.append(first << 4 | digit)
                high = nil
            } else {
                high = digit
            }
        }
        self = bytes
    }
}

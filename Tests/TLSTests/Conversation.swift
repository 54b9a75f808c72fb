import Protocols
import TLS

/// A client's and a server's session with nothing between them but arrays.
final class Conversation {
    let client: TLSSession
    let server: TLSSession
    /// What each side was given in plain.
    var atClient: [UInt8] = []
    var atServer: [UInt8] = []
    /// How the sides failed.
    var clientFailure: TLSFailure?
    var serverFailure: TLSFailure?
    /// All that the client sent, as it went.
    var fromClient: [UInt8] = []
    /// How many bytes are handed over at once.
    var step = Int.max

    init(_ client: TLSContext, _ server: TLSContext, name: String? = nil) throws {
        let host = try name.map { try Host(name: Array($0.utf8)) }
        self.client = try TLSSession(client, serverName: host)
        self.server = try TLSSession(server)
        try self.client.start()
    }

    /// Carries bytes until neither side has any.
    func settle() {
        while true {
            let toServer = client.takeOutgoing()
            let toClient = server.takeOutgoing()
            guard !toServer.isEmpty || !toClient.isEmpty else { return }
            fromClient += toServer
            do throws(TLSFailure) {
                try carry(toServer, to: server) { atServer.append(contentsOf: $0) }
            } catch { serverFailure = error }
            do throws(TLSFailure) {
                try carry(toClient, to: client) { atClient.append(contentsOf: $0) }
            } catch { clientFailure = error }
        }
    }

    private func carry(
        _ bytes: [UInt8], to session: TLSSession, _ got: ([UInt8]) -> Void
    ) throws(TLSFailure) {
        var start = 0
        while start < bytes.count {
            let end = min(bytes.count, step == Int.max ? bytes.count : start + step)
            let part = Array(bytes[start..<end])
            try session.receive(part.span) { plaintext in got(array(plaintext)) }
            start = end
        }
    }
}

func array(_ span: Span<UInt8>) -> [UInt8] {
    var bytes: [UInt8] = []
    for index in span.indices { bytes.append(span[index]) }
    return bytes
}

extension TLSSession {
    func send(_ text: String) throws {
        let bytes = Array(text.utf8)
        try send(bytes.span)
    }
}

extension TLSSession {
    /// What is to be sent, which it forgets.
    func takeOutgoing() -> [UInt8] {
        var taken: [UInt8] = []
        withOutgoing { taken.append(copying: $0) }
        return taken
    }
}

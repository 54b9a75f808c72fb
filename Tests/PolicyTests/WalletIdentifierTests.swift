import Policy
import Protocols
import Testing

@Suite("Wallet: nothing that identifies it leaves") struct WalletIdentifierTests {
    /// What a wallet may have in its head and body, and no node may see.
    private static let secrets: [[UInt8]] = [
        Array(WalletWire.client.utf8), Array(WalletWire.client.utf8.prefix(32)), Array("client".utf8),
        Array("127.0.0.1".utf8), Array("18989".utf8), Array("pool_info_since".utf8),
        [0x88, 0x77, 0x66, 0x55, 0x44, 0x33, 0x22, 0x11], Array("Digest".utf8), Array("Basic".utf8),
        Array("wallet-agent".utf8), Array("Authorization".utf8), Array("User-Agent".utf8), Array("identity".utf8),
    ]

    @Test("in a whole session, no byte of the client's key, clock, headers or cookie")
    func session() throws {
        for bytes in WalletWire.session {
            let text = Array(bytes)
            // The same with headers that other wallets send.
            let end = try #require((0..<text.count - 1).first { text[$0] == 0x0d && text[$0 + 1] == 0x0a })
            let headers =
                "\r\nUser-Agent: wallet-agent/1\r\nAuthorization: Digest username=\"u\"\r\nAccept: */*\r\n"
                + "Accept-Encoding: identity\r\nX-Identity: identity"
            let dressed = Array(text[..<end]) + Array(headers.utf8) + Array(text[end...])
            let plain = try #require(WalletRun.request(text))
            let request = try #require(WalletRun.request(dressed))
            #expect(request == plain)
            var node = NodeConversation(node: .sample, md5: { _ in [] }, nonce: { [] })
            let sent = node.send(request)
            for secret in Self.secrets { #expect(!sent.contains(bytes: secret)) }
        }
    }

    @Test("the secrets are in what the wallet sends: the search can fail")
    func searchFails() {
        let sent = WalletWire.session.flatMap { $0 }
        for secret in Self.secrets.prefix(4) + [Self.secrets[5], Self.secrets[6]] {
            #expect(sent.contains(bytes: secret))
        }
    }

    @Test("the heads that a node sees have one form")
    func heads() throws {
        for bytes in WalletWire.session {
            let request = try #require(WalletRun.request(bytes))
            var node = NodeConversation(node: .sample, md5: { _ in [] }, nonce: { [] })
            let head =
                "POST \(request.call.path) HTTP/1.1\r\nHost: \(WalletNodeConfiguration.onion)\r\n"
                + "Content-Length: \(request.body.count)\r\n"
                + (request.call.form == .portableStorage
                    ? "" : "Content-Type: application/json; charset=utf-8\r\n") + "\r\n"
            #expect(node.send(request) == Array(head.utf8) + request.body)
        }
    }

    @Test("what 0.18 asks about payment is answered here: it is nothing but the client's identifier")
    func payment() {
        var run = WalletRun()
        run.receive(WalletWire.jsonRPC("rpc_access_info"))
        #expect(run.requests.isEmpty && run.statuses == [200] && !run.isClosed)
        #expect(run.text.contains("\"credits_per_hash_found\":0,\"diff\":0") && run.text.contains("\"status\":\"OK\""))
        run.receive(WalletWire.jsonRPC("rpc_access_submit_nonce"))
        #expect(run.requests.isEmpty && run.text.contains("\"code\":-32601"))
    }
}

import Policy
import Protocols
import Testing

@Suite("Wallet: bodies are written anew") struct WalletBodyTests {
    private func body(_ request: [UInt8]) throws -> String {
        String(decoding: try #require(WalletRun.request(request)).body, as: UTF8.self)
    }

    @Test("a JSON-RPC call is what wallet2 of today writes, without the client")
    func jsonRPC() throws {
        #expect(
            try body(WalletWire.jsonRPC("hard_fork_info", ["\"version\": 5"]))
                == "{\r\n  \"id\": \"0\",\r\n  \"jsonrpc\": \"2.0\",\r\n  \"method\": \"hard_fork_info\",\r\n"
                + "  \"params\": {\r\n    \"version\": 5\r\n  }\r\n}")
        #expect(
            try body(WalletWire.jsonRPC("get_version"))
                == "{\r\n  \"id\": \"0\",\r\n  \"jsonrpc\": \"2.0\",\r\n  \"method\": \"get_version\",\r\n"
                + "  \"params\": {\r\n  }\r\n}")
    }

    @Test("a JSON call likewise")
    func json() throws {
        #expect(try body(WalletWire.json("/get_transaction_pool_hashes.bin", [])) == "{\r\n}")
        #expect(
            try body(WalletWire.json("/gettransactions", ["\"txs_hashes\": [ \"aa\" , \"bb\" ]", "\"prune\": true"]))
                == "{\r\n  \"prune\": true,\r\n  \"txs_hashes\": [\"aa\",\"bb\"]\r\n}")
    }

    @Test(
        "however a wallet spells a call, a node reads one text",
        arguments: [
            "{\"jsonrpc\":\"2.0\",\"id\":\"0\",\"method\":\"get_info\"}",
            "{\"id\":7,\"method\":\"get_info\",\"params\":{}}",
            " { \"method\" : \"get_info\", \"params\" : null , \"client\":\"x\", \"new\": [1,{\"a\":2}] } \r\n",
            "{\"method\":\"get_info\",\"params\":[ ]}", "{\"method\":\"get_info\",\"params\":\"\"}",
            "{\"params\":{\"client\":\"x\",\"later\":true},\"method\":\"get_info\",\"jsonrpc\":\"2.0\",\"id\":null}",
        ])
    func oneSpelling(_ text: String) throws {
        #expect(
            try body(WalletWire.post("/json_rpc", Array(text.utf8), isJSON: true))
                == "{\r\n  \"id\": \"0\",\r\n  \"jsonrpc\": \"2.0\",\r\n  \"method\": \"get_info\",\r\n"
                + "  \"params\": {\r\n  }\r\n}")
    }

    @Test("an empty body is an empty object, and so is GET")
    func empty() throws {
        #expect(try body(WalletWire.post("/get_height", [], isJSON: true)) == "{\r\n}")
        let get = try #require(WalletRun.request(Array("GET /get_height HTTP/1.1\r\nHost: localhost\r\n\r\n".utf8)))
        #expect(get.body == Array("{\r\n}".utf8) && get.call.path == "/getheight")
    }

    @Test("a list of parameters is passed where the call has one")
    func list() throws {
        let text = "{\"method\":\"on_get_block_hash\",\"params\":[ 912345 ]}"
        #expect(
            try body(WalletWire.post("/json_rpc", Array(text.utf8), isJSON: true))
                == "{\r\n  \"id\": \"0\",\r\n  \"jsonrpc\": \"2.0\",\r\n  \"method\": \"on_getblockhash\",\r\n"
                + "  \"params\": [912345]\r\n}")
    }

    @Test("portable storage keeps the entries of the list, in epee's order, byte for byte")
    func storage() throws {
        let request = try #require(WalletRun.request(WalletWire.session[1]))
        let expected: [(String, [UInt8])] = [
            ("block_ids", WalletWire.string([UInt8](repeating: 7, count: 512))), ("no_miner_tx", [11, 0]),
            ("prune", [11, 1]), ("requested_info", [8, 1]), ("start_height", WalletWire.uint64(0)),
        ]
        #expect(request.body == WalletWire.document(expected))
        let turned = WalletWire.storage("/get_blocks.bin", expected.reversed())
        #expect(WalletRun.request(turned) == request)
    }

    @Test("outputs that are objects in a list pass whole")
    func outputs() throws {
        let request = try #require(WalletRun.request(WalletWire.session[6]))
        let document = try PortableStorage(request.body.span)
        #expect(document.entry(["outputs"], in: request.body.span)?.arrayCount == 2)
        #expect(document.entry(["client"], in: request.body.span) == nil)
        #expect(request.call.role == .outputs && request.call.purpose == .outputs)
    }

    @Test(
        "two readings, or none, are refused",
        arguments: [
            "{\"method\":\"get_info\",\"method\":\"stop_daemon\"}", "{\"\\u006dethod\":\"get_info\"}",
            "{\"method\":\"get_info\",\"params\":{\"client\":\"a\",\"client\":\"b\"}}", "{\"method\":\"get_info\"}}",
            "{\"method\":\"get_info\"", "[{\"method\":\"get_info\"}]", "{\"method\":\"get_inf\\u006f\"}",
            "{\"method\":\"get_info\",\"id\":{\"a\":1}}", "{\"method\":5}", "{}", "\"get_info\"", "",
            "{\"method\":\"\"}",
            "{\"method\":\"get_info\",\"params\":[1]}", "{\"method\":\"on_getblockhash\",\"params\":{}}",
            "{\"method\":\"get_info\",\"params\":\"x\"}",
            "{\"method\":\"get_info\",\"params\":[[]]}", "{\"method\":\"get_info\",\"params\":0}",
        ])
    func refused(_ text: String) {
        var run = WalletRun()
        run.receive(WalletWire.post("/json_rpc", Array(text.utf8), isJSON: true))
        #expect(run.requests.isEmpty && !run.isClosed)
        #expect(run.statuses == [200] && run.text.contains("\"error\":{\"code\":-32"), "\(run.text)")
    }

    @Test("a bad body of another call is 400, and the connection stays")
    func badBodies() {
        for (path, body) in [
            ("/gettransactions", "{\"a\":1,\"a\":2}"), ("/getblocks.bin", "{}"), ("/get_outs.bin", ""),
        ] {
            var run = WalletRun()
            run.receive(WalletWire.post(path, Array(body.utf8), isJSON: true))
            #expect(run.statuses == [400] && run.requests.isEmpty && !run.isClosed)
        }
    }

    @Test("a wallet's own id never goes to a node, and comes back to it")
    func ownID() throws {
        for id in ["17", "\"abc\"", "null", "\"a\\u0022b\""] {
            var run = WalletRun()
            run.receive(WalletWire.jsonRPC("get_info", id: id))
            let request = try #require(run.requests.first)
            #expect(request.id == Array(id.utf8))
            #expect(request.body.contains(bytes: Array("\"id\": \"0\"".utf8)))
            run.answer("{\"id\": \"0\",\"jsonrpc\":\"2.0\",\"result\":{\"status\":\"OK\",\"id\":\"0\"}}")
            #expect(
                run.text.hasSuffix(
                    "\r\n\r\n{\"id\": \(id),\"jsonrpc\":\"2.0\",\"result\":{\"status\":\"OK\",\"id\":\"0\"}}"))
            #expect(run.text.contains("Content-Length: \(58 + id.utf8.count)\r\n"))
        }
    }

    @Test("amounts that show what a wallet owns make a call a revealing one")
    func amounts() throws {
        func role(_ bytes: [UInt8]) -> WalletCall.Role? { WalletRun.request(bytes)?.call.role }
        #expect(role(WalletWire.session[5]) == .plain)
        #expect(role(WalletWire.jsonRPC("get_output_distribution", ["\"amounts\": [ 0 ]"])) == .plain)
        #expect(role(WalletWire.jsonRPC("get_output_distribution", ["\"amounts\": [0,5000]"])) == .revealing)
        var values = [UInt8](repeating: 0, count: 16)
        values[9] = 1
        let amounts = WalletWire.list(5, count: 2, values)
        #expect(role(WalletWire.storage("/get_output_distribution.bin", [("amounts", amounts)])) == .revealing)
        #expect(role(WalletWire.jsonRPC("get_output_histogram", ["\"amounts\": []"])) == .revealing)
        #expect(role(WalletWire.json("/is_key_image_spent", ["\"key_images\": [\"aa\"]"])) == .revealing)
        #expect(role(WalletWire.jsonRPC("get_fee_estimate")) == .fee)
    }
}

import Policy
import Protocols
import Testing

@Suite("Wallet: who may ask what") struct WalletGateTests {
    private func run(
        _ line: String, _ headers: [String] = ["Host: 127.0.0.1"], body: String = "{}",
        at configuration: WalletConfiguration = .sample
    ) -> WalletRun {
        var run = WalletRun(configuration)
        let length = line.hasPrefix("GET") ? [] : ["Content-Length: \(body.utf8.count)"]
        let head = ([line + " HTTP/1.1"] + headers + length).joined(separator: "\r\n")
        run.receive(head + "\r\n\r\n" + (line.hasPrefix("GET") ? "" : body))
        return run
    }

    @Test(
        "every name of a call passes, and goes to the node by wallet2's",
        arguments: [
            ("/getheight", "/getheight"), ("/get_height", "/getheight"), ("/getinfo", "/getinfo"),
            ("/get_info", "/getinfo"), ("/gettransactions", "/gettransactions"),
            ("/get_transactions", "/gettransactions"), ("/sendrawtransaction", "/sendrawtransaction"),
            ("/send_raw_transaction", "/sendrawtransaction"), ("/is_key_image_spent", "/is_key_image_spent"),
            ("/get_outs", "/get_outs"), ("/get_transaction_pool_hashes", "/get_transaction_pool_hashes"),
            ("/get_transaction_pool_hashes.bin", "/get_transaction_pool_hashes.bin"),
            ("/get_transaction_pool_stats", "/get_transaction_pool_stats"),
        ])
    func json(_ names: (String, String)) {
        let run = run("POST \(names.0)")
        #expect(run.requests.first?.call.path == names.1 && run.requests.first?.call.form == .json)
    }

    @Test(
        "so do those in portable storage",
        arguments: [
            ("/getblocks.bin", "/getblocks.bin"), ("/get_blocks.bin", "/getblocks.bin"),
            ("/gethashes.bin", "/gethashes.bin"), ("/get_hashes.bin", "/gethashes.bin"),
            ("/getblocks_by_height.bin", "/getblocks_by_height.bin"),
            ("/get_blocks_by_height.bin", "/getblocks_by_height.bin"), ("/get_outs.bin", "/get_outs.bin"),
            ("/get_o_indexes.bin", "/get_o_indexes.bin"),
            ("/get_output_distribution.bin", "/get_output_distribution.bin"),
        ])
    func storage(_ names: (String, String)) {
        let request = WalletRun.request(WalletWire.storage(names.0, []))
        #expect(request?.call.path == names.1 && request?.call.form == .portableStorage)
        #expect(request?.body == WalletWire.document([]))
    }

    @Test(
        "and the JSON-RPC methods",
        arguments: [
            ("get_info", "get_info"), ("get_version", "get_version"), ("hard_fork_info", "hard_fork_info"),
            ("get_fee_estimate", "get_fee_estimate"), ("get_block_count", "getblockcount"),
            ("getblockcount", "getblockcount"), ("get_last_block_header", "getlastblockheader"),
            ("getlastblockheader", "getlastblockheader"), ("get_block", "getblock"), ("getblock", "getblock"),
            ("get_block_header_by_height", "getblockheaderbyheight"),
            ("getblockheaderbyheight", "getblockheaderbyheight"),
            ("get_block_header_by_hash", "getblockheaderbyhash"), ("getblockheaderbyhash", "getblockheaderbyhash"),
            ("get_block_headers_range", "getblockheadersrange"), ("getblockheadersrange", "getblockheadersrange"),
            ("get_output_histogram", "get_output_histogram"), ("get_output_distribution", "get_output_distribution"),
            ("get_txpool_backlog", "get_txpool_backlog"),
        ])
    func jsonRPC(_ names: (String, String)) {
        let request = WalletRun.request(WalletWire.jsonRPC(names.0))
        #expect(request?.call.path == "/json_rpc" && request?.call.method == names.1)
        #expect(request?.body.contains(bytes: Array("\"method\": \"\(names.1)\"".utf8)) == true)
    }

    @Test("the catalogue is what these tests name, and nothing else")
    func catalogue() {
        #expect(WalletCalls.all.filter { $0.method == nil }.count == 15)
        #expect(WalletCalls.all.filter { $0.method != nil }.count == 14)
        #expect(Set(WalletCalls.all).count == WalletCalls.all.count)
        #expect(WalletCalls.all.filter { $0.role == .transaction }.map(\.path) == ["/sendrawtransaction"])
        #expect(Set(WalletCalls.all.filter { $0.role == .outputs }.map(\.path)) == ["/get_outs", "/get_outs.bin"])
    }

    @Test(
        "everything else is not found, and the connection stays",
        arguments: [
            "/", "/stop_daemon", "/get_alt_blocks_hashes", "/set_log_level", "/set_limit", "/out_peers", "/in_peers",
            "/update", "/pop_blocks", "/get_net_stats", "/get_limit", "/getheight?x=1", "/getheight/", "//getheight",
            "/GETHEIGHT", "/get%68eight", "/json_rpc/", "/json_rpc?", "/get_address_info", "/login", "/submit_raw_tx",
            "/get_blocks.bin.bin", "/getheight;a",
        ])
    func notFound(_ path: String) {
        let run = run("POST \(path)")
        #expect(run.requests.isEmpty && run.statuses == [404] && !run.isClosed && run.conversation.isIdle)
        #expect(run.text.contains("does not pass this call"))
    }

    @Test(
        "a wallet that mines through its node reads why that does not pass",
        arguments: ["/start_mining", "/stop_mining", "/mining_status", "/save_bc", "/get_public_nodes"])
    func refusedInJSON(_ path: String) {
        let run = run("POST \(path)", body: "{\"miner_address\":\"x\"}")
        #expect(run.requests.isEmpty && run.statuses == [200] && !run.isClosed)
        #expect(
            run.text.hasSuffix(
                "{\"status\":\"xmr-routed does not pass this call: it is none that a wallet needs.\",\"untrusted\":true}"
            ))
    }

    @Test(
        "a method that is off the list is an error in JSON-RPC, with the wallet's id",
        arguments: [
            "get_connections", "set_bans", "get_bans", "banned", "flush_txpool", "generateblocks", "relay_tx",
            "sync_info", "get_block_template", "submit_block", "get_miner_data", "calc_pow", "add_aux_pow",
            "prune_blockchain", "flush_cache", "get_coinbase_tx_sum", "get_alternate_chains", "GET_INFO", "get_info ",
        ])
    func refusedMethod(_ method: String) {
        var run = WalletRun()
        run.receive(WalletWire.jsonRPC(method, id: "\"x\""))
        #expect(run.requests.isEmpty && run.statuses == [200] && !run.isClosed)
        #expect(run.text.contains("\"error\":{\"code\":-32601,\"message\":\"xmr-routed does not pass this call"))
        #expect(run.text.hasSuffix(",\"id\":\"x\",\"jsonrpc\":\"2.0\"}"))
    }

    @Test(
        "what a web page could send is answered 403 and closed",
        arguments: [
            "Origin: https://evil.example", "origin: null", "Sec-Fetch-Site: cross-site", "sec-fetch-mode: no-cors",
            "Referer: http://localhost/", "Cookie: a=b", "Access-Control-Request-Method: POST", "SEC-CH-UA: x",
        ])
    func webPage(_ header: String) {
        for configuration in [WalletConfiguration.sample, .remote] {
            let run = run("POST /get_info", ["Host: 127.0.0.1", header], at: configuration)
            #expect(run.requests.isEmpty && run.statuses == [403] && run.isClosed)
        }
        let get = self.run("GET /get_info", ["Host: 127.0.0.1", header])
        #expect(get.requests.isEmpty && get.statuses == [403] && get.isClosed)
    }

    @Test("so is OPTIONS, with which a browser asks whether it may")
    func options() {
        #expect(run("OPTIONS /get_info").statuses == [403])
        #expect(run("OPTIONS *").statuses == [403])
    }

    @Test("any method but POST and GET ends the connection: to HEAD the answer would be read as the next one's")
    func otherMethods() {
        for method in ["HEAD", "PUT", "DELETE"] {
            let run = run("\(method) /get_info")
            #expect(run.statuses == [405] && run.isClosed && run.requests.isEmpty, "\(method)")
        }
    }

    @Test(
        "Host must be this listener",
        arguments: [
            ("127.0.0.1", true), ("127.0.0.1:18989", true), ("localhost", true), ("LocalHost:18989", true),
            ("[::1]", true), ("[::1]:18989", true), ("::1", true), ("127.0.0.1:18081", false), ("evil.example", false),
            ("evil.example:18989", false), ("127.0.0.1.evil.example", false), ("localhost.", false), ("", false),
            ("127.0.0.2", false), ("192.168.1.5", false),
        ])
    func host(_ host: (String, Bool)) {
        let run = run("POST /get_info", ["Host: \(host.0)"])
        #expect(run.requests.isEmpty != host.1, "\(host)")
        if !host.1 { #expect(run.statuses == [403] && run.isClosed) }
        // A listener with TLS is known by names that are not ours to know.
        #expect(self.run("POST /get_info", ["Host: \(host.0)"], at: .remote).requests.count == 1)
    }

    @Test("a listener on another address of this machine is known by it too")
    func otherAddress() {
        let listener = WalletConfiguration(
            listen: .tcp(.v4(IPv4Address(127, 0, 0, 9)), port: 1), nodes: [.sample])
        #expect(run("POST /get_info", ["Host: 127.0.0.9"], at: listener).requests.count == 1)
        #expect(run("POST /get_info", ["Host: 127.0.0.9:1"], at: listener).requests.count == 1)
        #expect(run("POST /get_info", ["Host: 127.0.0.9:2"], at: listener).requests.isEmpty)
    }

    @Test("GET is for calls without parameters, and other methods are refused")
    func methods() {
        #expect(run("GET /get_info").requests.count == 1)
        #expect(run("GET /get_height").requests.count == 1)
        for line in ["GET /gettransactions", "GET /json_rpc", "GET /getblocks.bin", "HEAD /get_info", "PUT /get_info"] {
            let run = run(line)
            #expect(run.requests.isEmpty && run.statuses == [405], "\(line)")
        }
        var run = WalletRun()
        run.receive("GET /get_info HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n{}")
        #expect(run.requests.isEmpty && run.statuses == [405])
    }

    @Test("an encoded body is refused")
    func encoded() {
        let run = run("POST /get_info", ["Host: localhost", "Content-Encoding: gzip"])
        #expect(run.requests.isEmpty && run.statuses == [415])
    }
}

import Policy
import Protocols
import Testing

/// One probe of a node, with the answers of a real one.
@Suite struct WalletProbeTests {
    /// Of a monerod 0.18 on regtest, without what nobody reads.
    private static let info = """
        {"id": "0", "jsonrpc": "2.0", "result": {"busy_syncing": false, "height": 1000, "mainnet": false,
         "nettype": "fakechain", "offline": false, "stagenet": false, "status": "OK", "synchronized": true,
         "testnet": false, "top_block_hash": "418015bb9ae982a1975da7d79277c2705727a56894ba0fb246adaabb1f4632e3",
         "untrusted": false}}
        """
    private static let header = """
        {"id": "0", "jsonrpc": "2.0", "result": {"block_header": {"height": 990, "depth": 9,
         "hash": "418015bb9ae982a1975da7d79277c2705727a56894ba0fb246adaabb1f4632e3"}, "status": "OK"}}
        """
    private static let version = """
        {"id": "0", "jsonrpc": "2.0", "result": {"release": false, "status": "OK", "untrusted": false, "version": 196618}}
        """
    private static let fee = """
        {"id": "0", "jsonrpc": "2.0", "result": {"credits": 0, "fee": 1200000,
         "fees": [1200000,4700000,19000000,240000000], "quantization_mask": 10000, "status": "OK", "top_hash": "",
         "untrusted": false}}
        """
    private static let answers = [info, header, version, fee]

    private static func answer(_ text: String, status: Int = 200) -> WalletAnswer {
        WalletAnswer(status: status, contentType: "application/json", body: Array(text.utf8))
    }

    /// What a wallet2 of 0.18 sends for a call, captured, once its identifier is out of it.
    private static func body(_ method: String, _ lines: [String] = []) -> String {
        let head =
            "{\r\n  \"id\": \"0\",\r\n  \"jsonrpc\": \"2.0\",\r\n  \"method\": \"\(method)\",\r\n  \"params\": {\r\n"
        return head + lines.map { "    \($0)\r\n" }.joined() + "  }\r\n}"
    }

    /// The probe's end, and what it sent.
    private func run(
        _ answers: [String] = Self.answers, network: MoneroNetwork = .regtest, hashHeight: UInt64? = nil
    ) -> (end: NodeProbe.Step?, sent: [String]) {
        var probe = NodeProbe(network: network)
        var sent = [String(decoding: probe.start(hashHeight: hashHeight).body, as: UTF8.self)]
        for (index, text) in answers.enumerated() {
            let step = probe.answered(Self.answer(text), latencyMilliseconds: UInt64([400, 300, 350, 500][index]))
            guard case .send(let request) = step else { return (step, sent) }
            #expect(request.call.path == "/json_rpc" && request.call.form == .jsonRPC && request.call.purpose == .probe)
            sent.append(String(decoding: request.body, as: UTF8.self))
        }
        return (nil, sent)
    }

    private func failure(
        _ index: Int, _ old: String, _ new: String, network: MoneroNetwork = .regtest
    ) -> String? {
        var answers = Self.answers
        let parts = answers[index].split(separator: old, maxSplits: 1, omittingEmptySubsequences: false)
        #expect(parts.count == 2, "\(old)")
        answers[index] = parts.joined(separator: new)
        guard case .failed(let sentence) = run(answers, network: network).end else { return nil }
        return sentence
    }

    @Test func aGoodNode() {
        let (end, sent) = run()
        let hash: [UInt8] = [
            0x41, 0x80, 0x15, 0xbb, 0x9a, 0xe9, 0x82, 0xa1, 0x97, 0x5d, 0xa7, 0xd7, 0x92, 0x77, 0xc2, 0x70, 0x57, 0x27,
            0xa5, 0x68, 0x94, 0xba, 0x0f, 0xb2, 0x46, 0xad, 0xaa, 0xbb, 0x1f, 0x46, 0x32, 0xe3,
        ]
        let fee = FeeTuple(
            fee: 1_200_000, fees: [1_200_000, 4_700_000, 19_000_000, 240_000_000], quantizationMask: 10_000)
        #expect(
            end
                == .done(
                    NodeReading(
                        height: 1000, hash: hash, hashHeight: 990, version: 196618, fee: fee, latencyMilliseconds: 300))
        )
        #expect(
            sent == [
                Self.body("get_info"),
                Self.body("getblockheaderbyheight", ["\"fill_pow_hash\": false,", "\"height\": 990"]),
                Self.body("get_version"), Self.body("get_fee_estimate", ["\"grace_blocks\": 10"]),
            ])
    }

    /// A node cannot tell a request of a probe from a wallet's by how it is written.
    @Test func probesLookLikeWallets() {
        var probe = NodeProbe(network: .regtest)
        var request = probe.start(hashHeight: nil)
        var seen = 0
        let parameters = ["", ",\"height\":990,\"fill_pow_hash\":false", "", ",\"grace_blocks\":10"]
        for (parameters, text) in zip(parameters, Self.answers) {
            let method = request.call.method ?? ""
            let body =
                "{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"\(method)\",\"params\":{\"client\":\"a\"\(parameters)}}"
            let head = "POST /json_rpc HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: \(body.utf8.count)\r\n\r\n"
            let wallets = WalletRun.request(Array((head + body).utf8))
            #expect(wallets?.body == request.body && wallets?.call.path == request.call.path)
            #expect(wallets?.call.form == request.call.form && wallets?.call.role == request.call.role)
            seen += 1
            guard case .send(let next) = probe.answered(Self.answer(text), latencyMilliseconds: 1) else { break }
            request = next
        }
        #expect(seen == 4)
    }

    /// The block that is asked for: by what is agreed, and by this node's own height.
    @Test(
        arguments: [
            (1, nil, 0), (9, nil, 0), (10, nil, 0), (11, nil, 1), (1000, nil, 990), (1000, 990, 990), (1000, 995, 995),
            (1000, 996, 990), (1000, 500, 500), (1000, .max, 990), (4, 0, 0), (1, 0, 0), (500_000_000, 3, 3),
        ] as [(UInt64, UInt64?, UInt64)])
    func whichBlock(_ height: UInt64, _ agreed: UInt64?, _ asked: UInt64) {
        let info = Self.info.split(separator: "1000").joined(separator: "\(height)")
        let sent = run([info], hashHeight: agreed).sent
        #expect(
            sent.last == Self.body("getblockheaderbyheight", ["\"fill_pow_hash\": false,", "\"height\": \(asked)"]))
    }

    @Test func oneThatSynchronises() {
        let info = Self.info.split(separator: "\"synchronized\": true").joined(separator: "\"synchronized\": false")
        guard case .done(let reading) = run([info] + Self.answers.dropFirst()).end else { return #expect(Bool(false)) }
        #expect(!reading.isSynchronized)
    }

    @Test(
        arguments: [
            (0, "\"height\": 1000", "\"height\": 0", "its answer to get_info says that it has no block"),
            (0, "\"height\": 1000", "\"height\": 500000001", "its answer to get_info has a `height` that no chain has"),
            (0, "\"height\": 1000", "\"height\": -1", "its answer to get_info has no whole number `height`"),
            (0, "\"height\": 1000", "\"height\": 1e3", "its answer to get_info has no whole number `height`"),
            (0, "\"height\": 1000", "\"height\": \"1000\"", "its answer to get_info has no whole number `height`"),
            (
                0, "\"height\": 1000", "\"height\": 1, \"height\": 2",
                "a key stands twice"
            ),
            (0, "fakechain", "mainnet", "it is a node of mainnet, and `network` is regtest"),
            (0, "fakechain", "http://evil", "it is a node of another network, and `network` is regtest"),
            (0, "\"mainnet\": false", "\"mainnet\": true", "it says that it is of two networks, or not of regtest"),
            (
                0, "\"mainnet\": false", "\"mainnet\": 0",
                "its answer to get_info has a `mainnet` that is neither true nor"
            ),
            (0, "\"nettype\": \"fakechain\", ", "", ""),
            (
                0, "\"synchronized\": true", "\"synchronized\": 1",
                "its answer to get_info has a `synchronized` that is neit"
            ),
            (0, "418015bb", "418015BB", "its answer to get_info has no hash `top_block_hash`"),
            (0, "418015bb", "418015b", "its answer to get_info has no hash `top_block_hash`"),
            (0, "\"OK\"", "\"BUSY\"", "it says that it is busy"),
            (0, "\"OK\"", "\"PAYMENT REQUIRED\"", "its answer to get_info has a status other than OK"),
            (0, "\"OK\"", "\"O\u{212a}\"", "its answer to get_info has a status other than OK"),
            (0, "\"id\": \"0\"", "\"id\": \"1\"", "its answer to get_info is to another call than ours"),
            (0, "result", "resolt", "its answer to get_info has no `result`"),
            (0, "{\"id\"", "[{\"id\"", "its answer to get_info is not JSON"),
            (0, "\"result\"", "\"error\": {\"code\": -32601, \"message\": \"x.onion\"}, \"result\"", "of code -32601"),
            (0, "\"result\"", "\"error\": \"x.onion\", \"result\"", "its answer to get_info is an error"),
            (1, "990", "991", "its answer to getblockheaderbyheight is of another block than was asked for"),
            (1, "418015bb", "418015bg", "its answer to getblockheaderbyheight has no hash `hash`"),
            (1, "block_header", "blockheader", "its answer to getblockheaderbyheight has no `block_header`"),
            (2, "196618", "4294967296", "its answer to get_version has a `version` of more than 32 bits"),
            (3, "\"fee\": 1200000", "\"fee\": 0", "its answer to get_fee_estimate has a fee of 0"),
            (3, "\"fee\": 1200000", "\"fee\": 1200001", "has a `fee` that is not the first of its `fees`"),
            (3, "\"fee\": 1200000", "\"fee\": 1.2e6", "has no whole number `fee`"),
            (3, ",240000000", "", "its answer to get_fee_estimate has `fees` that are no list of four"),
            (3, ",240000000", ",\"9\"", "its answer to get_fee_estimate has `fees` that are no whole numbers"),
            (3, ",240000000", ",18999999", "its answer to get_fee_estimate has `fees` that fall with the priority"),
            (3, ",240000000", ",0", "its answer to get_fee_estimate has a fee of 0"),
            (3, "\"quantization_mask\": 10000", "\"quantization_mask\": 0", "has a `quantization_mask` of 0"),
            (3, "\"quantization_mask\": 10000", "\"x\": 0", "has no whole number `quantization_mask`"),
        ] as [(Int, String, String, String)])
    func oddAnswers(_ index: Int, _ old: String, _ new: String, _ words: String) {
        let sentence = failure(index, old, new)
        if words.isEmpty {
            #expect(sentence == nil)
        } else {
            #expect(sentence?.contains(words) == true, "\(sentence ?? "none")")
            #expect(sentence?.contains("onion") == false && sentence?.contains("evil") == false)
        }
    }

    @Test func networks() {
        for network in [MoneroNetwork.mainnet, .stagenet, .testnet] {
            let name = network.rawValue
            var info = Self.info.split(separator: "fakechain").joined(separator: name)
            #expect(
                run([info], network: network).end == .failed("it says that it is of two networks, or not of \(name)"))
            info = info.split(separator: "\"\(name)\": false").joined(separator: "\"\(name)\": true")
            #expect(run([info], network: network).end == nil)
            #expect(run([info]).end == .failed("it is a node of \(name), and `network` is regtest"))
        }
        // One that does not tell at all.
        let bare = Self.info.split(separator: "\"nettype\": \"fakechain\", ").joined()
            .split(separator: "\"stagenet\": false, ").joined()
        #expect(run([bare]).end == .failed("its answer to get_info does not say of which network it is"))
    }

    @Test func noAnswers() {
        var probe = NodeProbe(network: .regtest)
        #expect(
            probe.answered(Self.answer(Self.info), latencyMilliseconds: 1)
                == .failed("it answered what it was not asked"))
        _ = probe.start(hashHeight: nil)
        #expect(
            probe.answered(Self.answer(Self.info, status: 500), latencyMilliseconds: 1)
                == .failed("its answer to get_info has HTTP status 500"))
        _ = probe.start(hashHeight: nil)
        let long = Self.answer(String(repeating: " ", count: 70_000) + Self.info)
        guard case .failed = probe.answered(long, latencyMilliseconds: 1) else { return #expect(Bool(false)) }
        // It begins anew after a failure.
        _ = probe.start(hashHeight: nil)
        guard case .send = probe.answered(Self.answer(Self.info), latencyMilliseconds: 1) else {
            return #expect(Bool(false))
        }
    }

    /// Cut anywhere, or with any byte changed, it is a step or a sentence, and never a trap.
    @Test func anyCutOrChange() {
        let whole = Array(Self.info.utf8)
        for index in whole.indices {
            var probe = NodeProbe(network: .regtest)
            _ = probe.start(hashHeight: nil)
            let cut = WalletAnswer(contentType: "", body: Array(whole[..<index]))
            guard case .failed = probe.answered(cut, latencyMilliseconds: 1) else { return #expect(Bool(false)) }
            for byte in [0, 0x22, 0x30, 0x7d, 0xff] as [UInt8] {
                var changed = whole
                changed[index] = byte
                _ = probe.start(hashHeight: nil)
                let step = probe.answered(WalletAnswer(contentType: "", body: changed), latencyMilliseconds: 1)
                if case .failed(let sentence) = step { #expect(!sentence.isEmpty && sentence.utf8.count < 200) }
            }
        }
    }

    /// What is written to a wallet reads as the same tuple, with the wallet's own id.
    @Test func theAnswerToAWallet() throws {
        let tuple = FeeTuple(fee: 20_000, fees: [20_000, 80_000, 320_000, 4_000_000], quantizationMask: 10_000)
        let answer = WalletAnswer.fee(tuple, id: Array("\"0\"".utf8))
        #expect(try FeeTuple(reading: answer) == tuple)
        #expect(
            String(decoding: answer.body, as: UTF8.self)
                == "{\"id\":\"0\",\"jsonrpc\":\"2.0\",\"result\":{\"credits\":0,\"fee\":20000,"
                + "\"fees\":[20000,80000,320000,4000000],\"quantization_mask\":10000,\"status\":\"OK\",\"top_hash\":\"\","
                + "\"untrusted\":false}}")
        let old = FeeTuple(fee: 20_000, quantizationMask: 10_000)
        #expect(try FeeTuple(reading: WalletAnswer.fee(old, id: Array("\"0\"".utf8))) == old)
        #expect(WalletAnswer.fee(old, id: Array("7".utf8)).body.starts(with: Array("{\"id\":7,".utf8)))
    }
}

import Policy
import Protocols
import Testing

@Suite("Wallet: what nodes answer, and what we answer for them") struct WalletAnswerTests {
    private let json = WalletRequest(call: WalletCall(path: "/getheight", form: .json), body: [])
    private let rpc = WalletRequest(
        call: WalletCall(path: "/json_rpc", method: "get_info", form: .jsonRPC), body: [], id: Array("7".utf8))
    private let storage = WalletRequest(call: WalletCall(path: "/getblocks.bin", form: .portableStorage), body: [])

    private func answer(_ body: [UInt8], status: Int = 200) -> WalletAnswer {
        WalletAnswer(status: status, contentType: "text/html", body: body)
    }
    private func answer(_ text: String, status: Int = 200) -> WalletAnswer {
        answer(Array(text.utf8), status: status)
    }

    @Test("BUSY in each of the three forms")
    func busy() {
        #expect(String(decoding: BusyAnswer.to(json).body, as: UTF8.self) == "{\"status\":\"BUSY\",\"untrusted\":true}")
        #expect(
            String(decoding: BusyAnswer.to(rpc).body, as: UTF8.self)
                == "{\"id\":7,\"jsonrpc\":\"2.0\",\"result\":{\"status\":\"BUSY\",\"untrusted\":true}}")
        #expect(
            BusyAnswer.to(storage).body
                == [1, 0x11, 1, 1, 1, 1, 2, 1, 1, 4, 6] + Array("status".utf8) + [0x0a, 0x10] + Array("BUSY".utf8))
        for request in [json, rpc, storage] {
            let busy = BusyAnswer.to(request)
            #expect(busy.status == 200 && AnswerJudge.isBusy(busy, to: request))
            #expect(AnswerJudge.problem(of: busy, to: request) == nil && !AnswerJudge.isOK(busy, to: request))
        }
        let hash = WalletRequest(
            call: WalletCall(path: "/json_rpc", method: "on_getblockhash", form: .jsonRPC), body: [])
        #expect(AnswerJudge.isBusy(BusyAnswer.to(hash), to: hash))
    }

    @Test("a refusal says why in each form")
    func refusal() throws {
        #expect(
            String(decoding: RefusalAnswer.to(json, "No \"node\".").body, as: UTF8.self)
                == "{\"status\":\"No \\\"node\\\".\",\"untrusted\":true}")
        #expect(
            String(decoding: RefusalAnswer.to(rpc, "No.").body, as: UTF8.self)
                == "{\"error\":{\"code\":-32601,\"message\":\"No.\"},\"id\":7,\"jsonrpc\":\"2.0\"}")
        let long = RefusalAnswer.to(storage, String(repeating: "x", count: 200))
        #expect(AnswerJudge.problem(of: long, to: storage) == nil && !AnswerJudge.isOK(long, to: storage))
    }

    @Test("status 200 and the call's form, or a sentence; Content-Type does not matter")
    func judged() {
        let good = answer(
            "{\r\n  \"status\": \"OK\",\r\n  \"hashes\": [1,-2.5e+3,{}, [ ]],\"a\":{\"b\":null,\"c\":false}\r\n}")
        #expect(AnswerJudge.problem(of: good, to: json) == nil && AnswerJudge.isOK(good, to: json))
        #expect(
            AnswerJudge.problem(of: answer(good.body, status: 500), to: json) == "It answered with HTTP status 500.")
        #expect(AnswerJudge.problem(of: answer(good.body, status: 401), to: json) != nil)
        #expect(AnswerJudge.problem(of: good, to: rpc) != nil)
        #expect(AnswerJudge.problem(of: good, to: storage) != nil)
        #expect(AnswerJudge.problem(of: answer("{\"id\":\"0\",\"result\":{\"status\":\"OK\"}}"), to: rpc) == nil)
        #expect(AnswerJudge.problem(of: answer("{\"id\":\"0\",\"error\":{\"code\":-2}}"), to: rpc) == nil)
        #expect(AnswerJudge.isOK(answer("{\"id\":\"0\",\"result\":{\"status\":\"OK\"}}"), to: rpc))
        #expect(
            AnswerJudge.problem(of: answer(WalletWire.document([("status", WalletWire.string([1]))])), to: storage)
                == nil)
        #expect(AnswerJudge.problem(of: answer(WalletWire.document([])), to: storage) == "Its answer has no status.")
    }

    @Test(
        "garbage is none of it",
        arguments: [
            "", "{", "[]", "null", "<html></html>", "{}", "{\"a\":1}", "{\"status\":\"OK\"}}", "{\"status\":\"OK\"",
            "{\"status\":}",
            "{\"status\" \"OK\"}", "{\"status\":\"OK\",}", "{\"status\":\"OK\" \"b\":1}", "{\"status\":\"OK\"}x",
            "{\"a\":[1,],\"status\":\"OK\"}", "{\"a\":[1 2],\"status\":\"OK\"}", "{\"a\":[}],\"status\":\"OK\"}",
            "{\"a\":tru,\"status\":\"OK\"}", "{\"a\":'b',\"status\":\"OK\"}", "{\"a\":{\"b\"},\"status\":\"OK\"}",
            "{status:\"OK\"}", "{\"status\":\"OK\\\"}",
        ])
    func garbage(_ text: String) {
        for request in [json, rpc, storage] {
            #expect(AnswerJudge.problem(of: answer(text), to: request) != nil)
            #expect(!AnswerJudge.isOK(answer("x" + text), to: request))
        }
    }

    @Test("a node's answer that is cut at any byte is no answer")
    func cut() {
        let text = Array(
            "{\r\n  \"id\": \"0\",\r\n  \"result\": {\r\n    \"a\": [1,2],\r\n    \"status\": \"OK\"\r\n  }\r\n}".utf8)
        for end in text.indices { #expect(AnswerJudge.problem(of: answer(Array(text[..<end])), to: rpc) != nil) }
        let blocks = WalletWire.list(10, count: 2, [4, 1, 8, 2, 3])
        let document = WalletWire.document([("blocks", blocks), ("status", WalletWire.string(Array("OK".utf8)))])
        #expect(AnswerJudge.problem(of: answer(document), to: storage) == nil)
        #expect(AnswerJudge.isOK(answer(document), to: storage))
        for end in document.indices {
            #expect(AnswerJudge.problem(of: answer(Array(document[..<end])), to: storage) != nil)
        }
        #expect(AnswerJudge.problem(of: answer(document + [0]), to: storage) != nil)
    }

    @Test("binary data in a string, as monerod writes it, is no fault")
    func binary() {
        // The pool's hashes: every byte but those that 0.18 escapes.
        var raw: [UInt8] = []
        for byte in UInt8(0)...255 {
            switch byte {
            case 0x22: raw += "\\\"".utf8
            case 0x5c: raw += "\\\\".utf8
            case 0x0b: raw += "\\v".utf8
            default: raw.append(byte)
            }
        }
        let body = Array("{\"status\": \"OK\",\"tx_hashes\": \"".utf8) + raw + Array("\",\"untrusted\": true}".utf8)
        #expect(AnswerJudge.problem(of: answer(body), to: json) == nil)
        #expect(AnswerJudge.isOK(answer(body), to: json))
        let before = Array("{\"a\": \"".utf8) + raw + Array("\",\"status\": \"BUSY\"}".utf8)
        #expect(AnswerJudge.isBusy(answer(before), to: json))
    }

    @Test("a status in an inner object is not the answer's")
    func inner() {
        let text = answer("{\"a\":{\"status\":\"BUSY\"},\"status\":\"OK\",\"b\":\"\\\"status\\\":\\\"BUSY\\\"\"}")
        #expect(AnswerJudge.isOK(text, to: json) && !AnswerJudge.isBusy(text, to: json))
        #expect(!AnswerJudge.isBusy(answer("{\"status\":\"BUSY\",\"result\":{\"status\":\"OK\"}}"), to: rpc))
    }

    @Test("too many brackets are no answer")
    func deep() {
        let text =
            "{\"status\":\"OK\",\"a\":" + String(repeating: "[", count: 65) + String(repeating: "]", count: 65) + "}"
        #expect(AnswerJudge.problem(of: answer(text), to: json) != nil)
        let fine =
            "{\"status\":\"OK\",\"a\":" + String(repeating: "[", count: 62) + String(repeating: "]", count: 62) + "}"
        #expect(AnswerJudge.problem(of: answer(fine), to: json) == nil)
    }

    @Test("of a long answer the first bytes are looked at")
    func beginning() {
        func problem(_ bytes: [UInt8], _ request: WalletRequest, status: Int = 200) -> String? {
            AnswerJudge.problem(ofBeginning: bytes.span, status: status, to: request)
        }
        #expect(problem(Array("{\"a".utf8), json) == nil && problem(Array("{\"a".utf8), rpc) == nil)
        #expect(problem(Array("<html".utf8), json) != nil && problem([], json) != nil)
        #expect(problem(PortableStorage.signature + [4], storage) == nil)
        #expect(problem([1, 0x11, 1], storage) != nil && problem(Array("{\"a\":1,\"b\":2}".utf8), storage) != nil)
        #expect(problem(Array("{\"a".utf8), json, status: 503) != nil)
    }
}

import FuzzSupport
import Policy
import Protocols

/// What a node answers, whole. It is judged without a trap; an answer cut anywhere is refused; and what is taken for
/// a fee is a fee that reads again as itself.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
    let input = bytes(data, size)
    for form in [WalletCall.Form.json, .jsonRPC, .portableStorage] {
        let request = WalletRequest(call: WalletCall(path: "/", form: form), body: [])
        let answer = WalletAnswer(contentType: "", body: input)
        let problem = AnswerJudge.problem(of: answer, to: request)
        _ = AnswerJudge.isBusy(answer, to: request)
        _ = AnswerJudge.isOK(answer, to: request)
        var refused = answer
        refused.status = 500
        require(AnswerJudge.problem(of: refused, to: request) != nil, "an error of HTTP is taken")
        require(!AnswerJudge.isOK(refused, to: request), "an error of HTTP is done")
        guard problem == nil else { continue }
        let trimmed = Array(input.drop { isSpace($0) })
        require(
            AnswerJudge.problem(ofBeginning: trimmed.span, status: 200, to: request) == nil,
            "a good answer begins badly")
        for end in [size - 1, size / 2, 1] where end < size && !isSpace(input[size - 1]) {
            let cut = WalletAnswer(contentType: "", body: Array(input[..<end]))
            require(AnswerJudge.problem(of: cut, to: request) != nil, "an answer that is cut off is taken")
        }
    }
    if let fee = try? FeeTuple(reading: WalletAnswer(contentType: "", body: input)) {
        let written = WalletAnswer.fee(fee, id: Array("\"0\"".utf8))
        require((try? FeeTuple(reading: written)) == fee, "a fee reads otherwise")
    }
    return 0
}

private func isSpace(_ byte: UInt8) -> Bool { [0x20, 0x0a, 0x0d, 0x09].contains(byte) }

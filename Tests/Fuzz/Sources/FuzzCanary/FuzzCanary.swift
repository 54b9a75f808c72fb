import FuzzSupport
import Policy

/// A canary ends once, dials at most once and only when begun, and is proven only after it tried; how the guard's bytes
/// are cut changes nothing. What either side reads it writes again as the same.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
    let input = bytes(data, size)
    if let question = try? CanaryConversation.Question(line: input) {
        require((try? CanaryConversation.Question(line: question.line())) == question, "a question changed")
    }
    if let answer = try? CanaryConversation.Answer(line: input) {
        require((try? CanaryConversation.Answer(line: answer.line())) == answer, "an answer changed")
    }
    var whole = CanaryTrial()
    var cut = CanaryTrial()
    require(whole.receive(input) == input.pieces.flatMap { cut.receive($0) }, "the cut changed what came of it")
    converse(input)
    return 0
}

/// What the machine asks for is done at once, as its driver does it.
private func converse(_ input: [UInt8]) {
    var trial = CanaryTrial()
    var all: [CanaryTrial.Effect] = []
    for byte in input {
        for effect in trial.receive([byte]) {
            all.append(effect)
            if effect == .dial { all += trial.tried(CanaryProbe.allCases.map { CanaryTry($0, .failed) }) }
        }
    }
    all += trial.ended("the end")
    let dials = all.count { $0 == .dial }
    require(dials <= 1, "dialled twice")
    var endings = 0
    for effect in all {
        guard case .end(let report) = effect else { continue }
        endings += 1
        require(report.ending != .proven || dials == 1, "proven without a dial")
        require(!report.sentence.isEmpty, "no sentence")
    }
    require(endings == 1, "\(endings) endings")
}

import FuzzSupport
import Policy
import Protocols

/// Whatever a client asks and a resolver says: an answer goes to whom it is for, with his id and his question; nobody gets
/// two; and however the resolver's bytes were cut, the same answers come.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
    let input = bytes(data, size)
    ask(input)
    let whole = answers([input])
    require(whole == answers(input.pieces), "cut into pieces it answers otherwise")
    return 0
}

/// The input as a client's message.
private func ask(_ input: [UInt8]) {
    guard let query = try? DNSQuery(input) else { return }
    require((512...65507).contains(query.datagramLimit), "a limit out of bounds")
    for answer in [query.answer(.refused), query.answer(.serverFailure), query.cutShort] {
        guard let message = try? DNSMessage(answer) else { return require(false, "an answer of ours that is none") }
        require(message.header.id == query.id && message.questions == [query.question], "another question")
        require(answer.count <= 512 && message.answers.isEmpty, "too long for a datagram")
    }
}

private struct Zeros: RandomNumberGenerator {
    var last: UInt64 = 0
    mutating func next() -> UInt64 {
        last &+= 1 << 48
        return last
    }
}

/// What two clients get who asked with ids that the input can have.
private func answers(_ pieces: [[UInt8]]) -> [QuestionForwarding.Effect] {
    var machine = QuestionForwarding()
    var random = Zeros()
    let now = Instant(milliseconds: 0)
    var ids: [Endpoint: (id: UInt16, question: DNSQuestion)] = [:]
    for index in UInt16(0)..<2 {
        let client = Endpoint.tcp(.v4(IPv4Address(127, 0, 0, 1)), port: 40000 + index)
        let question = DNSQuestion(DNSName("a") ?? .root, index == 0 ? .a : .aaaa)
        let message = question.query(id: 7 + index)
        guard let query = try? DNSQuery(message) else { continue }
        ids[client] = (7 + index, question)
        _ = machine.asked(query, message, by: client, now: now, random: &random)
    }
    var found: [QuestionForwarding.Effect] = []
    for piece in pieces {
        for effect in machine.received(piece.span, now: now) {
            if case .close = effect { return found }
            guard case .answer(let answer, let client) = effect else { continue }
            guard let asked = ids.removeValue(forKey: client) else {
                require(false, "answered twice")
                continue
            }
            require(Array(answer.prefix(2)) == [0, UInt8(asked.id)], "another's id")
            let message = try? DNSMessage(answer)
            require(
                message.map { $0.questions == [asked.question] || $0.questions.isEmpty } == true, "another question")
            found.append(effect)
        }
    }
    return found
}

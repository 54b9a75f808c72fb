import FuzzSupport
import Protocols

/// A message reads alike however its stream was cut; what is taken for an answer is found once more by a reader of
/// another make; a changed id or question is never taken; and what is written from the input reads as it was written.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
    let input = bytes(data, size)
    require(frames([input]) == frames(input.pieces), "cut into pieces it frames otherwise")
    for type in [DNSRecordType.a, .aaaa] { judge(input, type) }
    roundTrip(input)
    return 0
}

private func frames(_ pieces: [[UInt8]]) -> [[UInt8]] {
    var framing = DNSFraming()
    var found: [[UInt8]] = []
    for piece in pieces {
        var rest = piece
        while true {
            let (consumed, event) = framing.receive(rest.span)
            rest.removeFirst(consumed)
            guard case .message(let message) = event else { break }
            found.append(message)
        }
    }
    return found
}

/// The input as the answer to the question that it holds itself.
private func judge(_ input: [UInt8], _ type: DNSRecordType) {
    guard let message = try? DNSMessage(input) else { return }
    require(input.count >= 12, "a message without a header")
    let records = message.answers + message.authorities + message.additional
    for name in message.questions.map(\.name) + records.map(\.name) {
        require(name.wire.count <= 255 && name.wire.last == 0, "a name too long")
        require(!name.description.isEmpty && name.description.utf8.allSatisfy { (0x21...0x7e).contains($0) }, "text")
    }
    guard let name = message.questions.first?.name else { return }
    let question = DNSQuestion(name, type)
    let id = message.header.id
    guard let answer = try? DNSAnswer(message, to: question, id: id) else { return }
    require(!answer.addresses.isEmpty && answer.addresses.count <= 16 && answer.lifetime <= 3600, "bounds")
    require(input[2] & 0x80 != 0 && input[3] & 0x0f == 0 && input[2] & 0x02 == 0, "not an answer, an error, or cut")
    require((try? DNSAnswer(message, to: question, id: id &+ 1)) == nil, "another id was taken")
    let other = DNSQuestion(DNSName("other.invalid") ?? .root, type)
    require(name == other.name || (try? DNSAnswer(message, to: other, id: id)) == nil, "another question was taken")
    // Every address must stand in a record that a walk over the aliases, as a set, comes to.
    var reached: Set<DNSName> = [name]
    for _ in message.answers {
        for record in message.answers where reached.contains(record.name) {
            if case .alias(let next) = record.content { reached.insert(next) }
        }
    }
    for address in answer.addresses {
        let found = message.answers.contains { $0.content == .address(address) && reached.contains($0.name) }
        require(found && contains(input, address), "an address from nowhere")
    }
}

/// Whether the address's own bytes stand in the input.
private func contains(_ input: [UInt8], _ address: IPAddress) -> Bool {
    let octets: [UInt8]
    switch address {
    case .v4(let inner): octets = inner.octets
    case .v6(let inner):
        octets = (0..<16).map { UInt8(($0 < 8 ? inner.high : inner.low) >> UInt64(56 - 8 * ($0 % 8)) & 0xff) }
    }
    return input.indices.contains { input[$0...].starts(with: octets) }
}

/// The input as a recipe: labels and addresses, written with and without compression.
private func roundTrip(_ input: [UInt8]) {
    guard input.count >= 8 else { return }
    let labels = input.prefix(6).map { String(UnicodeScalar(0x61 + $0 % 26)) }
    guard let name = DNSName(labels.joined(separator: ".")) else { return require(false, "a name of letters") }
    let question = DNSQuestion(name, .a)
    let query = question.query(id: 7)
    let read = try? DNSMessage(query)
    require(read?.questions == [question] && read?.header.bytes == Array(query[..<12]), "our own question")
    var message = query
    message[2] = 0x81
    let addresses = stride(from: 6, to: min(input.count - 3, 60), by: 4).map { Array(input[$0..<$0 + 4]) }
    message[7] = UInt8(addresses.count)
    for (index, octets) in addresses.enumerated() {
        message += index % 2 == 0 ? [0xc0, 12] : name.wire
        message += [0, 1, 0, 1, 0, 0, 0, UInt8(index + 1), 0, 4] + octets
    }
    let answer = try? DNSAnswer(DNSMessage(message), to: question, id: 7)
    guard !addresses.isEmpty else { return require(answer == nil, "no record, but an address") }
    var expected: [IPAddress] = []
    for octets in addresses {
        let address = IPAddress.v4(IPv4Address(octets[0], octets[1], octets[2], octets[3]))
        if !expected.contains(address) { expected.append(address) }
    }
    require(answer?.addresses == expected && answer?.lifetime == 1, "what was written reads otherwise")
}

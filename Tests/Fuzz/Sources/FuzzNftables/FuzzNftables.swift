import FuzzSupport
import Protocols

/// Whatever the kernel says of a table, reading it comes to an end, gives the same each time, and gives the contents of
/// another table only where the bytes that a digest is made of differ as well.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
    let input = bytes(data, size)
    guard let first = input.first else { return 0 }
    let answer = Array(input.dropFirst())
    let question = questions[Int(first) % questions.count]
    var reader = NftReader(table: "x")
    var again = NftReader(table: "x")
    let progress = reader.take(answer.span, for: question, sequence: 1)
    require(again.take(answer.span, for: question, sequence: 1) == progress, "two ends of one answer")
    compare(reader.contents, again.contents, areSame: true)
    require(reader.elements == again.elements && reader.counters == again.counters, "two counts of one answer")
    require(reader.elements.count <= answer.count / 8, "elements that stand nowhere")
    let table = NftTable(name: "x", chains: [.init(name: "output", hook: .filterOutput, rules: [[.user(107), .drop]])])
    compare(reader.contents, table.contents)
    compare(reader.contents, NftTable(name: "x").contents)
    // The same answer once more is a table with everything twice.
    _ = again.take(answer.span, for: question, sequence: 1)
    compare(reader.contents, again.contents)
    for piece in answer.pieces { _ = again.take(piece.span, for: question, sequence: 1) }
    listed(answer)
    return 0
}

private let questions: [NftReader.Question] =
    NftReader.Question.contents + [
        .generation, .elements(set: "s", .transport), .elements(set: "s", .transportAndPort),
        .elements(set: "s", .destinationIPv4), .elements(set: "s", .destinationIPv6),
    ]

private func compare(_ one: NftContents, _ other: NftContents, areSame: Bool? = nil) {
    require((one == other) == (one.bytes == other.bytes), "the digest's bytes say otherwise")
    require((one.difference(from: other) == nil) == (one == other), "the difference says otherwise")
    if let areSame { require((one == other) == areSame, "not the same") }
}

/// A socket is destroyed by the bytes by which it was listed.
private func listed(_ input: [UInt8]) {
    var messages = NetlinkMessages()
    while let message = try? messages.next(in: input.span) {
        for transport in TransportProtocol.allCases {
            guard let socket = SocketEntry(message, of: transport, in: input.span) else { continue }
            let identity = Array(input[(message.body.lowerBound + 4)..<(message.body.lowerBound + 52)])
            let request = socket.destruction(sequence: 7).bytes
            require(Array(request.suffix(48)) == identity, "another socket is destroyed")
            require(request.count == 16 + 56 && request[4] == 21, "an odd question")
            let forgetting = ConnectionTracking.forget(socket, sequence: 7).bytes.dropFirst(16)
            let claim = ConnectionTracking.claim(socket, mark: 1, sequence: 7).bytes.dropFirst(16)
            require(forgetting.count > 24 && claim.starts(with: forgetting), "another connection is claimed")
        }
    }
}

import FuzzSupport
import Protocols

/// Cut anywhere, what a SAM bridge says leads to the same commands and the same end; no stream stands before the bridge
/// said so, none of its bytes is lost or invented, and no session stands with keys that were not said.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
    let input = bytes(data, size)
    lines(input)
    stream(input, .connect(name: "peer.b32.i2p"))
    stream(input, .accept)
    for identity in [SAMSessionClient.Identity.transient, .new] { session(input, identity) }
    base64(input)
    return 0
}

private let id = SAMSessionID(random: [UInt8](repeating: 0xab, count: 16))

/// What is read of a line stands in it.
private func lines(_ input: [UInt8]) {
    for line in input.split(separator: 0x0a, omittingEmptySubsequences: false) {
        guard let reply = try? SAMReply(line: Array(line)) else { continue }
        let text = String(decoding: line, as: UTF8.self)
        switch reply {
        case .hello(let minor): require(minor > 0 && text.contains("VERSION=3.\(minor)"), "another version")
        case .session(let keys), .keys(let keys):
            require(text.contains(String(decoding: keys.text, as: UTF8.self)), "other keys")
            require(I2PKeys(fileContents: keys.fileContents) == keys, "they are not kept as they are")
        case .stream: require(text.hasPrefix("STREAM STATUS "), "no stream")
        case .name(let name, let destination):
            require(text.contains("NAME=" + String(decoding: name, as: UTF8.self)), "another name")
            require(I2PDestination(base64: I2PBase64.encode(destination.bytes)) == destination, "not read again")
        case .refused(let subject, let result):
            require(text.hasPrefix(subject.rawValue) && text.contains("RESULT=\(result.rawValue)"), "other words")
        case .ping, .pong: require(text.hasPrefix("P"), "no ping")
        }
    }
}

/// A bridge answers when it is asked: the input cut behind each line is how it speaks.
private func pieces(_ input: [UInt8]) -> [[UInt8]] {
    var pieces: [[UInt8]] = []
    var piece: [UInt8] = []
    for byte in input {
        piece.append(byte)
        if byte == 0x0a {
            pieces.append(piece)
            piece = []
        }
    }
    return pieces + [piece]
}

private func stream(_ input: [UInt8], _ request: SAMStreamClient.Request) {
    guard let id else { return }
    func run(_ pieces: [[UInt8]]) -> (sent: [UInt8], left: [UInt8], outcome: SAMStreamClient.Outcome) {
        var client = SAMStreamClient(request, of: id)
        var sent: [UInt8] = []
        var left: [UInt8] = []
        var outcome = SAMStreamClient.Outcome.more
        client.start(&sent)
        for piece in pieces {
            guard outcome == .more else {
                left += piece
                continue
            }
            let (consumed, next) = client.receive(piece.span, output: &sent)
            require(consumed <= piece.count, "more than there was")
            left += piece[consumed...]
            outcome = next
        }
        return (sent, left, outcome)
    }
    let whole = run(pieces(input))
    let single = run(input.map { [$0] })
    require(whole.sent == single.sent && whole.outcome == single.outcome, "cut otherwise it ends otherwise")
    guard whole.outcome == .ready else { return }
    require(
        whole.left == single.left && input.suffix(whole.left.count) == whole.left[...], "bytes of the stream are lost")
    let text = String(decoding: input.dropLast(whole.left.count), as: UTF8.self)
    require(text.hasPrefix("HELLO REPLY "), "ready before it was greeted")
    require(request == .accept || text.contains("\nSTREAM STATUS "), "ready before it was said")
}

private func session(_ input: [UInt8], _ identity: SAMSessionClient.Identity) {
    guard let id else { return }
    func run(_ pieces: [[UInt8]]) -> [SAMSessionClient.Effect] {
        var client = SAMSessionClient(id, identity, quantity: 3, length: 3)
        var all = client.connected()
        for piece in pieces {
            var effects = client.received(piece.span)
            while !effects.isEmpty {
                all += effects
                var next: [SAMSessionClient.Effect] = []
                for effect in effects {
                    switch effect {
                    case .keep: next += client.keysAreKept()
                    case .stands: next += client.lookUp("ME")
                    default: break
                    }
                }
                effects = next
            }
        }
        all += client.closed()
        require(client.closed() == [], "closed twice")
        return all
    }
    let effects = run(pieces(input))
    require(effects == run(input.map { [$0] }), "cut otherwise it ends otherwise")
    require(effects.count { if case .close = $0 { true } else { false } } == 1, "its end was not told once")
    for case .send(let bytes) in effects {
        require(bytes.last == 0x0a && !bytes.dropLast().contains(0x0a), "not one line")
    }
}

private func base64(_ input: [UInt8]) {
    require(I2PBase64.decode(I2PBase64.encode(input)) == input, "not the same bytes again")
    if let bytes = I2PBase64.decode(input) { require(I2PBase64.encode(bytes) == input, "two texts for the same bytes") }
}

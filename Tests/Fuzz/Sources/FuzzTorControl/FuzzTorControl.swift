import FuzzSupport
import Protocols

/// Cut anywhere, what a control port says leads to the same commands and the same state. Our proof is never sent to
/// who has not given his, the cookie to nobody; and what is shown to a person is printable and short.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
    let input = bytes(data, size)
    let replies = replies(input)
    let whole = run(replies)
    require(run(replies.flatMap(\.pieces)) == whole, "cut into pieces it ends otherwise")
    require(run(replies.flatMap { $0.map { [$0] } }) == whole, "byte by byte it ends otherwise")

    let proof = "AUTHENTICATE cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd"
    let text = String(decoding: input, as: UTF8.self).lowercased()
    require(
        !whole.sent.contains(proof) || text.contains("serverhash=\(String(repeating: "ab", count: 32))"),
        "our proof went to who gave none")
    require(!whole.sent.contains { $0.contains("0707") }, "the cookie was sent")
    require(
        whole.state.readiness != .ready || whole.sent.contains { $0.hasPrefix("AUTHENTICATE") },
        "ready without having been let in")
    require(
        whole.state.detail.utf8.count < 600 && whole.state.detail.utf8.allSatisfy { (0x20...0x7e).contains($0) },
        "unfit to be shown: \(whole.state.detail)")
    require(whole.closed.count <= 1, "closed twice")
    require(whole.streams.isEmpty || text.contains(user), "another's stream was taken for ours")
    require(
        whole.onions.allSatisfy { isTold($0, in: text) }, "an onion service that nobody told of")
    require(!whole.sent.contains { $0.contains("Detach") }, "a service that outlives us")
    streams(input)
    descriptors(input)
    slowly(input)
    return 0
}

private let user = "6b1fa0a54a36a05ad5b3d4a5e2a4e6d1"

private func key(_ name: ArraySlice<UInt8>) -> UInt64? { name.elementsEqual(user.utf8) ? 7 : nil }

/// Each line of the input as the text of an event: what is ours has our name in quotes, and its port in its target.
private func streams(_ input: [UInt8]) {
    for line in input.split(separator: 0x0a) {
        guard let event = TorStreamEvent(Array(line), keyOf: key) else { continue }
        let text = String(decoding: line, as: UTF8.self)
        require(event.key == 7 && text.contains("SOCKS_USERNAME=\"\(user)\""), "not ours: \(text)")
        require(text.contains("FAILED") || text.contains("DETACHED"), "no failure: \(text)")
        require(text.contains("\(event.port) ") && text.contains("REASON="), "not what it says: \(text)")
    }
}

/// Each line of the input as the text of an event of a service's descriptor.
private func descriptors(_ input: [UInt8]) {
    for line in input.split(separator: 0x0a) {
        var asked: [String] = []
        func isOurs(_ address: String) -> Bool {
            asked.append(address)
            return true
        }
        guard let event = TorDescriptorEvent(Array(line), isOurs: isOurs) else { continue }
        let text = String(decoding: line, as: UTF8.self).lowercased()
        require(asked == [event.address], "taken for ours without a look")
        require(text.contains(event.address.dropLast(6)), "another's address")
        require(event.directory.utf8.count == 40 && text.contains(event.directory.lowercased()), "another's directory")
        require(TorDescriptorEvent(Array(line)) { _ in false } == nil, "another's descriptor was taken for ours")
    }
}

/// Whether what is told of a service stands in the input, in lower case.
private func isTold(_ event: TorOnionEvent, in text: String) -> Bool {
    switch event {
    case .open, .closed, .refused: true
    case .added(_, let address, let key):
        text.contains("serviceid=\(address.dropLast(6))") && (key.map { text.contains($0.text.lowercased()) } ?? false)
    case .deleted(let address): text.contains(address.dropLast(6))
    case .descriptor(let event): text.contains("serviceid=\(event.address.dropLast(6))")
    }
}

private struct Run: Equatable {
    var sent: [String] = []
    var closed: [TorControlFailure] = []
    var paths: [String] = []
    var streams: [TorStreamEvent] = []
    var onions: [TorOnionEvent] = []
    var state = TorState()
}

/// The input cut behind each reply: Tor answers no command before it was sent, and a peer that does is refused at a
/// point that follows from how its bytes come.
private func replies(_ input: [UInt8]) -> [[UInt8]] {
    var reader = TorControlReplyReader()
    var replies: [[UInt8]] = []
    var rest = input
    while true {
        let (consumed, event) = reader.receive(rest.span)
        guard case .reply = event else { return replies + [rest] }
        replies.append(Array(rest[..<consumed]))
        rest.removeFirst(consumed)
    }
}

private func client() -> TorControlClient {
    TorControlClient(nonce: [UInt8](repeating: 9, count: 32)) { key, _ in
        [UInt8](repeating: String(decoding: key, as: UTF8.self).contains("server-to") ? 0xab : 0xcd, count: 32)
    }
}

private func request(_ port: UInt16) -> TorOnionRequest {
    TorOnionRequest(name: "\(port)", key: nil, port: port, target: .unix("/run/x"), asksForWork: port == 18084)
}

private func run(_ pieces: [[UInt8]]) -> Run {
    var client = client()
    var run = Run()
    act(client.serveOnions(), &client, &run)
    act(client.connected(), &client, &run)
    for piece in pieces { act(client.received(piece.span, keyOf: key), &client, &run) }
    run.state = client.state
    return run
}

/// With time passing between the pieces: only that nothing traps.
private func slowly(_ input: [UInt8]) {
    var client = client()
    var run = Run()
    act(client.connected(), &client, &run)
    for (index, piece) in input.pieces.enumerated() {
        act(client.received(piece.span), &client, &run)
        act(client.tick(Instant(milliseconds: Int64(index) * 700)), &client, &run)
    }
    act(client.closed(), &client, &run)
    require(run.closed.count == 1, "the end was not told once")
}

private func act(_ effects: [TorControlClient.Effect], _ client: inout TorControlClient, _ run: inout Run) {
    for effect in effects {
        switch effect {
        case .send(let bytes):
            require(Array(bytes.suffix(2)) == [0x0d, 0x0a] && !bytes.dropLast(2).contains(0x0d), "not one line")
            run.sent.append(String(decoding: bytes.dropLast(2), as: UTF8.self))
        case .readCookie(let path):
            require(path.utf8.first == 0x2f && !path.utf8.contains(0), "a path that is none")
            run.paths.append(path)
            act(client.cookie(.success([UInt8](repeating: 7, count: 32))), &client, &run)
        case .stream(let event): run.streams.append(event)
        case .onion(let event):
            run.onions.append(event)
            switch event {
            case .open:
                for port: UInt16 in [18084, 18089] {
                    act(client.publish(request(port)), &client, &run)
                }
            // One is taken down as soon as it stands.
            case .added("18089", let address, _): act(client.unpublish(address), &client, &run)
            default: break
            }
        case .report: break
        case .close(let failure): run.closed.append(failure)
        }
    }
}

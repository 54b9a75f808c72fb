import FuzzSupport
import Policy
import Protocols

/// The first byte says which call it is, the rest is its body. Whatever a wallet sends: at most one request goes on; it
/// is a text that our strict readers read, with our own id, no identifier and no planted cookie in it; what goes on
/// goes on as itself when it is sent again; and it is all the same when it comes in pieces, or on a connection that asked
/// before.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
    let input = bytes(data, size)
    guard let first = input.first else { return 0 }
    let path = paths[Int(first) % paths.count]
    let wire = post(path, Array(input.dropFirst()))
    let effects = converse([wire])
    require(effects == converse(wire.pieces), "in pieces it is another request")
    let requests = effects.compactMap { if case .request(let request) = $0 { request } else { nil } }
    require(requests.count <= 1, "one request became \(requests.count)")
    guard let request = requests.first else {
        require(effects.contains { if case .write = $0 { true } else { false } }, "neither asked nor answered")
        return 0
    }
    judge(request)
    // Asked again, with another between, all are what they are on a connection of their own.
    var other = wire
    other[Int(first) * 7919 % other.count] ^= 0x01
    let alone = [wire, other].map { asked([$0]) }
    if alone[1].isLast {
        require(
            asked([wire, wire, other]).requests == alone[0].requests + alone[0].requests + alone[1].requests,
            "asked again")
    } else {
        require(
            asked([wire, other, wire, other]).requests
                == alone[0].requests + alone[1].requests + alone[0].requests + alone[1].requests,
            "asked again, and another")
    }
    let again = converse([post(path, request.body)])
    var expected = request
    expected.id = Array("\"0\"".utf8)
    require(again == [.request(expected)], "what goes on is another request when it is sent again")
    return 0
}

private let paths = [
    "/json_rpc", "/getblocks.bin", "/gethashes.bin", "/get_outs.bin", "/get_output_distribution.bin",
    "/sendrawtransaction", "/gettransactions", "/get_transaction_pool_hashes.bin", "/is_key_image_spent", "/get_outs",
    "/get_o_indexes.bin", "/getblocks_by_height.bin", "/get_info",
]

private let gate = WalletGate(
    WalletConfiguration(
        listen: .tcp(.v4(IPv4Address(127, 0, 0, 1)), port: 18989),
        nodes: [
            WalletNodeConfiguration(destination: Destination(host: Host(.v4(IPv4Address(127, 0, 0, 1))), port: 18081))
        ]))

private func post(_ path: String, _ body: [UInt8]) -> [UInt8] {
    Array("POST \(path) HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: \(body.count)\r\n\r\n".utf8) + body
}

/// What a conversation says to these pieces, pieces of an answer put together.
private func converse(_ pieces: [[UInt8]]) -> [WalletConversation.Effect] {
    var conversation = WalletConversation(gate: gate)
    var effects: [WalletConversation.Effect] = []
    for piece in pieces {
        for effect in conversation.received(piece.span) {
            if case .write(let more) = effect, case .write(let before)? = effects.last {
                effects[effects.count - 1] = .write(before + more)
            } else {
                effects.append(effect)
            }
        }
    }
    return effects
}

/// What goes on of these requests, one after the other on one connection, and whether none can follow.
private func asked(_ wires: [[UInt8]]) -> (requests: [WalletRequest], isLast: Bool) {
    var conversation = WalletConversation(gate: gate)
    var requests: [WalletRequest] = []
    for wire in wires {
        for case .request(let request) in conversation.received(wire.span) { requests.append(request) }
        _ = conversation.answer(WalletAnswer(contentType: "", body: []))
    }
    return (requests, !conversation.isIdle)
}

private let unwanted = ["client", "pool_info_since", "rpc_payment", "signature", "cookie"]

private func judge(_ request: WalletRequest) {
    let body = request.body
    switch request.call.form {
    case .portableStorage:
        guard let storage = try? PortableStorage(rootOf: body.span) else { fatalError("no portable storage goes on") }
        for entry in storage.entries {
            require(!unwanted.contains { body[entry.key].elementsEqual($0.utf8) }, "an identifier goes on")
        }
    case .json, .jsonRPC:
        guard let object = try? JSONValue(reading: body.span, limits: JSONLimits(members: 100_000)).asObject else {
            fatalError("no JSON goes on")
        }
        for key in unwanted { require(object[key] == nil, "an identifier goes on") }
        guard request.call.form == .jsonRPC else { return }
        require(object["id"] == .string("0"), "the wallet's id goes on")
        for key in unwanted { require(object["params"]?[key] == nil, "an identifier goes on") }
        require(request.id.count <= 256, "an id that is too long")
    }
}

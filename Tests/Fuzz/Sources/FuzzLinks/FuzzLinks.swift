import FuzzSupport
import Protocols

/// Whatever the kernel says, the table ends up in one state, asks at most one question a datagram, and what it knows is
/// forgotten by nothing but its own news.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
    let input = bytes(data, size)
    var table = LinkTable()
    var again = LinkTable()
    require(table.start() == again.start(), "two first questions")
    require(table.receive(input.span) == again.receive(input.span), "two answers to one datagram")
    require(table.isKnown == again.isKnown, "known and not known")
    for piece in input.pieces {
        if let request = table.receive(piece.span) {
            var messages = NetlinkMessages()
            let message = try? messages.next(in: request.span)
            require(message?.type == 18 || message?.type == 22, "an odd question")
        }
    }
    if let link = table.link(named: "wg0") { require(link.name == "wg0", "another link") }
    return 0
}

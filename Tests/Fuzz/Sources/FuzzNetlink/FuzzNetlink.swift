import FuzzSupport
import Protocols

/// Messages and attributes lie inside what they are read from, one after the other; what a request is built of is read
/// back from it; and a socket's owner is named only where the answer's own bytes name him.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
    let input = bytes(data, size)
    walk(input)
    build(input)
    ask(input)
    return 0
}

private func walk(_ input: [UInt8]) {
    var messages = NetlinkMessages()
    var end = 0
    while let message = try? messages.next(in: input.span) {
        require(message.body.lowerBound >= end + NetlinkMessage.headerSize, "messages overlap")
        require(message.body.lowerBound < end + NetlinkMessage.headerSize + 4, "bytes are passed over")
        require(message.body.upperBound <= input.count, "a message goes past the end")
        end = message.body.upperBound
        if let code = message.errorCode(in: input.span) {
            require(code != .min && message.body.count >= 4, "an error without a code")
        }
        for skipped in [0, 16] {
            var attributes = NetlinkAttributes(of: message, after: skipped)
            var last = message.body.lowerBound
            while let attribute = try? attributes.next(in: input.span) {
                require(attribute.value.lowerBound >= last + NetlinkAttribute.headerSize, "attributes overlap")
                require(attribute.value.upperBound <= message.body.upperBound, "an attribute goes past its message")
                require(attribute.type < 0x4000, "a flag is in the type")
                last = attribute.value.upperBound
                var nested = NetlinkAttributes(attribute.value)
                while let inner = try? nested.next(in: input.span) {
                    require(attribute.value.contains(inner.value), "what is nested goes past its attribute")
                }
            }
        }
    }
}

extension Range<Int> {
    fileprivate func contains(_ inner: Range<Int>) -> Bool {
        inner.lowerBound >= lowerBound && inner.upperBound <= upperBound
    }
}

private func build(_ input: [UInt8]) {
    let values = input.pieces.prefix(8).map { Array($0.prefix(65531)) }
    let body = Array(input.prefix(16)) + [UInt8](repeating: 0, count: max(0, 16 - input.count))
    var request = NetlinkRequest(type: 20, flags: .dump, sequence: 5, body: body)
    for (index, value) in values.enumerated() { request.append(attribute: UInt16(index), value) }
    var messages = NetlinkMessages()
    guard let message = try? messages.next(in: request.bytes.span) else { return require(false, "no message") }
    require(message.type == 20 && message.sequence == 5 && message.flags == [.request, .dump], "another header")
    require(Array(request.bytes[message.body].prefix(16)) == body, "another body")
    var attributes = NetlinkAttributes(of: message, after: 16)
    for (index, value) in values.enumerated() {
        guard let attribute = try? attributes.next(in: request.bytes.span) else {
            return require(false, "an attribute is missing")
        }
        require(attribute.type == UInt16(index) && Array(request.bytes[attribute.value]) == value, "another attribute")
    }
    require((try? attributes.next(in: request.bytes.span)) == .some(nil), "one attribute more")
    require((try? messages.next(in: request.bytes.span)) == .some(nil), "one message more")
}

private func ask(_ input: [UInt8]) {
    let here = IPAddress.v4(IPv4Address(127, 0, 0, 1))
    let six = IPAddress.v6(IPv6Address(high: 0, low: 1))
    for (address, port) in [(here, UInt16(0xd112)), (six, 0xe49c)] {
        let far = Endpoint.tcp(address, port: address == here ? 0x8df9 : 0xee01)
        guard let question = SocketQuestion(own: .tcp(address, port: port), far: far) else {
            return require(false, "no question")
        }
        for sequence: UInt32 in [0, 1, 2] {
            let answer = question.answer(in: input.span, sequence: sequence)
            require(
                answer == nil || question.answer(in: (input + input).span, sequence: sequence) == answer,
                "what follows an answer changes it")
            guard case .user(let user) = answer else { continue }
            let ports = [UInt8(port >> 8), UInt8(truncatingIfNeeded: port)]
            let number = withUnsafeBytes(of: user) { Array($0) }
            require(
                input.indices.contains { index in
                    index + 72 <= input.count && [1, 4, 5, 8].contains(input[index + 1])
                        && Array(input[(index + 4)..<(index + 6)]) == ports
                        && Array(input[(index + 64)..<(index + 68)]) == number
                        && input[(index + 68)..<(index + 72)].contains { $0 != 0 }
                }, "user \(user) stands nowhere in the answer")
        }
    }
}

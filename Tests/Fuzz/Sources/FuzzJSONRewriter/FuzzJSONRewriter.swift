import FuzzSupport
import Protocols

/// What the scanner takes for an object is the object that the reader reads, and what is written of it reads as the
/// same but for what was dropped or replaced. The scanner refuses what the reader refuses, and escaped keys besides.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
    let input = bytes(data, size)
    let value = read(input)
    let isValid = JSONText.isValid(input.span)
    require(isValid || !value.isRead, "read, but not valid")
    require(!isValid || value.isRead || value.failure?.cause == .duplicateKey, "valid, but not read")
    let members: JSONMembers
    do {
        members = try JSONMembers(scanning: input.span)
    } catch {
        require((0...size).contains(error.offset), "a refusal lies outside of the text")
        require(
            value.object == nil || error.cause == .escapedKey, "an object is refused that the reader reads: \(error)")
        return 0
    }
    guard let object = value.object else { fatalError("an object is scanned that the reader refuses") }
    require(members.members.count == object.members.count, "another number of members")
    for (place, member) in zip(members.members, object.members) {
        require(member.key.utf8.elementsEqual(input[place.key]), "another key")
        require(read(Array(input[place.value])).value == member.value, "another value")
    }
    let same = members.compact(input.span, dropping: [])
    require(same.count <= size, "compact is longer")
    require(read(same).object == object, "compact reads otherwise")
    require(again(same)?.compact(same.span, dropping: []) == same, "compact is not compact")

    var expected = object
    expected["client"] = nil
    if expected["method"] != nil { expected["method"] = .string("m") }
    let less = members.compact(
        input.span, dropping: ["client", "absent"], replacing: [("method", Array("\"m\"".utf8)), ("none", [])])
    require(read(less).object == expected, "what is left reads otherwise")
    require(again(less)?.value(of: "client", in: less.span) == nil, "what was dropped is there")

    // In its place in other bytes it is the same, further back.
    let framed = try? JSONMembers(scanning: ([0xff] + input + [0xff]).span, in: 1..<size + 1)
    require(framed?.members.count == members.members.count, "in its place it reads otherwise")
    for (inner, outer) in zip(framed?.members ?? [], members.members) {
        require(inner.value.lowerBound == outer.value.lowerBound + 1, "in its place it lies elsewhere")
    }
    if let range = members.value(of: "params", in: input.span), object["params"]?.asObject != nil {
        guard let params = try? JSONMembers(scanning: input.span, in: range) else {
            fatalError("an object within is refused alone")
        }
        require(params.members.count == object["params"]?.asObject?.members.count, "parameters read otherwise")
        let text = JSONText.compact(input.span, in: range)
        require(read(text).value == object["params"], "compact parameters read otherwise")
    }
    return 0
}

private struct Reading {
    var value: JSONValue?
    var failure: JSONFailure?
    var isRead: Bool { value != nil }
    var object: JSONObject? { value?.asObject }
}

private func read(_ bytes: [UInt8]) -> Reading {
    do {
        return Reading(value: try JSONValue(reading: bytes.span))
    } catch {
        return Reading(failure: error)
    }
}

private func again(_ bytes: [UInt8]) -> JSONMembers? {
    try? JSONMembers(scanning: bytes.span)
}

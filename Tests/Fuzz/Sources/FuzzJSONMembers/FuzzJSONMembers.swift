import FuzzSupport
import Protocols

/// What the scanner takes for an object is the object that the reader reads, and without its spaces it reads as the
/// same. The scanner refuses what the reader refuses, and escaped keys besides.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
    let input = bytes(data, size)
    let value = read(input)
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
    let same = JSONText.compact(input.span, in: 0..<size)
    require(same.count <= size, "compact is longer")
    require(read(same).object == object, "compact reads otherwise")
    require(JSONText.compact(same.span, in: 0..<same.count) == same, "compact is not compact")

    // In its place in other bytes it is the same, further back.
    let framed = try? JSONMembers(scanning: ([0xff] + input + [0xff]).span, in: 1..<size + 1)
    require(framed?.members.count == members.members.count, "in its place it reads otherwise")
    for (inner, outer) in zip(framed?.members ?? [], members.members) {
        require(inner.value.lowerBound == outer.value.lowerBound + 1, "in its place it lies elsewhere")
    }
    if let range = members.value(of: Array("params".utf8), in: input.span), object["params"]?.asObject != nil {
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
    var object: JSONObject? { value?.asObject }
}

private func read(_ bytes: [UInt8]) -> Reading {
    do {
        return Reading(value: try JSONValue(reading: bytes.span))
    } catch {
        return Reading(failure: error)
    }
}

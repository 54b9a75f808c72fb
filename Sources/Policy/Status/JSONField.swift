internal import Protocols

/// Why a JSON value is not the document it should be, in one sentence that names the key.
public struct DocumentFailure: Error, Hashable, Sendable, CustomStringConvertible {
    /// The sentence.
    public let description: String
}

/// A value inside a document that is being read, and its place there, so that a refusal names the key:
/// "listeners[0].open must be a whole number or null, not text".
struct JSONField {
    let value: JSONValue
    let path: String

    /// The value under a key, which must be there.
    subscript(key: String) -> JSONField {
        get throws(DocumentFailure) {
            guard value.asObject != nil else { throw wrong("an object") }
            let inner = path.isEmpty ? key : "\(path).\(key)"
            guard let found = value[key] else { throw DocumentFailure(description: "\(inner) is missing") }
            return JSONField(value: found, path: inner)
        }
    }

    func bool() throws(DocumentFailure) -> Bool {
        guard let bool = value.asBool else { throw wrong("true or false") }
        return bool
    }

    func string() throws(DocumentFailure) -> String {
        guard let string = value.asString else { throw wrong("text") }
        return string
    }

    func double() throws(DocumentFailure) -> Double {
        guard let double = value.asNumber?.double else { throw wrong("a number") }
        return double
    }

    func integer<Integer: FixedWidthInteger>(_: Integer.Type = Integer.self) throws(DocumentFailure) -> Integer {
        guard let whole = value.asNumber?.uint64, let integer = Integer(exactly: whole) else {
            throw wrong("a whole number up to \(Integer.max)")
        }
        return integer
    }

    func time() throws(DocumentFailure) -> UTCTime {
        guard let time = UTCTime(try string()) else { throw wrong("a time such as 2026-01-02T03:04:05Z") }
        return time
    }

    /// One of the raw values of an enumeration.
    func oneOf<Choice: RawRepresentable & CaseIterable>(
        _: Choice.Type = Choice.self
    ) throws(DocumentFailure) -> Choice where Choice.RawValue == String {
        guard let choice = Choice(rawValue: try string()) else {
            throw wrong("one of " + Choice.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", "))
        }
        return choice
    }

    /// The elements of an array, each read.
    func list<Element>(
        _ read: (JSONField) throws(DocumentFailure) -> Element
    ) throws(DocumentFailure) -> [Element] {
        guard let array = value.asArray else { throw wrong("a list") }
        var elements: [Element] = []
        for (index, element) in array.enumerated() {
            elements.append(try read(JSONField(value: element, path: "\(path)[\(index)]")))
        }
        return elements
    }

    /// The members of an object, whatever their keys, each read.
    func dictionary<Element>(
        _ read: (JSONField) throws(DocumentFailure) -> Element
    ) throws(DocumentFailure) -> [String: Element] {
        guard let object = value.asObject else { throw wrong("an object") }
        var elements: [String: Element] = [:]
        for member in object.members {
            elements[member.key] = try read(JSONField(value: member.value, path: "\(path).\(member.key)"))
        }
        return elements
    }

    /// nil for null, else what is read.
    func orNull<Element>(
        _ read: (JSONField) throws(DocumentFailure) -> Element
    ) throws(DocumentFailure) -> Element? {
        value.isNull ? nil : try read(self)
    }

    func wrong(_ expected: String) -> DocumentFailure {
        DocumentFailure(description: "\(path.isEmpty ? "it" : path) must be \(expected), not \(value.kindInWords)")
    }
}

/// A JSON text (RFC 8259) as a value that says exactly what was written: numbers keep their digits, objects keep
/// the order of their members, and no key stands twice.
///
/// Two values are equal when they are the same byte for byte after unescaping. Swift's own `String ==` is wider:
/// it takes U+212A (the Kelvin sign) for "K", and a reader that finds a key another reader does not find is how
/// checks are walked around. So strings and keys are compared by their UTF-8 bytes here.
public enum JSONValue: Sendable {
    /// `null`
    case null
    /// `true` or `false`
    case bool(Bool)
    /// A number, with the digits it was written with.
    case number(JSONNumber)
    /// A string, unescaped.
    case string(String)
    /// An array.
    case array([JSONValue])
    /// An object, in the order it was written.
    case object(JSONObject)

    /// A whole number.
    public static func integer(_ value: some FixedWidthInteger) -> JSONValue {
        .number(JSONNumber(value))
    }

    /// The string, or null for none.
    public static func string(orNull text: String?) -> JSONValue {
        text.map { .string($0) } ?? .null
    }

    /// The whole number, or null for none.
    public static func integer(orNull value: (some FixedWidthInteger)?) -> JSONValue {
        value.map { .integer($0) } ?? .null
    }
}

extension JSONValue {
    /// Whether it is `null`.
    public var isNull: Bool {
        if case .null = self { true } else { false }
    }

    /// The boolean, if it is one.
    public var asBool: Bool? {
        if case .bool(let value) = self { value } else { nil }
    }

    /// The number, if it is one.
    public var asNumber: JSONNumber? {
        if case .number(let value) = self { value } else { nil }
    }

    /// The string, if it is one.
    public var asString: String? {
        if case .string(let value) = self { value } else { nil }
    }

    /// The elements, if it is an array.
    public var asArray: [JSONValue]? {
        if case .array(let value) = self { value } else { nil }
    }

    /// The object, if it is one.
    public var asObject: JSONObject? {
        if case .object(let value) = self { value } else { nil }
    }

    /// The value under this key; nil if it is no object or has no such key.
    public subscript(key: String) -> JSONValue? {
        asObject?[key]
    }

    /// What it is, for a sentence: "text", "a number".
    public var kindInWords: String {
        switch self {
        case .null: "null"
        case .bool: "true or false"
        case .number: "a number"
        case .string: "text"
        case .array: "a list"
        case .object: "an object"
        }
    }
}

extension JSONValue: Hashable {
    /// Whether both are the same, byte for byte after unescaping, members in the same order.
    public static func == (left: JSONValue, right: JSONValue) -> Bool {
        switch (left, right) {
        case (.null, .null): true
        case (.bool(let left), .bool(let right)): left == right
        case (.number(let left), .number(let right)): left == right
        case (.string(let left), .string(let right)): left.hasSameBytes(as: right)
        case (.array(let left), .array(let right)): left == right
        case (.object(let left), .object(let right)): left == right
        default: false
        }
    }

    /// Feeds the hasher; equal values feed the same.
    public func hash(into hasher: inout Hasher) {
        switch self {
        case .null: hasher.combine(0)
        case .bool(let value): hasher.combine(value)
        case .number(let value): hasher.combine(value)
        case .string(let value): hasher.combine(value)
        case .array(let value): hasher.combine(value)
        case .object(let value): hasher.combine(value)
        }
    }
}

extension String {
    /// Whether both are the same UTF-8 bytes, which is narrower than `==`.
    func hasSameBytes(as other: String) -> Bool {
        utf8.elementsEqual(other.utf8)
    }
}

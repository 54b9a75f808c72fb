/// One key and its value.
public struct JSONMember: Sendable, Hashable {
    /// The key, unescaped.
    public let key: String
    /// What stands under it.
    public var value: JSONValue

    /// A member of this key and value.
    public init(_ key: String, _ value: JSONValue) {
        self.key = key
        self.value = value
    }

    /// The same key byte for byte, and the same value.
    public static func == (left: JSONMember, right: JSONMember) -> Bool {
        left.key.hasSameBytes(as: right.key) && left.value == right.value
    }
}

/// The members of an object in their order; no key stands twice.
public struct JSONObject: Sendable, Hashable {
    /// The members, in the order they were written.
    public private(set) var members: [JSONMember]

    /// An object without members.
    public init() {
        members = []
    }

    /// For the reader, which has already refused duplicates.
    init(distinct members: [JSONMember]) {
        self.members = members
    }

    /// The value under this key, compared byte for byte. Setting replaces it where it stands, or appends it;
    /// setting nil removes it.
    public subscript(key: String) -> JSONValue? {
        get { members.first { $0.key.hasSameBytes(as: key) }?.value }
        set {
            let place = members.firstIndex { $0.key.hasSameBytes(as: key) }
            switch (place, newValue) {
            case (let place?, let value?): members[place].value = value
            case (let place?, nil): members.remove(at: place)
            case (nil, let value?): members.append(JSONMember(key, value))
            case (nil, nil): break
            }
        }
    }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
    /// The members as listed; of a key listed twice the last value counts.
    public init(dictionaryLiteral elements: (String, JSONValue)...) {
        self.init()
        for (key, value) in elements { self[key] = value }
    }
}

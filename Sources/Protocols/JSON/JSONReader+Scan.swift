/// The keys of the objects that are being stepped over, the innermost object's last. No escape in any of them, and none
/// twice in one object: what is found is what every other reader finds.
struct JSONKeys {
    private var keys: [Range<Int>] = []

    /// How many there are: the keys of an object begin at this place.
    var count: Int { keys.count }

    mutating func add(_ key: Range<Int>, hasEscapes: Bool) throws(JSONFailure) {
        guard !hasEscapes else { throw JSONFailure(.escapedKey, at: key.lowerBound) }
        if keys.isEmpty { keys.reserveCapacity(16) }
        keys.append(key)
    }

    /// Ends the object whose keys begin at `start`.
    mutating func end(from start: Int, _ bytes: Span<UInt8>) throws(JSONFailure) {
        guard keys.count > start else { return }
        if keys.count - start <= 16 {
            for index in start..<keys.count {
                for earlier in start..<index where bytes.areSame(keys[earlier], keys[index]) {
                    throw JSONFailure(.duplicateKey, at: keys[index].lowerBound - 1)
                }
            }
        } else {
            // In order the same ones are neighbours: many keys cost no more than sorting them.
            let ordered = keys[start...].sorted { bytes.isOrdered($0, before: $1) }
            for (left, right) in zip(ordered, ordered.dropFirst()) where bytes.areSame(left, right) {
                throw JSONFailure(.duplicateKey, at: max(left.lowerBound, right.lowerBound) - 1)
            }
        }
        keys.removeLast(keys.count - start)
    }
}

extension JSONReader {
    /// Steps over a value, as strictly as `value` reads one.
    mutating func scanValue(_ bytes: Span<UInt8>, depth: Int, keys: inout JSONKeys) throws(JSONFailure) {
        guard let byte = peek(bytes) else { throw JSONFailure(.truncated, at: offset) }
        switch byte {
        case UInt8(ascii: "{"):
            let start = keys.count
            guard try open(UInt8(ascii: "}"), bytes, depth: depth + 1) else { return }
            repeat {
                _ = try scanMember(bytes, depth: depth + 1, keys: &keys)
            } while try goesOn(UInt8(ascii: "}"), bytes)
            try keys.end(from: start, bytes)
        case UInt8(ascii: "["):
            guard try open(UInt8(ascii: "]"), bytes, depth: depth + 1) else { return }
            repeat {
                try countMember()
                try scanValue(bytes, depth: depth + 1, keys: &keys)
            } while try goesOn(UInt8(ascii: "]"), bytes)
        case UInt8(ascii: "\""): _ = try scanString(bytes)
        case UInt8(ascii: "-"), 0x30...0x39: try scanNumber(bytes)
        default: try word(bytes)
        }
    }

    /// Steps over a member of an object.
    ///
    /// - Returns: Where its key and its value lie.
    mutating func scanMember(
        _ bytes: Span<UInt8>, depth: Int, keys: inout JSONKeys
    ) throws(JSONFailure) -> (key: Range<Int>, value: Range<Int>) {
        _ = try beginMember(bytes)
        let (key, hasEscapes) = try scanString(bytes)
        try keys.add(key, hasEscapes: hasEscapes)
        try colon(bytes)
        let start = offset
        try scanValue(bytes, depth: depth, keys: &keys)
        return (key, start..<offset)
    }
}

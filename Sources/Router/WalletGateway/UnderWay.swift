/// What is under way, by its number. There is little of it, numbers only grow, and what began first mostly ends first:
/// it is found from the front sooner than a number is hashed.
struct UnderWay<ID: Equatable, Value> {
    private var entries: [(id: ID, value: Value)] = []

    var isEmpty: Bool { entries.isEmpty }

    /// All of it, the oldest first; what is added or removed meanwhile does not matter.
    var values: [Value] { entries.map(\.value) }

    subscript(id: ID) -> Value? {
        entries.first { $0.id == id }?.value
    }

    /// Adds what has a number that nothing else had.
    mutating func add(_ value: Value, as id: ID) {
        entries.append((id, value))
    }

    /// Takes it out; nil where it is not there.
    @discardableResult
    mutating func remove(_ id: ID) -> Value? {
        guard let index = entries.firstIndex(where: { $0.id == id }) else { return nil }
        return entries.remove(at: index).value
    }

    /// Takes all of it out.
    mutating func removeAll() {
        entries = []
    }
}

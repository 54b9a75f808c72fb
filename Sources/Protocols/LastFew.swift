/// The last four of something: a new one takes the oldest's place.
public struct LastFew<Element> {
    private static var capacity: Int { 4 }

    private var kept: [Element] = []
    private var oldest = 0

    /// None yet.
    public init() {}

    /// Keeps this one.
    public mutating func keep(_ new: Element) {
        guard kept.count == Self.capacity else { return kept.append(new) }
        kept[oldest] = new
        oldest = (oldest &+ 1) % Self.capacity
    }

    /// One of which this is true; nil where there is none.
    public func first(where isWanted: (Element) -> Bool) -> Element? {
        for element in kept where isWanted(element) { return element }
        return nil
    }
}

extension LastFew: Equatable where Element: Equatable {}
extension LastFew: Hashable where Element: Hashable {}
extension LastFew: Sendable where Element: Sendable {}

import Protocols
extension PortableStorage {
    static func isWellFormed(_ bytes: Span<UInt8>) -> Bool {
        (try? PortableStorage(bytes, limits: Limits(depth: 8, entries: 10_000_000, entriesInSection: 10_000))) != nil
    }
    static func rootEntry(_ key: StaticString, in bytes: Span<UInt8>) -> Entry? {
        (try? PortableStorage(bytes, limits: Limits(depth: 8, entries: 10_000_000, entriesInSection: 10_000)))?.entry(
            [key.description], in: bytes)
    }
}

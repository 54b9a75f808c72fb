/// The heads that a connection brought lately, as they came and as they were read.
///
/// Who polls asks the same few things for hours, each time by the same bytes. They mean what they meant: a head that
/// is one of these is not read again.
struct HTTPRecentHeads: Hashable, Sendable {
    private struct Kept: Hashable, Sendable {
        let bytes: [UInt8]
        let head: HTTPRequestHead
    }

    /// Heads of wallets have 100 to 300 bytes.
    private static let longest = 1024

    private var kept = LastFew<Kept>()

    /// The head that the input begins with, and its length, where it is one of these.
    func head(of input: Span<UInt8>) -> (head: HTTPRequestHead, length: Int)? {
        kept.first { input.begins(with: $0.bytes) }.map { ($0.head, $0.bytes.count) }
    }

    /// Keeps this one in the oldest's place.
    mutating func keep(_ head: HTTPRequestHead, _ bytes: Span<UInt8>) {
        guard bytes.count <= Self.longest else { return }
        kept.keep(Kept(bytes: Array(copying: bytes), head: head))
    }
}

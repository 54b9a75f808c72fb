/// What a reader takes of one message before it gives up.
public struct HTTPLimits: Hashable, Sendable {
    /// Bytes of the request line or status line.
    public var startLine: Int
    /// Bytes of one header or trailer line.
    public var headerLine: Int
    /// Header lines, and trailer lines.
    public var headerCount: Int
    /// Bytes of all header lines together, and of all trailer lines.
    public var headerBytes: Int
    /// Bytes of a body, by its Content-Length or as the sum of its chunks.
    public var body: UInt64

    /// Limits; the defaults fit a local API. Monero's own server takes URIs of 9,000 bytes, and its largest answer
    /// (getblocks.bin) is about 100 MiB.
    public init(
        startLine: Int = 8192, headerLine: Int = 8192, headerCount: Int = 64, headerBytes: Int = 16384,
        body: UInt64 = 1 << 20
    ) {
        self.startLine = startLine
        self.headerLine = headerLine
        self.headerCount = headerCount
        self.headerBytes = headerBytes
        self.body = body
    }

    /// Bytes of one chunk-size line with its extensions.
    static let chunkLine = 256
    /// Interim (1xx) responses before the real one.
    static let interims = 8
}

/// Reads replies and events from a control connection, split at any byte (control-spec section 2.3).
///
/// Lines end in CRLF and nothing else; a line has at most 64 KiB and a reply 1 MiB, its data included.
public struct TorControlReplyReader: Hashable, Sendable {
    /// What the bytes meant.
    public enum Event: Hashable, Sendable {
        /// Everything is consumed, and more is needed.
        case more
        /// A whole reply or event.
        case reply(TorControlReply)
        /// This is not Tor's control protocol. It is said for ever.
        case failed(TorControlFailure)
    }

    /// Bytes of a line.
    public static let lineLimit = 64 << 10
    /// Bytes of a reply. Each line counts 64 more than it has, for what it costs to keep.
    public static let replyLimit = 1 << 20

    private var line: [UInt8] = []
    private var sawReturn = false
    private var code: Int?
    private var lines: [TorControlReply.Line] = []
    private var size = 0
    private var isInData = false
    private var failure: TorControlFailure?

    /// A reader of a new connection.
    public init() {}

    /// Takes the next bytes of the connection: drop as many as it consumed, and call it again with the rest until
    /// it says `.more` or `.failed`.
    public mutating func receive(_ input: Span<UInt8>) -> (consumed: Int, event: Event) {
        if let failure { return (0, .failed(failure)) }
        var index = 0
        do throws(TorControlFailure) {
            while index < input.count {
                let byte = input[index]
                index &+= 1
                guard try take(byte) else { continue }
                if let reply = try endLine() { return (index, .reply(reply)) }
            }
        } catch {
            failure = error
            return (index, .failed(error))
        }
        return (index, .more)
    }

    /// Takes one byte; true where it ends a line.
    private mutating func take(_ byte: UInt8) throws(TorControlFailure) -> Bool {
        if sawReturn {
            guard byte == 0x0a else { throw .violation("a CR without its LF") }
            sawReturn = false
            return true
        }
        switch byte {
        case 0x0d: sawReturn = true
        case 0x0a: throw .violation("an LF without its CR")
        default:
            guard line.count < Self.lineLimit else { throw .violation("a line over 64 KiB") }
            // Said at the first wrong byte: a peer that is not Tor may never end its line.
            if !isInData {
                switch line.count {
                case 0: guard (0x32...0x36).contains(byte) else { throw .notTorControl }
                case 1, 2: guard (0x30...0x39).contains(byte) else { throw .notTorControl }
                case 3: guard [0x20, 0x2b, 0x2d].contains(byte) else { throw .notTorControl }
                default: break
                }
            }
            line.append(byte)
        }
        return false
    }

    /// Adds the line that has ended to the reply; gives the reply if that was its last.
    private mutating func endLine() throws(TorControlFailure) -> TorControlReply? {
        defer { line.removeAll(keepingCapacity: true) }
        size &+= line.count &+ 64
        guard size <= Self.replyLimit else { throw .violation("a reply over 1 MiB") }
        if isInData {
            endDataLine()
            return nil
        }
        guard line.count >= 4, let number = Int(String(decoding: line[..<3], as: UTF8.self)) else {
            throw .notTorControl
        }
        guard code == nil || code == number else { throw .violation("a reply with two status codes") }
        code = number
        let separator = line[3]
        lines.append(TorControlReply.Line(text: Array(line[4...]), data: separator == 0x2b ? [] : nil))
        isInData = separator == 0x2b
        guard separator == 0x20 else { return nil }
        let reply = TorControlReply(code: number, lines: lines)
        code = nil
        lines.removeAll()
        size = 0
        return reply
    }

    private mutating func endDataLine() {
        guard line != [0x2e] else {
            // The LF behind the last line separates nothing.
            if let last = lines.indices.last, lines[last].data?.last == 0x0a { lines[last].data?.removeLast() }
            isInData = false
            return
        }
        guard let last = lines.indices.last else { return }
        lines[last].data?.append(contentsOf: line.first == 0x2e ? line.dropFirst() : line[...])
        lines[last].data?.append(0x0a)
    }
}

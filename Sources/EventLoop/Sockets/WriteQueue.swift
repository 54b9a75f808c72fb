internal import CLinux

/// What a socket has not taken yet, in order. What it has taken is let go of in strokes, each of which moves no more
/// than was taken since the last: a byte is moved once at the most, however the socket takes them.
struct WriteQueue {
    /// How a write ended.
    enum Outcome {
        /// All is written.
        case empty
        /// The kernel takes no more now.
        case full
        /// The connection is broken.
        case failed(SystemError)
    }

    private var bytes: [UInt8] = []
    private var start = 0

    /// How many bytes wait.
    var count: Int { bytes.count - start }
    var isEmpty: Bool { start == bytes.count }

    /// Writes what waits, then as much of `more` as the socket takes; the rest waits.
    mutating func write(_ more: Span<UInt8>, to raw: Int32) -> Outcome {
        // The kernel has said that it is full, and will say when it is not.
        guard isEmpty else {
            append(more)
            return .full
        }
        var sent = 0
        let outcome = unsafe more.withUnsafeBytes { unsafe Self.send($0, from: &sent, to: raw) }
        if case .full = outcome { append(more.extracting(sent..<more.count)) }
        return outcome
    }

    /// Writes what waits.
    mutating func write(to raw: Int32) -> Outcome {
        let outcome = unsafe bytes.withUnsafeBytes { unsafe Self.send($0, from: &start, to: raw) }
        if isEmpty {
            bytes.removeAll(keepingCapacity: bytes.count < 65536)
            start = 0
        } else if start > 65536, start > count {
            bytes.removeFirst(start)
            start = 0
        }
        return outcome
    }

    /// Keeps these for later.
    mutating func append(_ more: Span<UInt8>) {
        unsafe more.withUnsafeBufferPointer { unsafe bytes.append(contentsOf: $0) }
    }

    /// Forgets all of them.
    mutating func clear() {
        bytes = []
        start = 0
    }

    private static func send(_ bytes: UnsafeRawBufferPointer, from start: inout Int, to raw: Int32) -> Outcome {
        while start < bytes.count {
            let sent = unsafe CLinux.send(
                raw, bytes.baseAddress?.advanced(by: start), bytes.count - start, Int32(SEND_WITHOUT_SIGNAL))
            if sent > 0 {
                start += sent
            } else if lastError == EAGAIN {
                return .full
            } else if lastError != EINTR {
                return .failed(.current("write"))
            }
        }
        return .empty
    }
}

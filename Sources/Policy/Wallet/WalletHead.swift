import Protocols

/// The head of an answer to a wallet: nothing in it is a node's, and nothing says who wrote it.
enum WalletHead {
    /// Its bytes, to the empty line.
    ///
    /// - Parameter reserving: How many bytes the caller will append.
    static func bytes(
        status: Int, contentType: String, length: UInt64?, isChunked: Bool, keepsAlive: Bool, reserving: Int = 0
    ) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(128 &+ reserving)
        bytes += status == 200 ? "HTTP/1.1 200 OK\r\nContent-Type: ".utf8 : beginning(status).utf8
        bytes += contentType.utf8
        if let length {
            bytes += "\r\nContent-Length: ".utf8
            bytes.append(decimal: length)
        } else if isChunked {
            bytes += "\r\nTransfer-Encoding: chunked".utf8
        }
        bytes += keepsAlive ? "\r\n\r\n".utf8 : "\r\nConnection: close\r\n\r\n".utf8
        return bytes
    }

    private static func beginning(_ status: Int) -> String {
        "HTTP/1.1 \(status) \(HTTPResponseHead.reason(of: status))\r\nContent-Type: "
    }
}

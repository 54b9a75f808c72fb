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
        bytes += "HTTP/1.1 ".utf8
        bytes.append(decimal: UInt64(max(0, status)))
        bytes += reason(of: status).utf8
        bytes += "\r\nContent-Type: ".utf8
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

    private static func reason(of status: Int) -> String {
        switch status {
        case 200: " OK"
        case 400: " Bad Request"
        case 403: " Forbidden"
        case 404: " Not Found"
        case 405: " Method Not Allowed"
        case 413: " Content Too Large"
        case 415: " Unsupported Media Type"
        default: " "
        }
    }
}

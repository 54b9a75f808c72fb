public import Protocols

/// The file that keeps an onion service's key, and so its address, for ever:
///
/// ```
///   <56 characters>.onion LF
///   ED25519-V3:<88 characters> LF
/// ```
///
/// The address follows from the key, which nobody here computes with: it is written beside it, so that it is known
/// before Tor runs, and so that a key that was damaged, which is another key and another address, is found out.
public struct OnionKeyFile: Hashable, Sendable {
    /// The service's address, "….onion".
    public let address: String
    /// Its key.
    public let key: TorOnionKey

    /// No file of a key is longer.
    public static let limit = 1024

    /// A key with its address.
    public init(address: String, key: TorOnionKey) {
        self.address = address
        self.key = key
    }

    /// Reads the form above.
    ///
    /// - Throws: `OnionKeyFailure.malformed` for anything else.
    public init(contents: [UInt8], path: String) throws(OnionKeyFailure) {
        let lines = contents.split(separator: 0x0a, omittingEmptySubsequences: false)
        guard lines.count == 3, lines[2].isEmpty, let host = try? Host(name: Array(lines[0])),
            case .onion(let address) = host, lines[0].elementsEqual(address.utf8), let key = TorOnionKey(lines[1])
        else { throw .malformed(path: path) }
        self.address = address
        self.key = key
    }

    /// The form above.
    public var contents: [UInt8] { Array("\(address)\n\(key.text)\n".utf8) }
}

/// Why a service has no key that it could be published with. None of these is an occasion for a new key: whoever knows
/// the old address would wait for it in vain.
public enum OnionKeyFailure: Error, Hashable, Sendable {
    /// The file cannot be read, in the system's words.
    case unreadable(path: String, String)
    /// Others than its owner may read or write it.
    case exposed(path: String)
    /// It is not what is written there.
    case malformed(path: String)
    /// Its key is that of another address.
    case otherAddress(path: String)
    /// It cannot be written, in the system's words.
    case unwritable(path: String, String)

    /// One sentence with the mend, without a full stop.
    public var sentence: String {
        switch self {
        case .unreadable(let path, let reason):
            "its key file \(path) cannot be read (\(reason)): let the router's user alone own it"
        case .exposed(let path):
            "other users may read or write its key file \(path), and who has the key can be taken for it: "
                + "chmod 600 it, or move it away for a new address"
        case .malformed(let path):
            "its key file \(path) is damaged: put it back from a backup, or move it away for a new address"
        case .otherAddress(let path):
            "the key in \(path) is not that of the address in it: put the file back from a backup, "
                + "or move it away for a new address"
        case .unwritable(let path, let reason):
            "its key cannot be kept in \(path) (\(reason)), and its address would be another the next time: "
                + "let the router's user write there"
        }
    }
}

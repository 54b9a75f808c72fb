/// What became of an onion service's descriptor at one of the directories that are to have it (control-spec section
/// 4.1.25):
///
/// ```
///   HS_DESC UPLOAD <56 characters> UNKNOWN $<40 of hexadecimal>~name <descriptor ID> HSDIR_INDEX=…
///   HS_DESC UPLOADED <56 characters> UNKNOWN $<40 of hexadecimal>~name
///   HS_DESC FAILED <56 characters> UNKNOWN $<40 of hexadecimal>~name REASON=UPLOAD_REJECTED
/// ```
///
/// Tor tells the same of the descriptors that it fetches, for whatever program: of services that are not ours nothing is
/// kept.
public struct TorDescriptorEvent: Hashable, Sendable {
    /// What became of it.
    public enum Status: Hashable, Sendable {
        /// The directory has it.
        case uploaded
        /// The directory does not have it.
        case failed
    }

    /// The service's address, "….onion".
    public var address: String
    /// What became of it.
    public var status: Status
    /// The directory: its fingerprint in hexadecimal, 40 digits.
    public var directory: String

    /// An event of these facts.
    public init(address: String, status: Status, directory: String) {
        self.address = address
        self.status = status
        self.directory = directory
    }

    /// Reads an event's text; nil where it is no such event, tells of nothing that has become of it yet, or is of a
    /// service that is not ours.
    ///
    /// - Parameter isOurs: whether a service with this address was published over the connection.
    public init?(_ text: [UInt8], isOurs: (String) -> Bool) {
        guard Self.isAbout(text) else { return nil }
        // By blanks alone: an older Tor writes "=" between fingerprint and name.
        let words = text.split(separator: 0x20, maxSplits: 5)
        guard words.count >= 5 else { return nil }
        switch words[1] {
        case let word where word.elementsEqual("UPLOADED".utf8): status = .uploaded
        case let word where word.elementsEqual("FAILED".utf8): status = .failed
        default: return nil
        }
        guard let address = TorOnionEvent.address(words[2]), isOurs(address) else { return nil }
        self.address = address
        let fingerprint = words[4].dropFirst().prefix(40)
        guard words[4].first == 0x24, fingerprint.count == 40, fingerprint.allSatisfy(\.isHexDigit) else { return nil }
        directory = String(decoding: fingerprint, as: UTF8.self).uppercased()
    }

    /// Whether an event's text is about a descriptor.
    static func isAbout(_ text: [UInt8]) -> Bool {
        text.starts(with: "HS_DESC ".utf8)
    }
}

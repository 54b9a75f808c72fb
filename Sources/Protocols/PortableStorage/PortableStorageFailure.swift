/// Why bytes are not a portable storage document that we read.
public enum PortableStorageFailure: Error, Hashable, Sendable {
    /// They do not begin with the signature and version 1.
    case notPortableStorage
    /// They end before the document does, or a count or length exceeds what is left.
    case truncated
    /// Bytes follow the root section.
    case trailingBytes
    /// A value of a type that nobody writes.
    case unknownType(UInt8)
    /// Sections within sections, deeper than the limit.
    case tooDeep
    /// More entries than the limit.
    case tooManyEntries
    /// An entry without a name.
    case emptyKey
    /// Two entries of one section with the same name: two readers could pick different ones.
    case duplicateKey
    /// A boolean that is neither 0 nor 1.
    case badBoolean

    /// What it means for a person who reads a log.
    public var sentence: String {
        switch self {
        case .notPortableStorage: "it is not Monero's portable storage"
        case .truncated: "its portable storage ends too early"
        case .trailingBytes: "bytes follow its portable storage"
        case .unknownType(let type): "its portable storage has a value of the unknown type \(type)"
        case .tooDeep: "its portable storage has too many sections inside each other"
        case .tooManyEntries: "its portable storage has too many entries"
        case .emptyKey: "its portable storage has an entry without a name"
        case .duplicateKey: "its portable storage has two entries of the same name"
        case .badBoolean: "its portable storage has a boolean that is neither 0 nor 1"
        }
    }
}

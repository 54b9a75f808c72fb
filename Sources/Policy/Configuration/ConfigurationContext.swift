/// What reading a configuration must know of the world and may not ask itself.
public struct ConfigurationContext: Sendable {
    /// The user the router runs as; nil where that is not known.
    public var routerUser: String?
    /// The users a Tor of this machine runs as.
    public var torUsers: Set<String>
    /// The user ids that may own a secret: root, the router's user, and whoever reads.
    public var secretOwners: Set<UInt32>
    /// Reads the file of this name, as the configuration gives it. The caller resolves a name without a leading
    /// slash: first as a systemd credential (in $CREDENTIALS_DIRECTORY), else beside the configuration file.
    public var readFile: @Sendable (String) -> FileAnswer
    /// Whether files that the configuration names are read. Without, passwords and the ban list are empty: for who needs
    /// neither and may not be allowed to read them.
    public var readsFiles = true
    /// SHA3-256: 32 bytes for any number of bytes.
    public var sha3_256: @Sendable ([UInt8]) -> [UInt8]

    /// A context of these.
    public init(
        routerUser: String?, torUsers: Set<String> = ["debian-tor"], secretOwners: Set<UInt32>,
        readFile: @escaping @Sendable (String) -> FileAnswer, sha3_256: @escaping @Sendable ([UInt8]) -> [UInt8]
    ) {
        self.routerUser = routerUser
        self.torUsers = torUsers
        self.secretOwners = secretOwners
        self.readFile = readFile
        self.sha3_256 = sha3_256
    }
}

/// What came of reading a file that a configuration names.
public enum FileAnswer: Hashable, Sendable {
    /// It was read.
    case contents(FileContents)
    /// It was not, for this reason, such as "No such file or directory".
    case failure(String)
}

/// A file's bytes, and who could have read or changed them.
public struct FileContents: Hashable, Sendable {
    /// The path that was opened, for messages.
    public var path: String
    /// All bytes of it.
    public var bytes: [UInt8]
    /// Its owner's user id.
    public var owner: UInt32
    /// Its permission bits, as `st_mode` has them.
    public var mode: UInt32
    /// Whether it is a systemd credential. systemd closes their directory to everybody else, and grants by an
    /// access list that shows as permissions of the group; so neither owner nor mode is judged.
    public var isCredential: Bool

    /// A file that was read.
    public init(path: String, bytes: [UInt8], owner: UInt32, mode: UInt32, isCredential: Bool = false) {
        self.path = path
        self.bytes = bytes
        self.owner = owner
        self.mode = mode
        self.isCredential = isCredential
    }
}

public import EventLoop
public import Policy

/// The lock's state on disk: one file in the state directory, written before the lock is said to hold.
public struct LockStore: Sendable {
    /// The file.
    public let path: String
    /// The state directory.
    let directory: String

    /// The store in a state directory, which is made (0700) when it is missing.
    public init(stateDirectory: String) {
        directory = stateDirectory
        path = stateDirectory + "/lock"
    }

    /// Reads the lock, and proves that it could be written: a router that could not keep a lock across a restart
    /// passes nothing.
    public func read() -> LockState {
        do throws(SystemError) {
            try Files.makeDirectory(directory, mode: 0o700)
            // Where it is a link, as systemd's DynamicUser makes it, what it leads to counts: a link's mode is 0777.
            guard try Files.isOursAlone(directory + "/.") else { return .unknown(othersMayWrite(directory)) }
            switch Files.kind(of: path) {
            case .missing:
                try Files.replace(path, with: LockState.unlocked.fileContents)
                return .unlocked
            case .socket, .other:
                guard try Files.isOursAlone(path) else { return .unknown(othersMayWrite(path)) }
                let state = LockState(fileContents: try Files.read(path, limit: 64).bytes, path: path)
                if state == .unlocked { try Files.proveWritable(directory) }
                return state
            }
        } catch {
            return .unknown(
                "the lock's state in \(path) cannot be kept (\(error.doing): \(error.reason)), which means locked; "
                    + "let the router's user read and write \(directory)")
        }
    }

    private func othersMayWrite(_ path: String) -> String {
        "other users may write \(path), so its word is not trusted, which means locked; "
            + "give it to the router's user alone (chown, chmod go-w)"
    }

    /// Writes the lock.
    ///
    /// - Throws: `SystemError` when it would not survive a restart.
    public func write(_ state: LockState) throws(SystemError) {
        try Files.makeDirectory(directory, mode: 0o700)
        try Files.replace(path, with: state.fileContents)
    }
}

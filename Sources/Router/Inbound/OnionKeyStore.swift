import EventLoop
import Policy
import Protocols

/// The key files of the onion services, in a directory of their own (0700), each 0600.
struct OnionKeyStore {
    /// The directory.
    let directory: String

    /// Reads a key; nil where there is none.
    func read(_ path: String) -> Result<OnionKeyFile?, OnionKeyFailure> {
        do throws(SystemError) {
            switch Files.kind(of: path) {
            case .missing: return .success(nil)
            case .socket, .other: break
            }
            guard try Files.isOursAlone(path) else { return .failure(.exposed(path: path)) }
            let file = try Files.read(path, limit: OnionKeyFile.limit)
            guard file.mode & 0o077 == 0 else { return .failure(.exposed(path: path)) }
            return Result { () throws(OnionKeyFailure) in try OnionKeyFile(contents: file.bytes, path: path) }
        } catch {
            return .failure(.unreadable(path: path, error.reason))
        }
    }

    /// Writes a new key, in one step; never over another, whatever became of that: somebody may have put back the file of a
    /// backup while Tor made a new one.
    ///
    /// - Returns: nil where it is there for good.
    func write(_ file: OnionKeyFile, to path: String) -> OnionKeyFailure? {
        guard Files.kind(of: path) == .missing else { return .unwritable(path: path, "a file has appeared there") }
        do throws(SystemError) {
            try Files.makePrivateDirectory(directory)
            try Files.replace(path, with: file.contents)
            return nil
        } catch {
            return .unwritable(path: path, error.reason)
        }
    }
}

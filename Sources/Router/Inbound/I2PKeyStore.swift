import EventLoop
import Policy
import Protocols

/// The file that keeps the keys of our I2P service, and so its address, for ever: 0600, in a directory of its own (0700).
struct I2PKeyStore {
    /// The file.
    let path: String

    /// No file of keys is longer.
    private static let limit = 4100

    /// Reads the keys; nil where there is no file.
    ///
    /// - Throws: a sentence where they are not to be used. A file that is damaged is never taken for none.
    func read() throws(StartFailure) -> I2PKeys? {
        let isOurs: Bool
        let contents: Files.Contents
        do throws(SystemError) {
            if Files.kind(of: path) == .missing { return nil }
            isOurs = try Files.isOursAlone(path)
            contents = try Files.read(path, limit: Self.limit)
        } catch {
            throw StartFailure(OnionKeyFailure.unreadable(path: path, error.reason).sentence)
        }
        guard isOurs, contents.mode & 0o077 == 0 else {
            throw StartFailure(OnionKeyFailure.exposed(path: path).sentence)
        }
        guard let keys = I2PKeys(fileContents: contents.bytes) else {
            throw StartFailure(OnionKeyFailure.malformed(path: path).sentence)
        }
        return keys
    }

    /// Writes new keys, in one step; never over others, whatever became of those.
    ///
    /// - Throws: a sentence where they would not be there the next time.
    func write(_ keys: I2PKeys) throws(StartFailure) {
        guard Files.kind(of: path) == .missing else {
            throw StartFailure("its key file \(path) has appeared meanwhile: it is read again")
        }
        do throws(SystemError) {
            try Files.makePrivateDirectory(Files.parent(of: path))
            try Files.replace(path, with: keys.fileContents)
        } catch {
            throw StartFailure(OnionKeyFailure.unwritable(path: path, error.reason).sentence)
        }
    }
}

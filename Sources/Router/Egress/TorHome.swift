import EventLoop
import Policy
import Protocols

/// The directory of a managed Tor, and the lock on it: one router runs one Tor in it.
final class TorHome {
    let places: TorPlaces
    private var lock: FileLock?

    /// - Throws: a sentence when the path does not do.
    init(stateDirectory: String) throws(StartFailure) {
        switch TorPlaces.below(stateDirectory: stateDirectory) {
        case .success(let places): self.places = places
        case .failure(let refusal): throw StartFailure(refusal.sentence)
        }
    }

    /// Makes the directory for us alone, takes its lock, and clears away the sockets that a Tor which was killed left.
    ///
    /// - Returns: false while another has the lock.
    func enter() throws(StartFailure) -> Bool {
        do throws(SystemError) {
            try Files.makePrivateDirectory(places.directory)
            if lock == nil { lock = try FileLock.take(places.lock) }
            guard lock != nil else { return false }
        } catch {
            throw refusal(error)
        }
        for socket in places.sockets where Files.kind(of: socket) == .socket { Files.remove(socket) }
        return true
    }

    /// Writes the configuration, for us alone to read.
    func write(torrc: String) throws(StartFailure) {
        do throws(SystemError) {
            try Files.replace(places.torrc, with: Array(torrc.utf8))
        } catch {
            throw refusal(error)
        }
    }

    /// Tor with this configuration and no other, of the machine's or the user's.
    func program(_ path: String, _ arguments: [String]) -> ChildProcess.Program {
        ChildProcess.Program(
            path: path, arguments: ["-f", places.torrc, "--defaults-torrc", "/dev/null"] + arguments,
            environment: [
                "HOME=\(places.directory)", "LC_ALL=C",
                "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            ], directory: places.directory)
    }

    private func refusal(_ error: SystemError) -> StartFailure {
        StartFailure(
            "cannot keep a Tor in \(places.directory): \(error.doing): \(error.reason); "
                + "let the router's user alone own it")
    }
}

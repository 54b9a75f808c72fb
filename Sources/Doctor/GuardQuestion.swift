import EventLoop
public import Policy
import Protocols

/// Hears one heartbeat of the guard.
public enum GuardQuestion {
    /// The guard speaks each second; twice that is what the router waits as well.
    private static let patience: Duration = .milliseconds(2500)

    /// The guard's word at this socket.
    public static func ask(at path: String) -> GuardEvidence.Word {
        do throws(SystemError) {
            return try hear(path)
        } catch {
            if error.isForbidden { return .denied("this user may not ask the guard at \(path)") }
            return .absent("no guard answers at \(path) (\(error.reason))")
        }
    }

    private static func hear(_ path: String) throws(SystemError) -> GuardEvidence.Word {
        guard let endpoint = Endpoint("unix:\(path)") else {
            return .absent("\(path.printable(limit: 120)) is no place for a socket")
        }
        let loop = try EventLoop()
        let stream = ByteStream(try Socket.connect(to: endpoint), connecting: true, loop: loop)
        var word: GuardEvidence.Word?
        var reader = JSONLineReader(limit: 1 << 20)
        func end(_ why: GuardEvidence.Word) {
            word = word ?? why
            loop.stop()
        }
        stream.onBytes = { bytes in
            for line in reader.receive(bytes) {
                guard case .value(let value) = line, let message = try? GuardMessage(decoding: value) else {
                    return end(.absent("what the guard says cannot be read; use one version of both"))
                }
                if case .heartbeat(let heartbeat) = message { return end(.heartbeat(heartbeat)) }
            }
        }
        stream.onEnded = { ending in
            if case .failed(let error) = ending, error.isForbidden {
                end(.denied("this user may not ask the guard at \(path)"))
            } else {
                end(.absent("the guard at \(path) ended the conversation"))
            }
        }
        let timer = Watch.timer(on: loop) { end(.absent("the guard at \(path) says nothing; is it stopped?")) }
        timer.schedule(after: patience)
        loop.run()
        stream.close()
        return word ?? .absent("the guard at \(path) says nothing")
    }
}

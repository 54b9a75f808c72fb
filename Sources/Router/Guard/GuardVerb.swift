import EventLoop
public import Policy
import Protocols

/// Asks the guard for one thing where no router runs that could ask.
public enum GuardVerb {
    /// How long its answer is waited for.
    private static let patience: Duration = .seconds(5)

    /// Has the confined users' open sockets destroyed.
    ///
    /// - Parameter path: the guard's socket.
    /// - Returns: what came of it; nil where no guard is there.
    public static func destroy(at path: String) -> GuardDestruction? {
        let loop: EventLoop
        let socket: Descriptor
        do throws(SystemError) {
            loop = try EventLoop()
            socket = try Socket.connect(to: .unix(path))
        } catch {
            return error.isMissing || error.isRefused ? nil : .failed("the guard at \(path) cannot be asked: \(error)")
        }
        let stream = ByteStream(socket, connecting: true, loop: loop)
        var lines = JSONLineReader(limit: GuardProofMachine.Limits.line)
        var outcome: GuardDestruction?
        stream.write(GuardRequest.destroy.line)
        stream.onBytes = { bytes in
            for line in lines.receive(bytes) {
                guard let message = try? GuardMessage(line), let said = GuardDestruction(message) else { continue }
                outcome = outcome ?? said
                loop.stop()
            }
        }
        stream.onEnded = { _ in loop.stop() }
        let timeout = Watch.timer(on: loop) { loop.stop() }
        timeout.schedule(after: patience)
        loop.run()
        stream.close()
        return outcome ?? .failed("the guard at \(path) does not answer: systemctl restart xmr-routed-guard")
    }
}

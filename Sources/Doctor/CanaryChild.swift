import EventLoop
import Policy

/// Runs a canary as another user, by a child of this program: becoming that user has no way back.
enum CanaryChild {
    /// How long it may take: the guard may be busy with another canary of that user.
    private static let patience: Duration = .seconds(20)

    /// What it found.
    static func run(as user: String, guardSocket: String) -> GuardEvidence.Canary {
        var said: [UInt8] = []
        var end: ChildProcess.Ending?
        do throws(SystemError) {
            let loop = try EventLoop()
            let child = try ChildProcess(
                ChildProcess.Program(
                    path: "/proc/self/exe",
                    arguments: ["canary"] + (ThisProcess.user == 0 ? ["--user", user] : [])
                        + ["--guard-socket", guardSocket],
                    environment: [], directory: "/"), loop: loop)
            child.onOutput = { bytes in
                for index in bytes.indices where said.count < 8192 { said.append(bytes[index]) }
            }
            child.onEnded = {
                end = $0
                loop.stop()
            }
            let timer = Watch.timer(on: loop) { loop.stop() }
            timer.schedule(after: patience)
            loop.run()
            loop.endChildren(within: .milliseconds(200))
        } catch {
            return .notRun("the canary could not be started: \(error)")
        }
        var sentence = String(decoding: said, as: UTF8.self)
        if sentence.hasPrefix("xmr-routed: ") { sentence.removeFirst("xmr-routed: ".count) }
        guard let end else { return .ran(.notProven, "the canary did not end") }
        guard case .exited(let code) = end, let ending = CanaryReport.Ending(rawValue: code) else {
            return .ran(.notProven, "the canary broke (\(end)): \(sentence)")
        }
        return .ran(ending, sentence)
    }
}

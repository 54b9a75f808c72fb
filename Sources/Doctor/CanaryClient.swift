import EventLoop
public import Policy
import Protocols

/// Runs the canary as whoever this process is: asks the guard, and dials once the guard has begun.
public final class CanaryClient {
    private let loop: EventLoop
    private var trial = CanaryTrial()
    private var stream: ByteStream?
    private var report: CanaryReport?
    private lazy var timer = Watch.timer(on: loop) { [unowned self] in
        take(trial.ended("the guard does not answer; is it stopped? systemctl status xmr-routed-guard"))
    }

    private init(_ loop: EventLoop) {
        self.loop = loop
    }

    /// One whole conversation with the guard.
    ///
    /// - Parameter socket: the guard's canary.sock.
    public static func run(at socket: String) -> CanaryReport {
        do throws(SystemError) {
            return CanaryClient(try EventLoop()).run(at: socket)
        } catch {
            return CanaryReport(.noGuard, "not proven: \(error)")
        }
    }

    private func run(at path: String) -> CanaryReport {
        let missing = CanaryReport(.noGuard, "not proven: no guard answers at \(path)")
        guard let endpoint = Endpoint("unix:\(path)") else { return missing }
        do throws(SystemError) {
            let stream = ByteStream(try Socket.connect(to: endpoint), connecting: true, loop: loop)
            self.stream = stream
            stream.onBytes = { [unowned self] bytes in
                var copy: [UInt8] = []
                for index in bytes.indices { copy.append(bytes[index]) }
                take(trial.receive(copy))
            }
            stream.onEnded = { [unowned self] _ in take(trial.ended("the guard ended the conversation")) }
        } catch {
            return CanaryReport(
                .noGuard,
                "\(missing.sentence) (\(error.reason)), so nothing was sent; systemctl status xmr-routed-guard")
        }
        take([trial.start()])
        while report == nil { loop.run() }
        stream?.close()
        return report ?? missing
    }

    private func take(_ effects: [CanaryTrial.Effect]) {
        for effect in effects {
            switch effect {
            case .send(let line):
                stream?.write(line)
                timer.schedule(after: CanaryTrial.patience)
            case .dial:
                take(trial.tried(Self.dial()))
            case .end(let report):
                self.report = report
                loop.stop()
            }
        }
    }

    /// Sends one packet for each probe.
    private static func dial() -> [CanaryTry] {
        let probes = CanaryProbe.allCases
        let packets = probes.map {
            LonePacket(
                to: $0.endpoint, datagram: $0.datagram(id: .random(in: .min ... .max)), dscp: CanaryProbe.dscp)
        }
        return zip(probes, LonePacket.send(packets)).map { probe, outcome in
            switch outcome {
            case .passed: CanaryTry(probe, .passed)
            case .noRoute(let error): CanaryTry(probe, .noRoute, error: error)
            case .failed(let error): CanaryTry(probe, .failed, error: error)
            }
        }
    }
}

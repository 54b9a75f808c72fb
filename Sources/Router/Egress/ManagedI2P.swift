import EventLoop
import Policy
import Protocols

/// An i2pd of our own: the driver of `I2PSupervision`. It ends with this process, however that ends.
final class ManagedI2P: SAMSource {
    var onChange: () -> Void = {}
    let what = "our i2pd's SAM port"
    var endpoint: Endpoint? { machine.isServing ? port : nil }
    var readiness: EgressReadiness { machine.readiness }

    private let stateDirectory: String
    private let loop: EventLoop
    private let isOurs: (Endpoint, Endpoint) -> Bool
    private var machine = I2PSupervision()
    private var places: I2PPlaces?
    private var lock: FileLock?
    private var port: Endpoint?
    private var child: ChildProcess?
    /// An i2pd that found its port taken runs on without SAM: another port may be free.
    private lazy var silence = Watch.timer(on: loop) { [unowned self] in child?.end(within: .seconds(2)) }
    private lazy var wake = Watch.timer(on: loop) { [unowned self] in apply { $0.tick(loop.now) } }

    /// How long it may take until its SAM port has answered somebody of ours, who asks each five seconds at the least. With a
    /// network, or with none, it is open after a second; one that is slow is not to be started again and again.
    private static let patience: Duration = .seconds(900)
    /// Where Debian's package has the certificates of the servers that give a first list of routers.
    private static let certificates = "/usr/share/i2pd/certificates"

    /// - Parameter isOurs: whether a program of our own user has the end at the first address of a connection whose other
    ///   end is at the second.
    init(stateDirectory: String, loop: EventLoop, isOurs: @escaping (Endpoint, Endpoint) -> Bool) {
        self.stateDirectory = stateDirectory
        self.loop = loop
        self.isOurs = isOurs
    }

    /// Any user of this machine may take a port that is free. Another's program would be told where we go.
    func isIt(behind end: Endpoint?) -> Bool {
        guard let end, let port else { return false }
        guard isOurs(port, end) else { return false }
        silence.cancel()
        return true
    }

    func start() { apply { $0.start() } }

    func stop() {
        // Kept until the process is gone: the directory's lock is held for so long.
        child?.onEnded = { [self] in ended($0) }
        apply { $0.stop() }
        if child == nil { lock = nil }
    }

    private func apply(_ event: (inout I2PSupervision) -> [I2PSupervision.Effect]) {
        let before = machine
        for effect in event(&machine) {
            switch effect {
            case .prepare: prepare()
            case .run: run()
            case .end(let patience): child?.end(within: patience)
            }
        }
        if let deadline = machine.deadline { wake.schedule(after: deadline - loop.now) } else { wake.cancel() }
        if machine != before { onChange() }
    }

    private func prepare() {
        guard let places = I2PPlaces(stateDirectory: stateDirectory) else {
            return apply {
                $0.failed(
                    "the state directory's path does not do for an i2pd: set STATE_DIRECTORY to another", now: loop.now)
            }
        }
        self.places = places
        do throws(SystemError) {
            try Files.makePrivateDirectory(places.directory)
            if lock == nil { lock = try FileLock.take(places.lock) }
            guard lock != nil else { return apply { $0.isHeld(places.directory, now: loop.now) } }
            let port = try Self.freePort()
            let certificates = Files.kind(of: Self.certificates) == .missing ? nil : Self.certificates
            try Files.makePrivateDirectory(places.data)
            try Files.replace(places.tunnels, with: [])
            let text = I2PPlaces.configuration(port: port, certificates: certificates)
            try Files.replace(places.configuration, with: Array(text.utf8))
            self.port = .tcp(.v4(IPv4Address(127, 0, 0, 1)), port: port)
            apply { $0.prepared(loop.now) }
        } catch {
            let sentence =
                "cannot keep an i2pd in \(places.directory): \(error.doing): \(error.reason); "
                + "let the router's user alone own it"
            apply { $0.failed(sentence, now: loop.now) }
        }
    }

    /// A port that is free now. Whoever takes it before i2pd does is found out: it has another user.
    private static func freePort() throws(SystemError) -> UInt16 {
        let listener = try Socket.listen(at: .tcp(.v4(IPv4Address(127, 0, 0, 1)), port: 0))
        guard case .tcp(_, let port) = try Socket.localEndpoint(of: listener) else {
            throw SystemError.noWay("find a free port")
        }
        return port
    }

    private func run() {
        guard let places else { return }
        guard let program = ProgramSearch.find("i2pd", path: ThisProcess.environment("PATH")) else {
            return apply { $0.failed("i2pd is not installed: apt-get install i2pd", now: loop.now) }
        }
        do throws(SystemError) {
            let child = try ChildProcess(
                ChildProcess.Program(
                    path: program, arguments: places.arguments,
                    environment: [
                        "HOME=\(places.directory)", "LC_ALL=C",
                        "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
                    ], directory: places.directory), loop: loop)
            self.child = child
            silence.schedule(after: Self.patience)
            child.onEnded = { [unowned self] in ended($0) }
        } catch {
            apply { $0.failed("\(program) cannot be started: \(error.reason)", now: loop.now) }
        }
    }

    private func ended(_ ending: ChildProcess.Ending) {
        child = nil
        silence.cancel()
        apply { $0.ended("\(ending)", now: loop.now) }
        if machine.isStopped { lock = nil }
    }
}

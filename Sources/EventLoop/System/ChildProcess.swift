internal import CLinux
private import Protocols

/// A program that runs as a child of this process, for as long as this process lives: the kernel kills it when the
/// thread that started it ends, however that ends.
///
/// It gets /dev/null to read, one pipe for all it says, the environment that is given and no other descriptor. Its loop
/// keeps it until its end is known.
@safe
public final class ChildProcess {
    /// What to start.
    public struct Program: Sendable {
        /// The file, by its absolute path.
        public var path: String
        /// Its arguments, without its name.
        public var arguments: [String]
        /// Its environment, all of it: "NAME=value" each.
        public var environment: [String]
        /// Its working directory.
        public var directory: String

        /// A program of these.
        public init(path: String, arguments: [String], environment: [String], directory: String) {
            self.path = path
            self.arguments = arguments
            self.environment = environment
            self.directory = directory
        }
    }

    /// How a child ended.
    public enum Ending: Hashable, Sendable {
        /// By itself, with this status.
        case exited(Int32)
        /// By this signal.
        case killed(signal: Int32)
        /// Somebody else has taken note of its end.
        case unknown
    }

    /// Its process id.
    public let id: Int32
    /// Called with what it says.
    public var onOutput: (Span<UInt8>) -> Void = { _ in }
    /// Called once, when it has ended and all that it said was handed over.
    public var onEnded: (Ending) -> Void = { _ in }

    private let loop: EventLoop
    private let output: Descriptor
    private var outputWatch: Watch?
    private var process: Descriptor?
    private var endWatch: Watch?
    private lazy var killLater = Watch.timer(on: loop) { [unowned self] in send(SIGKILL) }
    /// How much of what it said before its end is handed over in one go: as much as a pipe holds.
    private static let lastWords = 1 << 20

    /// Starts it; when this returns, the program itself runs.
    ///
    /// - Parameter usesProcessDescriptor: false notices the end by SIGCHLD, as on a kernel without pidfd_open(2).
    /// - Throws: `SystemError` when it cannot be started.
    public init(_ program: Program, loop: EventLoop, usesProcessDescriptor: Bool = true) throws(SystemError) {
        let doing = "start \(program.path)"
        guard !([program.path, program.directory] + program.arguments + program.environment).contains(where: \.hasNul)
        else { throw SystemError(doing, code: EINVAL) }
        var ends: [Int32] = [-1, -1]
        guard unsafe pipe2(&ends, O_CLOEXEC) == 0 else { throw .current(doing) }
        let output = Descriptor(owning: ends[0])
        let childsEnd = Descriptor(owning: ends[1])
        guard setNonBlocking(output.raw) == 0 else { throw .current(doing) }
        let child = Self.start(program, output: childsEnd.raw)
        guard child > 0 else { throw .current(doing) }
        id = child
        self.loop = loop
        self.output = consume output
        let raw = usesProcessDescriptor ? openProcess(child) : -1
        if raw >= 0 {
            process = Descriptor(owning: raw)
            endWatch = Watch.reading(raw, on: loop) { [unowned self] in lookForEnd() }
        } else {
            endWatch = Watch.signal(SIGCHLD, on: loop) { [unowned self] in lookForEnd() }
        }
        outputWatch = Watch.reading(self.output.raw, on: loop) { [unowned self] in _ = readOutput() }
        loop.children[child] = self
        // It may have ended before its signal was watched.
        if raw < 0 { lookForEndLater() }
    }

    /// Sends a signal, where it still runs.
    public func send(_ signal: Int32) {
        guard loop.children[id] === self else { return }
        kill(id, signal)
    }

    /// Asks it to end, and kills it where it has not within this time.
    public func end(within patience: Duration) {
        send(SIGTERM)
        killLater.schedule(after: patience)
    }

    /// SIGTERM.
    public static let terminate = SIGTERM

    private var firstLook: Watch?

    private func lookForEndLater() {
        firstLook = Watch.timer(on: loop) { [unowned self] in lookForEnd() }
        firstLook?.schedule(after: .zero)
    }

    private static func start(_ program: Program, output: Int32) -> Int32 {
        let arguments = unsafe strings([program.path] + program.arguments)
        let environment = unsafe strings(program.environment)
        defer {
            unsafe free(arguments)
            unsafe free(environment)
        }
        return unsafe startProgram(program.path, arguments.0, environment.0, program.directory, output)
    }

    /// - Returns: whether there may be more.
    private func readOutput() -> Bool {
        let count = unsafe read(output.raw, loop.scratch, EventLoop.scratchSize)
        if count > 0 {
            // A handler may read elsewhere, which would overwrite the loop's buffer: hand over a copy.
            let bytes = unsafe Array(UnsafeBufferPointer(start: loop.scratch, count: count))
            onOutput(bytes.span)
            return true
        }
        if count < 0, lastError == EAGAIN || lastError == EINTR { return false }
        // It has closed what it speaks into; its end is told elsewhere.
        outputWatch?.cancel()
        return false
    }

    private func lookForEnd() {
        guard let ending = reap() else { return }
        // Its own children may hold the pipe still, and go on writing.
        var rest = Self.lastWords
        while rest > 0, readOutput() { rest -= EventLoop.scratchSize }
        let handler = onEnded
        onOutput = { _ in }
        onEnded = { _ in }
        handler(ending)
    }

    /// Takes note of its end, and ends what it has started itself; nil where it runs still.
    private func reap() -> Ending? {
        guard loop.children[id] === self else { return nil }
        var value: Int32 = 0
        let ending: Ending
        switch unsafe reapProcess(id, &value) {
        case 0: return nil
        case 1: ending = .exited(value)
        case 2: ending = .killed(signal: value)
        default: ending = .unknown
        }
        endWatch?.cancel()
        firstLook?.cancel()
        killLater.cancel()
        loop.children[id] = nil
        return ending
    }

    fileprivate func finish() -> Bool {
        guard reap() != nil else { return false }
        outputWatch?.cancel()
        return true
    }
}

extension EventLoop {
    /// Ends every child, for the end of the process: asks them, waits for up to `patience` without running the loop,
    /// and kills those that are still there. No handler is called.
    public func endChildren(within patience: Duration) {
        let all = children.values
        for child in all { child.send(SIGTERM) }
        let end = now + patience
        while now < end, !children.isEmpty {
            for child in all { _ = child.finish() }
            if !children.isEmpty { pauseMilliseconds(5) }
        }
        for child in children.values { child.send(SIGKILL) }
        while !children.isEmpty {
            for child in children.values { _ = child.finish() }
            if !children.isEmpty { pauseMilliseconds(1) }
        }
    }
}

extension ChildProcess.Ending: CustomStringConvertible {
    /// "exit status 1", "killed by signal 9 (Killed)".
    public var description: String {
        switch self {
        case .exited(let status): "exit status \(status)"
        case .killed(let signal): unsafe "killed by signal \(signal) (\(String(cString: strsignal(signal))))"
        case .unknown: "its end was taken note of elsewhere"
        }
    }
}

extension String {
    fileprivate var hasNul: Bool { utf8.contains(0) }
}

private typealias CStrings = (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>, count: Int)

/// Copies of these texts as C has lists of them, with a null at the end; `free` them.
private func strings(_ texts: [String]) -> CStrings {
    let list = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>.allocate(capacity: texts.count + 1)
    for (index, text) in texts.enumerated() { unsafe list[index] = unsafe strdup(text) }
    unsafe list[texts.count] = nil
    return unsafe (list, texts.count)
}

private func free(_ strings: CStrings) {
    for index in unsafe 0..<strings.count { unsafe CLinux.free(strings.0[index]) }
    unsafe strings.0.deallocate()
}

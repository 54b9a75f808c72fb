import CTestSystem
import EventLoop
import Policy
import Protocols

/// A directory that is gone after the test, and a loop that runs while it must.
final class GuardBench {
    let loop: EventLoop
    let directory: String

    init() throws {
        loop = try EventLoop()
        var template = Array("/tmp/xmr-routed-test-XXXXXX".utf8CString)
        let failure = unsafe template.withUnsafeMutableBufferPointer { unsafe test_make_directory($0.baseAddress) }
        guard failure == 0 else { throw SystemError("make a temporary directory", code: failure) }
        directory = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit {
        unsafe test_remove(directory)
    }

    func path(_ name: String) -> String { "\(directory)/\(name)" }

    func client(_ name: String) throws -> LineClient {
        LineClient(try Socket.connect(to: .unix(path(name))), on: loop)
    }

    /// Runs the loop until it is so, for at most so long.
    func run(for longest: Duration = .seconds(5), until isSo: @escaping () -> Bool) -> Bool {
        let end = loop.now + longest
        let ticker = Watch.ticker(every: .milliseconds(2), on: loop) { [unowned loop] in
            if isSo() || loop.now >= end { loop.stop() }
        }
        defer { ticker.cancel() }
        if !isSo() { loop.run() }
        return isSo()
    }

    /// Runs the loop for so long.
    func pause(_ time: Duration) { _ = run(for: time) { false } }
}

/// A client that speaks by lines.
final class LineClient {
    let stream: ByteStream
    private var rest: [UInt8] = []
    private(set) var lines: [String] = []
    private(set) var hasEnded = false

    init(_ socket: consuming Descriptor, on loop: EventLoop) {
        stream = ByteStream(socket, connecting: true, loop: loop)
        stream.onBytes = { [unowned self] span in
            for index in span.indices { rest.append(span[index]) }
            while let end = rest.firstIndex(of: 0x0a) {
                lines.append(String(decoding: rest[..<end], as: UTF8.self))
                rest.removeFirst(end + 1)
            }
        }
        stream.onEnded = { [unowned self] _ in hasEnded = true }
    }

    func say(_ text: String) { stream.write(Array("\(text)\n".utf8)) }
}

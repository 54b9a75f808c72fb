import EventLoop
import Protocols

/// The streams that are not relayed yet, and the clock for their deadlines. One ticker serves them all, and only
/// while there are any: relays, however many, cause no wake-up.
final class StreamsInHandshake {
    private var streams: [NodeStream] = []
    private let loop: EventLoop
    private var ticker: Watch?
    /// Deadlines are met to within this.
    private static let interval: Duration = .milliseconds(250)

    init(loop: EventLoop) {
        self.loop = loop
    }

    var count: Int { streams.count }

    func add(_ stream: NodeStream) {
        stream.place = streams.count
        streams.append(stream)
        if ticker == nil {
            ticker = Watch.ticker(every: Self.interval, on: loop) { [unowned self] in tick() }
        }
    }

    func remove(_ stream: NodeStream) {
        guard stream.place < streams.count, streams[stream.place] === stream, let last = streams.popLast() else {
            return
        }
        if last !== stream {
            last.place = stream.place
            streams[stream.place] = last
        }
    }

    /// Calls `body` for each, which may end streams as it goes.
    func forEach(_ body: (NodeStream) -> Void) {
        for stream in streams { body(stream) }
    }

    private func tick() {
        guard !streams.isEmpty else {
            ticker = nil
            return
        }
        let now = loop.now
        for stream in streams where stream.deadline <= now { stream.tick(now) }
    }
}

public import EventLoop
import Protocols

extension EventLoop {
    /// Turns until `done`, which is asked each millisecond.
    ///
    /// - Returns: whether it was done within `patience`.
    @discardableResult
    public func turn(for patience: Duration = .seconds(10), until done: () -> Bool = { false }) -> Bool {
        let tick = Watch.ticker(every: .milliseconds(1), on: self) {}
        defer { tick.cancel() }
        let end = now + patience
        while !done() {
            guard now < end else { return false }
            runOnce()
        }
        return true
    }
}

import Glibc
import Synchronization

/// Signals one thread again and again from another, until told to end. SIGWINCH: whoever has no handler for it takes no
/// notice.
final class SignalStorm: Sendable {
    static let signal = SIGWINCH

    private let target: pthread_t
    private let isOver = Atomic(false)
    private let hasEnded = Atomic(false)

    /// Begins to signal the thread that calls it.
    init() {
        target = pthread_self()
        // The test library's threads block signals, as the router's one thread does not.
        Self.mask(SIG_UNBLOCK)
        var thread = pthread_t()
        let me = unsafe Unmanaged.passRetained(self).toOpaque()
        unsafe pthread_create(
            &thread, nil,
            { argument in
                guard let argument = unsafe argument else { return nil }
                unsafe Unmanaged<SignalStorm>.fromOpaque(argument).takeRetainedValue().blow()
                return nil
            }, me)
        pthread_detach(thread)
    }

    private func blow() {
        while !isOver.load(ordering: .sequentiallyConsistent) {
            pthread_kill(target, Self.signal)
            usleep(30)
        }
        hasEnded.store(true, ordering: .sequentiallyConsistent)
    }

    /// Ends, in the thread that began it; no signal comes after it.
    func end() {
        isOver.store(true, ordering: .sequentiallyConsistent)
        while !hasEnded.load(ordering: .sequentiallyConsistent) { usleep(100) }
        Self.mask(SIG_BLOCK)
    }

    private static func mask(_ how: Int32) {
        var signals = sigset_t()
        unsafe sigemptyset(&signals)
        unsafe sigaddset(&signals, signal)
        unsafe pthread_sigmask(how, &signals, nil)
    }
}

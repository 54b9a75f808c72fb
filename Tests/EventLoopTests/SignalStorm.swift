import CTestSystem

/// Signals the thread that makes it again and again from another, until told to end.
@safe final class SignalStorm {
    static let signal = test_storm_signal()

    private var storm: UnsafeMutableRawPointer?

    init() {
        unsafe storm = test_storm_begin()
    }

    /// Ends, in the thread that began it; no signal comes after it.
    func end() {
        unsafe test_storm_end(storm)
        unsafe storm = nil
    }
}

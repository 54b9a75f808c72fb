internal import CLinux

/// Patience with a source that is faster than it is worth being woken for: the kernel then tells of a good portion
/// (SO_RCVLOWAT), and not of each segment. It saves a third of the CPU time per byte on loopback, where a smaller portion
/// saves less (128 KiB: a quarter), and spares both neighbours as many wake-ups.
///
/// Less than a portion must not lie there: each millisecond the table looks at the directions that are patient, and one
/// through which too little has come since is read, and told of every byte again. The end of a stream and a reset are
/// told at once in any case, and so is a full window.
/// ```
///  two full reads in a turn ─▶ patient ── too little in a look ─▶ read now, and as before
/// ```
extension FlowTable {
    /// Bytes that are worth a wake-up.
    private static let portion: Int32 = 1_048_576
    /// Whoever has sent less since the last look (131 MB/s) is not waited for.
    private static let least: Int32 = 131_072
    private static let look: Duration = .milliseconds(1)

    /// How many flows are looked at.
    var patientCount: Int { unsafe patient.count }

    /// From now on the kernel tells of portions of what `source` sends.
    func bePatient(_ direction: UnsafeMutablePointer<FlowDirection>, _ source: UnsafeMutablePointer<FlowSocket>) {
        guard unsafe !direction.pointee.isPatient, let flow = unsafe source.pointee.flow else { return }
        Socket.setReadThreshold(unsafe source.pointee.descriptor, Self.portion)
        unsafe direction.pointee.isPatient = true
        // The first look has not seen a whole millisecond of it.
        unsafe direction.pointee.passed = Self.least
        if unsafe flow.pointee.patientPlace < 0 {
            unsafe flow.pointee.patientPlace = Int32(truncatingIfNeeded: unsafe patient.count)
            unsafe patient.append(flow)
        }
        if !patienceTimer.isPending { patienceTimer.schedule(after: Self.look) }
    }

    /// So many bytes came; beyond what is enough they are not counted.
    func countPatient(_ direction: UnsafeMutablePointer<FlowDirection>, _ read: Int) {
        if unsafe direction.pointee.passed < Self.least {
            unsafe direction.pointee.passed += Int32(truncatingIfNeeded: read)
        }
    }

    /// A millisecond has passed. From the last: whoever takes the place of one that is taken out was looked at already.
    func lookAtPatient() {
        var place = unsafe patient.count - 1
        while place >= 0 {
            // A turn may have closed the flows that were here.
            if unsafe place < patient.count {
                let flow = unsafe patient[place]
                let isUpSlow = unsafe hurry(&flow.pointee.up, &flow.pointee.client)
                let isDownSlow = unsafe hurry(&flow.pointee.down, &flow.pointee.upstream)
                if unsafe !flow.pointee.up.isPatient && !flow.pointee.down.isPatient { unsafe forgetPatience(flow) }
                if isUpSlow || isDownSlow { unsafe turn(flow, edge: nil) }
            }
            place -= 1
        }
        if unsafe !patient.isEmpty { patienceTimer.schedule(after: Self.look) }
    }

    /// Ends the patience with a source that has sent too little since the last look.
    ///
    /// - Returns: whether it is to be read now.
    private func hurry(
        _ direction: UnsafeMutablePointer<FlowDirection>, _ source: UnsafeMutablePointer<FlowSocket>
    ) -> Bool {
        guard unsafe direction.pointee.isPatient else { return false }
        let isSlow = unsafe direction.pointee.passed < Self.least
        unsafe direction.pointee.passed = 0
        guard isSlow else { return false }
        unsafe direction.pointee.isPatient = false
        Socket.setReadThreshold(unsafe source.pointee.descriptor, 1)
        // There may be something, of which no edge has told.
        unsafe source.pointee.isReadable = true
        return true
    }

    /// Takes a flow out of those that are looked at.
    func forgetPatience(_ flow: UnsafeMutablePointer<FlowState>) {
        let place = Int(unsafe flow.pointee.patientPlace)
        guard place >= 0, let last = unsafe patient.popLast() else { return }
        unsafe flow.pointee.patientPlace = -1
        guard unsafe last != flow else { return }
        unsafe patient[place] = last
        unsafe last.pointee.patientPlace = Int32(truncatingIfNeeded: place)
    }
}

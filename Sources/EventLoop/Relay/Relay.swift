internal import CLinux
internal import Protocols

/// The hot path: moves what one direction of a flow has, as far as its two sockets let it.
///
/// A light direction is copied through the loop's one buffer: three system calls a message. When a read fills that
/// buffer the direction is busy and goes by splice(2) through a pipe, which halves the CPU per byte; when eight
/// splices in a row bring less than 4 KiB each it is light again. Nothing in here allocates, retains or calls through
/// a class while bytes flow; only a write that would block makes a copy of what is left, and a direction that becomes
/// patient takes its place in a list.
///
/// Where Levin is followed (`LevinWalk`), headers go by the copy, which sees them, and a splice takes no more than the
/// rest of a body: a message of blocks is megabytes, and the first 64 KiB of each are copied. Any other stream pays
/// a comparison for each read.
extension FlowTable {
    enum Progress {
        /// Nothing to do until an edge comes.
        case waiting
        /// There is more; other flows have their turn first.
        case yielded
        /// A socket failed.
        case broken
    }

    /// How many reads a direction may do in one turn.
    private static let turn = 16
    /// A splice that brought less than this says that the direction may be light.
    private static let light = 4096
    /// So many of them in a row prove it. One does not: a busy direction has one whenever its reader is faster than the
    /// sender, and then a whole buffer is copied before it is busy again (15 % of the CPU time of eight streams).
    private static let lightInARow: UInt8 = 8
    private static let spliceFlags = UInt32(SPLICE_F_MOVE) | UInt32(SPLICE_F_NONBLOCK)

    /// Moves bytes of `direction` from `source` to `sink`, and its end.
    func move(
        _ direction: UnsafeMutablePointer<FlowDirection>, from source: UnsafeMutablePointer<FlowSocket>,
        to sink: UnsafeMutablePointer<FlowSocket>, counting total: UnsafeMutablePointer<UInt64>
    ) -> Progress {
        var fullReads = 0
        for _ in 0..<Self.turn {
            if unsafe !direction.pointee.isEmpty {
                guard unsafe sink.pointee.isWritable else { return .waiting }
                guard unsafe flush(direction, to: sink) else { return .broken }
                guard unsafe direction.pointee.isEmpty else { return .waiting }
            }
            if unsafe direction.pointee.sourceEnded { return unsafe forwardEnd(direction, to: sink) }
            guard unsafe source.pointee.isReadable else {
                unsafe releasePipe(direction)
                return .waiting
            }
            // With the sink full there is no use in reading: the kernel's window tells the sender to wait.
            guard unsafe sink.pointee.isWritable else { return .waiting }
            let read: Int
            let unread = unsafe direction.pointee.isFollowed ? direction.pointee.walk.unread : .max
            if unsafe direction.pointee.isBusy, unread >= Self.light, unsafe acquirePipe(direction) {
                read = unsafe fill(direction, from: source, limit: min(unread, EventLoop.scratchSize))
                if read == EventLoop.scratchSize {
                    fullReads += 1
                    if fullReads == 2 { unsafe bePatient(direction, source) }
                }
            } else {
                read = unsafe copy(direction, from: source, to: sink)
            }
            if read > 0 {
                unsafe total.pointee &+= UInt64(read)
                if unsafe direction.pointee.isPatient { unsafe countPatient(direction, read) }
            }
            if read == Self.nothing, unsafe direction.pointee.isHeldBack { unsafe push(direction, sink) }
            if read == Self.failed { return .broken }
        }
        return .yielded
    }

    private static let failed = -1
    private static let nothing = -2

    /// Reads into the buffer and writes it at once; what the sink does not take is kept as the spill.
    private func copy(
        _ direction: UnsafeMutablePointer<FlowDirection>, from source: UnsafeMutablePointer<FlowSocket>,
        to sink: UnsafeMutablePointer<FlowSocket>
    ) -> Int {
        let read = unsafe recv(source.pointee.descriptor, loop.scratch, EventLoop.scratchSize, 0)
        if read <= 0 { return unsafe readEnded(read, direction, source) }
        if read == EventLoop.scratchSize {
            unsafe direction.pointee.isBusy = true
        }
        if unsafe direction.pointee.isFollowed { unsafe follow(direction, read: read) }
        // A short read does not prove the socket empty: a reset that arrived before this turn's edge gives no other
        // one, and libevent 2.1.12 reports it as readable and writable, like any. So each read goes on to EAGAIN.
        let written = unsafe send(sink.pointee.descriptor, loop.scratch, read, Int32(SEND_WITHOUT_SIGNAL))
        if written == read { return read }
        if written < 0, lastError != EAGAIN, lastError != EINTR { return Self.failed }
        // After EINTR the sink is still writable; the spill goes out in this same turn.
        if written >= 0 || lastError == EAGAIN { unsafe sink.pointee.isWritable = false }
        unsafe keep(loop.scratch, offset: max(written, 0), count: read, in: direction)
        return read
    }

    private func fill(
        _ direction: UnsafeMutablePointer<FlowDirection>, from source: UnsafeMutablePointer<FlowSocket>, limit: Int
    ) -> Int {
        let read = unsafe splice(
            source.pointee.descriptor, nil, direction.pointee.pipeWrite, nil, limit, Self.spliceFlags)
        if read <= 0 { return unsafe readEnded(read, direction, source) }
        unsafe direction.pointee.pipeFill = Int32(truncatingIfNeeded: read)
        unsafe direction.pointee.lightReads = read < Self.light ? direction.pointee.lightReads + 1 : 0
        if unsafe direction.pointee.lightReads == Self.lightInARow {
            unsafe direction.pointee.isBusy = false
            unsafe direction.pointee.lightReads = 0
        }
        if unsafe direction.pointee.isFollowed { unsafe follow(direction, skipped: read) }
        return read
    }

    private func readEnded(
        _ result: Int, _ direction: UnsafeMutablePointer<FlowDirection>, _ source: UnsafeMutablePointer<FlowSocket>
    ) -> Int {
        if result == 0 {
            unsafe direction.pointee.sourceEnded = true
            return Self.nothing
        }
        switch lastError {
        case EAGAIN:
            // The pipe was drained before this fill, so it is the socket that has nothing.
            unsafe source.pointee.isReadable = false
            return Self.nothing
        case EINTR: return Self.nothing
        default: return Self.failed
        }
    }

    /// Writes what is held. The pipe is drained before it is filled again: only then is EAGAIN of the next fill
    /// the socket's and not the pipe's.
    ///
    /// - Returns: false when the sink failed.
    private func flush(
        _ direction: UnsafeMutablePointer<FlowDirection>, to sink: UnsafeMutablePointer<FlowSocket>
    ) -> Bool {
        while unsafe direction.pointee.spillCount > 0 {
            guard let spill = unsafe direction.pointee.spill else { return false }
            let written = unsafe send(
                sink.pointee.descriptor, spill + Int(direction.pointee.spillOffset), Int(direction.pointee.spillCount),
                Int32(SEND_WITHOUT_SIGNAL))
            if written < 0, lastError == EINTR { continue }
            if written < 0 { return unsafe wouldBlock(sink) }
            unsafe direction.pointee.spillOffset += Int32(truncatingIfNeeded: written)
            unsafe direction.pointee.spillCount -= Int32(truncatingIfNeeded: written)
            if unsafe direction.pointee.spillCount == 0 { unsafe dropSpill(direction) }
        }
        // The sockets have TCP_NODELAY, so each splice would end in a part of a segment: a fifth more CPU per byte
        // than with Nagle's rule. After a read that filled the buffer, which another most likely follows, the
        // kernel is told to wait for the rest, and `push` ends the wait as soon as there is none.
        let isFull = unsafe direction.pointee.pipeFill == EventLoop.scratchSize
        let more = isFull ? UInt32(SPLICE_F_MORE) : 0
        while unsafe direction.pointee.pipeFill > 0 {
            let written = unsafe splice(
                direction.pointee.pipeRead, nil, sink.pointee.descriptor, nil, Int(direction.pointee.pipeFill),
                Self.spliceFlags | more)
            if written == 0 { return false }
            // splice(2) gives EINTR whenever a signal is pending, though the sink has room.
            if written < 0, lastError == EINTR { continue }
            if written < 0 { return unsafe wouldBlock(sink) }
            unsafe direction.pointee.pipeFill -= Int32(truncatingIfNeeded: written)
            unsafe direction.pointee.isHeldBack = more != 0
        }
        if unsafe !direction.pointee.isBusy { unsafe releasePipe(direction) }
        return true
    }

    /// Sends what the sink holds back: to set TCP_NODELAY again does that.
    private func push(_ direction: UnsafeMutablePointer<FlowDirection>, _ sink: UnsafeMutablePointer<FlowSocket>) {
        unsafe direction.pointee.isHeldBack = false
        Socket.tune(unsafe sink.pointee.descriptor)
    }

    private func wouldBlock(_ sink: UnsafeMutablePointer<FlowSocket>) -> Bool {
        guard lastError == EAGAIN else { return false }
        unsafe sink.pointee.isWritable = false
        return true
    }

    /// Passes a half-close on, once all before it is written.
    private func forwardEnd(
        _ direction: UnsafeMutablePointer<FlowDirection>, to sink: UnsafeMutablePointer<FlowSocket>
    ) -> Progress {
        unsafe releasePipe(direction)
        guard unsafe !direction.pointee.endForwarded else { return .waiting }
        unsafe direction.pointee.endForwarded = true
        if unsafe sink.pointee.endsByReset { return .waiting }
        return unsafe shutdown(sink.pointee.descriptor, Int32(SHUT_WR)) == 0 ? .waiting : .broken
    }

    /// Keeps bytes `offset..<count` of `bytes` until the sink takes them.
    func keep(
        _ bytes: UnsafePointer<UInt8>, offset: Int, count: Int, in direction: UnsafeMutablePointer<FlowDirection>
    ) {
        let rest = count - offset
        guard rest > 0 else { return }
        let spill = UnsafeMutablePointer<UInt8>.allocate(capacity: rest)
        unsafe spill.update(from: bytes + offset, count: rest)
        unsafe direction.pointee.spill = spill
        unsafe direction.pointee.spillOffset = 0
        unsafe direction.pointee.spillCount = Int32(truncatingIfNeeded: rest)
    }

    func dropSpill(_ direction: UnsafeMutablePointer<FlowDirection>) {
        unsafe direction.pointee.spill?.deallocate()
        unsafe direction.pointee.spill = nil
        unsafe direction.pointee.spillCount = 0
    }

    private func acquirePipe(_ direction: UnsafeMutablePointer<FlowDirection>) -> Bool {
        if unsafe direction.pointee.pipeRead >= 0 { return true }
        guard let pipe = pipes.take() else { return false }
        unsafe direction.pointee.pipeRead = pipe.read
        unsafe direction.pointee.pipeWrite = pipe.write
        return true
    }

    func releasePipe(_ direction: UnsafeMutablePointer<FlowDirection>) {
        guard unsafe direction.pointee.pipeRead >= 0 else { return }
        unsafe pipes.give(
            read: direction.pointee.pipeRead, write: direction.pointee.pipeWrite,
            isEmpty: direction.pointee.pipeFill == 0)
        unsafe direction.pointee.pipeRead = -1
        unsafe direction.pointee.pipeWrite = -1
        unsafe direction.pointee.pipeFill = 0
    }
}

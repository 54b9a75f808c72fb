// Both system modules include the socket headers; Swift takes either as their home.
internal import CLibevent
internal import CLinux

/// The service manager's notification socket (sd_notify(3)): one datagram a message, no library.
public struct ServiceManager: Sendable {
    private let path: String
    /// How often the service manager wants to hear from us; nil when it does not watch.
    public let watchdog: Duration?

    /// The service manager that started this process; nil when none asked to be told.
    public init?() {
        guard let path = ThisProcess.environment("NOTIFY_SOCKET"), path.hasPrefix("/") || path.hasPrefix("@") else {
            return nil
        }
        self.path = path
        let process = ThisProcess.environment("WATCHDOG_PID").flatMap { Int32($0) }
        if let microseconds = ThisProcess.environment("WATCHDOG_USEC").flatMap({ Int64($0) }), microseconds > 0,
            process == nil || process == ThisProcess.id
        {
            watchdog = .microseconds(microseconds)
        } else {
            watchdog = nil
        }
    }

    /// Sends assignments, one a line: "READY=1", "STATUS=…". A newline inside a value is the caller's to avoid.
    ///
    /// - Throws: `SystemError` when the socket does not take it.
    public func tell(_ message: String) throws(SystemError) {
        try send(message, with: -1)
    }

    /// Gives it a descriptor to keep, also while this process is gone: its next one inherits a copy under this name
    /// (`inherited`). The unit must allow it (FileDescriptorStoreMax=). It is not looked at meanwhile (FDPOLL=0): for an
    /// error on it, the service manager would close it.
    ///
    /// - Throws: `SystemError` when the socket does not take it.
    public func keep(_ raw: Int32, named name: String) throws(SystemError) {
        try send("FDSTORE=1\nFDNAME=\(name)\nFDPOLL=0", with: raw)
    }

    /// The descriptor of this name that the service manager kept (sd_listen_fds_with_names(3)); nil where there is none.
    /// It is the caller's from now on: to be asked for once.
    public static func inherited(named name: String) -> Descriptor? {
        guard ThisProcess.environment("LISTEN_PID").flatMap({ Int32($0) }) == ThisProcess.id,
            let count = ThisProcess.environment("LISTEN_FDS").flatMap({ Int32($0) }), (1...64).contains(count)
        else { return nil }
        let names = (ThisProcess.environment("LISTEN_FDNAMES") ?? "").split(
            separator: ":", omittingEmptySubsequences: false)
        for (index, text) in names.prefix(Int(count)).enumerated() where text == name {
            let raw = 3 + Int32(index)
            guard closeOnExec(raw) == 0 else { return nil }
            return Descriptor(owning: raw)
        }
        return nil
    }

    /// - Parameter passed: a descriptor whose copy goes along; none where it is negative.
    private func send(_ message: String, with passed: Int32) throws(SystemError) {
        let raw = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard raw >= 0 else { throw .current("notify the service manager") }
        let descriptor = Descriptor(owning: raw)
        var name = sockaddr_un()
        name.sun_family = sa_family_t(AF_UNIX)
        var bytes = Array(path.utf8)
        if bytes.first == UInt8(ascii: "@") { bytes[0] = 0 }
        let count = unsafe withUnsafeMutableBytes(of: &name.sun_path) { room in
            for (index, byte) in bytes.prefix(room.count).enumerated() { unsafe room[index] = byte }
            return min(bytes.count, room.count)
        }
        // An abstract name is as long as said, without a closing zero.
        let length = socklen_t(MemoryLayout<sa_family_t>.size + count)
        let message = Array(message.utf8)
        let sent = unsafe withUnsafePointer(to: &name) { name in
            unsafe message.withUnsafeBytes {
                unsafe sendDatagram(
                    descriptor.raw, $0.baseAddress, $0.count,
                    UnsafeRawPointer(name).assumingMemoryBound(to: sockaddr.self), length, passed)
            }
        }
        guard sent == message.count else { throw .current("notify the service manager") }
    }
}

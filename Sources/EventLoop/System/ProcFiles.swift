internal import CLinux

/// What /proc shows of the processes of this machine, as far as this process may look.
public enum ProcFiles {
    /// More processes are not looked at.
    public static let limit = 65536

    /// The numbers of the processes, in no order.
    public static func processes() throws(SystemError) -> [Int32] {
        var numbers = [Int32](repeating: 0, count: limit)
        let count = unsafe readProcesses(&numbers, Int32(limit))
        guard count >= 0 else { throw .current("list /proc") }
        return Array(numbers[..<Int(count)])
    }

    /// Where a link leads, such as /proc/PID/exe or /proc/PID/ns/net; nil where there is none or it may not be read.
    public static func link(_ path: String) -> String? {
        var room = [CChar](repeating: 0, count: 4096)
        let count = unsafe readlink(path, &room, room.count)
        return count > 0 ? String(decoding: room[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self) : nil
    }

    /// Whether a time service keeps the kernel's clock; nil where the kernel does not say.
    public static var isClockKept: Bool? {
        switch CLinux.isClockKept() {
        case 1: true
        case 0: false
        default: nil
        }
    }
}

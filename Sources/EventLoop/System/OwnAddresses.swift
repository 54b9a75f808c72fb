internal import CLinux
public import Protocols

/// The addresses of this machine's interfaces, asked of the kernel.
public enum OwnAddresses {
    /// All of them, loopback's too; empty only when the kernel does not answer.
    public static func read() -> Set<IPAddress> {
        var list: UnsafeMutablePointer<ifaddrs>?
        guard unsafe getifaddrs(&list) == 0 else { return [] }
        defer { unsafe freeifaddrs(list) }
        var found: Set<IPAddress> = []
        var entry = unsafe list
        while let current = unsafe entry {
            if let name = unsafe current.pointee.ifa_addr, let address = unsafe address(of: name) {
                found.insert(address.canonical)
            }
            unsafe entry = unsafe current.pointee.ifa_next
        }
        return found
    }
}

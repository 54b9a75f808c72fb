// Both system modules include the socket headers; Swift takes either as their home.
internal import CLibevent
internal import CLinux
public import Protocols

/// Makes stream sockets: non-blocking, closed on exec.
public enum Socket {
    /// Who is at the other end of a Unix socket, as the kernel knows it (SO_PEERCRED).
    public struct PeerCredentials: Hashable, Sendable {
        /// The process.
        public let process: Int32
        /// Its effective user.
        public let user: UInt32
        /// Its effective group.
        public let group: UInt32
    }

    static func make(
        _ endpoint: Endpoint, type: __socket_type = SOCK_STREAM, doing: String
    ) throws(SystemError) -> Descriptor {
        let family: Int32 =
            switch endpoint {
            case .tcp(.v4, _): AF_INET
            case .tcp(.v6, _): AF_INET6
            case .unix: AF_UNIX
            }
        let raw = socket(family, Int32(type.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard raw >= 0 else { throw .current(doing) }
        return Descriptor(owning: raw)
    }

    /// Listens. A Unix socket is made with `mode` under a umask, so that it is never wider, not for a moment; the
    /// path must be free.
    public static func listen(at endpoint: Endpoint, mode: UInt32 = 0o600) throws(SystemError) -> Descriptor {
        let doing = "listen at \(endpoint)"
        let descriptor = try make(endpoint, doing: doing)
        if case .tcp = endpoint {
            setOption(descriptor.raw, SOL_SOCKET, SO_REUSEADDR, 1)
            if case .tcp(.v6, _) = endpoint { setOption(descriptor.raw, Int32(IPPROTO_IPV6), IPV6_V6ONLY, 1) }
        }
        let previous = umask(0o777 & ~mode)
        let bound = unsafe withSocketAddress(of: endpoint) { unsafe bindSocket(descriptor.raw, $0, $1) }
        let failure = lastError
        umask(previous)
        guard bound == 0 else { throw SystemError(doing, code: failure) }
        guard CLinux.listen(descriptor.raw, 1024) == 0 else { throw .current(doing) }
        return descriptor
    }

    /// Where a TCP socket of ours is bound, with the port that the kernel chose; nil for another family.
    public static func localEndpoint(of descriptor: borrowing Descriptor) throws(SystemError) -> Endpoint? {
        try localEndpoint(ofOpen: descriptor.raw)
    }

    static func localEndpoint(ofOpen raw: Int32) throws(SystemError) -> Endpoint? {
        var name = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        return try unsafe withUnsafeMutableBytes(of: &name) { bytes throws(SystemError) in
            guard let base = unsafe bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self),
                unsafe readOwnName(raw, base, &length) == 0
            else { throw .current("ask for a socket's address") }
            return unsafe endpoint(of: base)
        }
    }

    /// Starts a connect. TCP sockets have TCP_NODELAY from the start: a handshake's small messages must not wait.
    ///
    /// - Parameter interface: the one interface that its packets may leave by (SO_BINDTODEVICE, which an unprivileged
    ///   user may set on a new socket since Linux 5.7); nil where the kernel's routes decide. An interface that goes
    ///   away and comes back is another one: the socket stays with the one that went.
    /// - Returns: the socket; it becomes writable when the connect is decided (`connectError`), at once where it
    ///   already is.
    public static func connect(to endpoint: Endpoint, by interface: String? = nil) throws(SystemError) -> Descriptor {
        try connect(make(endpoint, doing: "connect"), to: endpoint, by: interface)
    }

    /// The same, from a port that is held: see `HeldPorts`.
    static func connect(
        to endpoint: Endpoint, by interface: String, from source: Endpoint
    ) throws(SystemError) -> Descriptor {
        let descriptor = try make(endpoint, doing: "connect")
        try bind(descriptor.raw, toShared: source)
        return try connect(descriptor, to: endpoint, by: interface)
    }

    /// The same, from an address of this machine, and a port that the kernel chooses as it connects.
    ///
    /// - Parameter source: the address, of the endpoint's family; nil where the kernel chooses that as well.
    public static func connect(to endpoint: Endpoint, from source: IPAddress?) throws(SystemError) -> Descriptor {
        let descriptor = try make(endpoint, doing: "connect")
        if let source {
            // Else the port is taken for all destinations, and there are fewer of them than connections.
            setOption(descriptor.raw, Int32(IPPROTO_IP), IP_BIND_ADDRESS_NO_PORT, 1)
            let local = Endpoint.tcp(source, port: 0)
            let bound = unsafe withSocketAddress(of: local) { unsafe bindSocket(descriptor.raw, $0, $1) }
            guard bound == 0 else { throw .current("connect") }
        }
        return try connect(descriptor, to: endpoint, by: nil)
    }

    private static func connect(
        _ descriptor: consuming Descriptor, to endpoint: Endpoint, by interface: String?
    ) throws(SystemError) -> Descriptor {
        if let interface { try bind(descriptor.raw, to: interface) }
        if case .tcp(let address, _) = endpoint {
            tune(descriptor.raw)
            // A proxy on another machine may vanish without a word; one on this machine cannot.
            if !address.isLoopback { keepAlive(descriptor.raw) }
        }
        let result = unsafe withSocketAddress(of: endpoint) { unsafe connectSocket(descriptor.raw, $0, $1) }
        if result == 0 { return descriptor }
        let failure = lastError
        // A Unix socket whose queue is full says EAGAIN and would never become writable.
        guard failure == EINPROGRESS else { throw SystemError("connect", code: failure) }
        return descriptor
    }

    /// Nothing of the socket leaves by any other interface from now on.
    private static func bind(_ raw: Int32, to interface: String) throws(SystemError) {
        let name = Array(interface.utf8)
        let result = unsafe name.withUnsafeBytes {
            unsafe setsockopt(raw, SOL_SOCKET, SO_BINDTODEVICE, $0.baseAddress, socklen_t($0.count))
        }
        guard result == 0 else { throw .current("connect") }
    }

    /// Binds to an address whose port other sockets of ours have too (SO_REUSEPORT).
    private static func bind(_ raw: Int32, toShared endpoint: Endpoint) throws(SystemError) {
        setOption(raw, SOL_SOCKET, SO_REUSEADDR, 1)
        setOption(raw, SOL_SOCKET, SO_REUSEPORT, 1)
        let bound = unsafe withSocketAddress(of: endpoint) { unsafe bindSocket(raw, $0, $1) }
        guard bound == 0 else { throw .current("connect") }
    }

    /// A socket that is listening at an address of this machine and takes nothing: what comes to it is dropped
    /// without a word, since no packet from beyond this link has 255 hops left (IP_MINTTL, IPV6_MINHOPCOUNT).
    static func listenDeaf(at address: IPAddress) throws(SystemError) -> Descriptor {
        let endpoint = Endpoint.tcp(address, port: 0)
        let descriptor = try make(endpoint, doing: "hold a port")
        switch address {
        case .v4: setOption(descriptor.raw, Int32(IPPROTO_IP), IP_MINTTL, 255)
        case .v6: setOption(descriptor.raw, Int32(IPPROTO_IPV6), IPV6_MINHOPCOUNT, 255)
        }
        try bind(descriptor.raw, toShared: endpoint)
        guard CLinux.listen(descriptor.raw, 1) == 0 else { throw .current("hold a port") }
        return descriptor
    }

    /// Closes by a reset: what the kernel has not sent yet is thrown away, and it keeps nothing of the connection that
    /// could answer later.
    static func setReset(_ raw: Int32) {
        var now = linger(l_onoff: 1, l_linger: 0)
        unsafe setsockopt(raw, SOL_SOCKET, SO_LINGER, &now, socklen_t(MemoryLayout<linger>.size))
    }

    /// Takes one waiting connection; nil when there is none (any more).
    public static func accept(from listener: borrowing Descriptor) throws(SystemError) -> Descriptor? {
        var peer: Endpoint?
        return try accept(from: listener, peer: &peer)
    }

    /// The same, and in `peer` the TCP endpoint of its other end; nil on a Unix socket.
    public static func accept(
        from listener: borrowing Descriptor, peer: inout Endpoint?
    ) throws(SystemError) -> Descriptor? {
        try accept(fromOpen: listener.raw, peer: &peer)
    }

    /// The same of a listener that is open, by its number.
    public static func accept(fromOpen listener: Int32, peer: inout Endpoint?) throws(SystemError) -> Descriptor? {
        var name = sockaddr_storage()
        let raw = unsafe acceptSocket(listener, &name)
        guard raw >= 0 else {
            switch lastError {
            case EAGAIN, ECONNABORTED, EINTR, EPROTO: return nil
            default: throw .current("accept")
            }
        }
        peer = endpoint(of: &name)
        // Who comes from another machine may vanish without a word, and would keep his place.
        if case .tcp(let address, _) = peer, !address.isLoopback { keepAlive(raw) }
        return Descriptor(owning: raw)
    }

    /// Where a connection that was redirected to us (nftables' `redirect`) was to go; nil where the kernel does not know.
    /// Of one that was not redirected it is where it came to.
    public static func originalDestination(of descriptor: borrowing Descriptor, isIPv6: Bool) -> Endpoint? {
        var name = sockaddr_storage()
        guard unsafe readOriginalDestination(descriptor.raw, isIPv6 ? 1 : 0, &name) == 0 else { return nil }
        return endpoint(of: &name)
    }

    /// Two stream sockets that are connected to each other.
    public static func pair(
        _ body: (consuming Descriptor, consuming Descriptor) -> Void
    ) throws(SystemError) {
        var ends: (Int32, Int32) = (-1, -1)
        let type = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        let made = unsafe withUnsafeMutableBytes(of: &ends) {
            unsafe socketpair(AF_UNIX, type, 0, $0.baseAddress?.assumingMemoryBound(to: Int32.self))
        }
        guard made == 0 else { throw .current("make a pair of sockets") }
        body(Descriptor(owning: ends.0), Descriptor(owning: ends.1))
    }

    /// Small messages go at once (TCP_NODELAY). On a Unix socket it does nothing.
    public static func tune(_ descriptor: borrowing Descriptor) {
        tune(descriptor.raw)
    }

    static func tune(_ raw: Int32) {
        setOption(raw, Int32(IPPROTO_TCP), TCP_NODELAY, 1)
    }

    /// How many bytes there must be before the kernel says that there are any; it says so of the end, too.
    static func setReadThreshold(_ raw: Int32, _ bytes: Int32) {
        setOption(raw, SOL_SOCKET, SO_RCVLOWAT, bytes)
    }

    /// The other end is let go two minutes after it was last heard of.
    private static func keepAlive(_ raw: Int32) {
        setOption(raw, SOL_SOCKET, SO_KEEPALIVE, 1)
        setOption(raw, Int32(IPPROTO_TCP), TCP_KEEPIDLE, 60)
        setOption(raw, Int32(IPPROTO_TCP), TCP_KEEPINTVL, 15)
        setOption(raw, Int32(IPPROTO_TCP), TCP_KEEPCNT, 4)
    }

    /// The outcome of a connect that was in progress: nil when it worked.
    public static func connectError(_ descriptor: borrowing Descriptor) -> SystemError? {
        connectError(descriptor.raw)
    }

    static func connectError(_ raw: Int32) -> SystemError? {
        var code: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        guard unsafe getsockopt(raw, SOL_SOCKET, SO_ERROR, &code, &length) == 0 else { return .current("connect") }
        return code == 0 ? nil : SystemError("connect", code: code)
    }

    /// The process at the other end of a Unix socket; nil when the kernel does not say.
    public static func peerCredentials(_ descriptor: borrowing Descriptor) -> PeerCredentials? {
        peerCredentials(of: descriptor.raw)
    }

    static func peerCredentials(of raw: Int32) -> PeerCredentials? {
        var who = PeerIdentity()
        guard unsafe readPeerIdentity(raw, &who) == 0 else { return nil }
        return PeerCredentials(process: who.process, user: who.user, group: who.group)
    }

    static func setOption(_ raw: Int32, _ level: Int32, _ name: Int32, _ value: Int32) {
        var value = value
        unsafe setsockopt(raw, level, name, &value, socklen_t(MemoryLayout<Int32>.size))
    }
}

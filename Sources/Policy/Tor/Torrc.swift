public import Protocols

/// The configuration of a managed Tor, as a value; `text` is the file.
public struct Torrc: Hashable, Sendable {
    /// A SOCKS5 proxy through which Tor reaches its network.
    public struct Upstream: Hashable, Sendable {
        /// Its address. Tor takes no Unix socket here.
        public var address: IPAddress
        /// Its port.
        public var port: UInt16
        /// What it asks for.
        public var credentials: Credentials?

        /// A proxy.
        public init(address: IPAddress, port: UInt16, credentials: Credentials?) {
            self.address = address
            self.port = port
            self.credentials = credentials
        }
    }

    /// The operator's lines.
    public var lines: [TorrcLine]
    /// Where its files are.
    public var places: TorPlaces
    /// The process that Tor belongs to: it looks for it every 15 s, and ends when it is gone. The control connection's
    /// TAKEOWNERSHIP ends it at once; this holds before there is one.
    public var owner: Int32
    /// The way to the Tor network; nil: directly.
    public var upstream: Upstream?

    /// A configuration of these.
    public init(lines: [TorrcLine], places: TorPlaces, owner: Int32, upstream: Upstream? = nil) {
        self.lines = lines
        self.places = places
        self.owner = owner
        self.upstream = upstream
    }

    /// The file. The operator's lines come first: of an option that takes one value, Tor takes the last.
    public var text: String {
        (["# Written by xmr-routed for the Tor that it runs; a change here is lost."] + lines.map(\.text) + ours)
            .joined(separator: "\n") + "\n"
    }

    private var ours: [String] {
        [
            "DataDirectory \(Self.quoted(places.data))",
            // ExtendedErrors: an onion that is not there is told from one that wants a key. Streams are isolated by
            // SOCKS user and password unless told otherwise.
            "SocksPort \(Self.quoted("unix:\"\(places.directory)/socks\" ExtendedErrors"))",
            "ControlPort \(Self.quoted("unix:\"\(places.directory)/control\""))",
            "CookieAuthentication 1",
            "CookieAuthFile \(Self.quoted(places.data + "/control_auth_cookie"))",
            "__OwningControllerProcess \(owner)",
            "Log notice stdout",
            "SafeLogging 1",
            "LogTimeGranularity 1",
            "ClientOnly 1",
            // A Tor that nothing was asked of for a day would go to sleep, and stay asleep after a restart.
            "DormantTimeoutEnabled 0",
            "DormantCanceledByStartup 1",
        ] + (lines.contains(where: \.startsProgram) ? [] : ["NoExec 1"]) + upstreamLines
    }

    private var upstreamLines: [String] {
        guard let upstream else { return [] }
        var lines = ["Socks5Proxy \(Endpoint.tcp(upstream.address, port: upstream.port))"]
        if let credentials = upstream.credentials {
            lines.append("Socks5ProxyUsername \(Self.quoted(credentials.username))")
            lines.append("Socks5ProxyPassword \(Self.quoted(credentials.password))")
        }
        return lines
    }

    private static func quoted(_ text: String) -> String { quoted(Array(text.utf8)) }

    /// A value in quotes with C's escapes, as Tor reads it back: what a "#", a quote or a blank means outside is gone.
    private static func quoted(_ bytes: [UInt8]) -> String {
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = [0x22]
        for byte in bytes {
            switch byte {
            case 0x22, 0x5c: text += [0x5c, byte]
            case 0x20...0x7e, 0x80...: text.append(byte)
            default: text += [0x5c, 0x78, digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: text + [0x22], as: UTF8.self)
    }
}

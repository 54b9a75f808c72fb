public import Protocols

/// Where a managed Tor keeps its files, below the state directory:
///
/// ```
///   tor/           0700, with all below it
///     lock           held by the router whose Tor it is
///     torrc          written anew for each start
///     data/          Tor's own: guards, consensus, the control cookie
///     socks          its SOCKS port, a Unix socket
///     control        its control port, a Unix socket
///     p2p rpc sync   where it connects the streams of onion services to, Unix sockets of the router's
/// ```
public struct TorPlaces: Hashable, Sendable {
    /// The directory of all of it.
    public let directory: String
    /// Where streams are dialled.
    public let socks: Endpoint
    /// Where Tor tells how it is.
    public let control: Endpoint

    /// The file that says whose the directory is.
    public var lock: String { directory + "/lock" }
    /// The configuration that is written for Tor.
    public var torrc: String { directory + "/torrc" }
    /// Tor's own directory.
    public var data: String { directory + "/data" }
    /// Where it connects the streams of an onion service to; nil where a command to Tor cannot name the place.
    public func inbound(_ kind: InboundKind) -> Endpoint? {
        let endpoint = Endpoint("unix:\(directory)/\(kind.rawValue)")
        return endpoint.flatMap { TorOnionRequest.canName($0) ? $0 : nil }
    }

    /// The paths of the sockets that are Tor's own.
    public var sockets: [String] { [directory + "/socks", directory + "/control"] }

    /// The places below a state directory.
    ///
    /// - Returns: nothing where its path cannot be used, and then why not, as one sentence.
    public static func below(stateDirectory: String) -> Result<TorPlaces, TorPlacesRefusal> {
        let directory = stateDirectory + "/tor"
        guard directory.hasPrefix("/") else { return .failure(.relative(stateDirectory)) }
        // Tor has quotes within quotes for a socket's path, and undoes their escapes more than once.
        guard directory.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x22 && $0 != 0x5c && $0 != 0x7f }) else {
            return .failure(.unwritable(stateDirectory))
        }
        guard let socks = Endpoint("unix:\(directory)/socks"), let control = Endpoint("unix:\(directory)/control")
        else { return .failure(.tooLong(stateDirectory)) }
        return .success(TorPlaces(directory: directory, socks: socks, control: control))
    }
}

/// Why a state directory's path does not do for a managed Tor.
public enum TorPlacesRefusal: Error, Hashable, Sendable {
    /// It depends on where the process stands.
    case relative(String)
    /// It has a character that torrc cannot carry.
    case unwritable(String)
    /// With a socket's name it does not fit a socket address.
    case tooLong(String)

    /// One sentence with the mend, without a full stop.
    public var sentence: String {
        switch self {
        case .relative(let path): "\(shown(path)) is not absolute: \(mend)"
        case .unwritable(let path): "\(shown(path)) has a quote, a backslash or a control character in it: \(mend)"
        case .tooLong(let path):
            "\(shown(path)) is too long for the sockets of a managed Tor"
                + " (107 bytes with /tor/control): \(mend)"
        }
    }

    private var mend: String { "set STATE_DIRECTORY to another" }

    private func shown(_ path: String) -> String { "the state directory \(path.printable(limit: 120))" }
}

/// Where an i2pd of ours keeps its files, below the state directory:
///
/// ```
///   i2p/           0700, with all below it
///     lock           held by the router whose i2pd it is
///     i2pd.conf      written anew for each start
///     tunnels.conf   empty: it has no tunnels but those that are asked for by SAM
///     data/          i2pd's own: its identity, what it knows of the network
/// ```
public struct I2PPlaces: Hashable, Sendable {
    /// The directory of all of it.
    public let directory: String

    /// The places below a state directory; nil where its path is not absolute, or has a byte that a line of a configuration
    /// cannot carry.
    public init?(stateDirectory: String) {
        guard stateDirectory.hasPrefix("/"), stateDirectory.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x23 && $0 != 0x7f })
        else { return nil }
        directory = stateDirectory + "/i2p"
    }

    /// The file that says whose the directory is.
    public var lock: String { directory + "/lock" }
    /// The configuration that is written for i2pd.
    public var configuration: String { directory + "/i2pd.conf" }
    /// Its tunnels: none.
    public var tunnels: String { directory + "/tunnels.conf" }
    /// i2pd's own directory.
    public var data: String { directory + "/data" }

    /// i2pd's arguments: this configuration and no other, of the machine's or the user's.
    public var arguments: [String] {
        [
            "--conf=\(configuration)", "--tunconf=\(tunnels)", "--tunnelsdir=\(directory)/none", "--datadir=\(data)",
        ]
    }

    /// The configuration: SAM on this port of 127.0.0.1 (and by UDP one below), and nothing else that listens there. i2pd
    /// 2.45 refuses a key that it does not know, so that none is here which not all have.
    ///
    /// - Parameter certificates: where the package has those of the servers from which a first list of routers comes; nil
    ///   where it has none.
    public static func configuration(port: UInt16, certificates: String?) -> String {
        let off = ["http", "httpproxy", "socksproxy", "i2cp", "i2pcontrol", "upnp", "nettime"]
        return "log = stdout\nloglevel = none\nfloodfill = false\n"
            + (certificates.map { "certsdir = \($0)\n" } ?? "")
            + off.map { "[\($0)]\nenabled = false\n" }.joined()
            + "[sam]\nenabled = true\naddress = 127.0.0.1\nport = \(port)\n"
    }
}

/// Where monerod's configuration is.
public enum MonerodPlaces {
    /// Where packages and guides put it, for when nothing runs that could say.
    public static let usual = ["/etc/monero/monerod.conf", "/etc/monerod.conf"]

    /// The file that a running monerod has read: as it was told, or in the folder for its network below its home. A
    /// relative path is below its working directory.
    ///
    /// - Parameters:
    ///   - options: those of the command line alone.
    ///   - environment: the bytes of /proc/PID/environ, variables ended by zeros.
    ///   - directory: its working directory; nil where that cannot be seen.
    /// - Returns: the path, and whether monerod was told of it; a path that cannot be known is nil.
    public static func file(
        _ options: ProgramOptions, environment: [UInt8]?, directory: String?
    ) -> (path: String?, isTold: Bool) {
        if let told = options.text("config-file"), !told.isEmpty {
            if told.hasPrefix("/") { return (told, true) }
            return (directory.map { $0 + "/" + told }, true)
        }
        guard let environment else { return (nil, false) }
        let home = processArguments(environment).first { $0.hasPrefix("HOME=") }?.dropFirst(5) ?? ""
        let network = options.isSet("testnet") ? "/testnet" : options.isSet("stagenet") ? "/stagenet" : ""
        return ("\(home)/.bitmonero\(network)/bitmonero.conf", false)
    }
}

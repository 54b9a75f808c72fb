/// Why a control connection is of no use: each says what a person can do.
public enum TorControlFailure: Error, Hashable, Sendable {
    /// What answers there is no control port.
    case notTorControl
    /// It began as one, and then broke its rules in this way.
    case violation(String)
    /// The cookie file could not be read.
    case cookieUnreadable(path: String, TorCookieFailure)
    /// The cookie file does not have 32 bytes.
    case cookieLength(path: String, Int)
    /// Who answers does not know what is in the cookie file.
    case wrongServer(path: String)
    /// Tor only takes a password.
    case passwordOnly
    /// Tor only takes the cookie itself, not a proof of it.
    case cookieOnly
    /// Tor offers no way that we know.
    case noMethod(String)
    /// Tor did not take our proof; what it said.
    case refused(String)
    /// Tor does not know a command or key of ours; what it said.
    case unsupported(String)
    /// The connection ended before Tor had let us in.
    case closedEarly
    /// The connection ended.
    case closed
    /// No HMAC could be computed.
    case noHash
}

/// Why the cookie file gave no cookie.
public enum TorCookieFailure: Error, Hashable, Sendable {
    /// There is no such file.
    case missing
    /// We may not read it, or not enter its directory.
    case notPermitted
    /// Anything else, in the system's words.
    case other(String)
}

extension TorControlFailure: CustomStringConvertible {
    /// One sentence, without a full stop.
    public var description: String {
        switch self {
        case .notTorControl:
            "what answers there does not speak Tor's control protocol: is `control` set to Tor's SOCKS port?"
        case .violation(let what):
            "Tor's control port sent \(what): is something else listening there?"
        case .cookieUnreadable(let path, .notPermitted):
            "may not read Tor's cookie file \(path.utf8.forPeople): add the router's user to Tor's group (on Debian debian-tor),"
                + " and set `CookieAuthFileGroupReadable 1` in torrc"
        case .cookieUnreadable(let path, .missing):
            "Tor's cookie file \(path.utf8.forPeople) does not exist here: was it deleted, or does Tor run in another container?"
        case .cookieUnreadable(let path, .other(let reason)):
            "cannot read Tor's cookie file \(path.utf8.forPeople): \(reason)"
        case .cookieLength(let path, let count):
            "Tor's cookie file \(path.utf8.forPeople) has \(count > 32 ? "more than 32" : "\(count)") bytes instead of 32:"
                + " restart Tor, so that it writes a new one"
        case .wrongServer(let path):
            "this is not the Tor that wrote the cookie file \(path.utf8.forPeople): restart Tor, and look who else listens there"
        case .passwordOnly:
            "Tor asks for a password on its control port: add `CookieAuthentication 1` to torrc and reload Tor"
        case .cookieOnly:
            "this Tor only takes its cookie in the clear, which gives it to whoever listens: update Tor"
        case .noMethod(let methods):
            "Tor offers no way to authenticate that is known here (\(methods)):"
                + " add `CookieAuthentication 1` to torrc and reload Tor"
        case .refused(let said):
            "Tor refused our authentication (\(said)): restart Tor, so that it writes a new cookie"
        case .unsupported(let said):
            "this Tor is too old or too small a build (\(said)): update Tor to 0.4.8 or newer"
        case .closedEarly:
            "the control port closed the connection before it let us in: is `control` set to Tor's control port?"
        case .closed:
            "Tor closed its control connection: has it been stopped or restarted?"
        case .noHash:
            "cannot compute HMAC-SHA256: is OpenSSL whole?"
        }
    }
}

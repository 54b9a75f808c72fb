internal import Protocols

/// Why a line of `torrc` is not passed on to a managed Tor.
public enum TorrcRefusal: Error, Hashable, Sendable {
    /// The line is empty, or only a comment.
    case empty
    /// It holds a byte that ends the line for Tor or is no text.
    case controlCharacter(String)
    /// It ends in a backslash: Tor would take the next line, which is ours, as part of it.
    case continuation(String)
    /// It holds a "#" outside quotes: Tor passes over what follows.
    case comment(String)
    /// It begins with "+" or "/", which change what an option means.
    case prefix(String)
    /// It would have Tor read a further file.
    case include(String)
    /// Its quotes are not one pair around the whole value.
    case quotes(String)
    /// The option has no value.
    case noValue(option: String)
    /// The option is the router's own to set.
    case ours(option: String, TorrcSubject)
    /// The option is not on the list; the name of one that is, where it looks like a slip.
    case unknown(option: String, near: String?)
    /// A transport that is no program started by Tor, or one without an absolute path.
    case transport(String)

    /// What the line was, why it is refused, and the mend; without a full stop.
    public var sentence: String {
        switch self {
        case .empty: "an empty line: take it out"
        case .controlCharacter(let text):
            "\(shown(text)) holds a line break or another control character: write one option a string"
        case .continuation(let text):
            "\(shown(text)) ends in a backslash, by which Tor would read on in the next line: take it out"
        case .comment(let text): "\(shown(text)) has a \"#\", where a comment begins for Tor: take out what follows"
        case .prefix(let text): "\(shown(text)) begins with + or /: write the option's name alone"
        case .include: "%include would have Tor read a file that nobody has checked: write its lines here"
        case .quotes(let text):
            "\(shown(text)): quotes must stand around the whole value, without backslashes or quotes in it"
        case .noValue(let option): "\(shown(option)) has no value: write \(shown(option + " VALUE"))"
        case .ours(let option, let subject): "\(shown(option)) is not taken: \(subject.reason)"
        case .unknown(let option, let near):
            "\(shown(option)) is not among the options that may be set"
                + (near.map { "; did you mean \($0)?" } ?? ": bridges, choice of relays, padding, Conflux, reachability")
        case .transport(let text):
            "\(shown(text)): a transport must be a program that Tor starts, by its absolute path:"
                + " ClientTransportPlugin NAME exec /PATH"
        }
    }

    /// In quotes, and fit for one line of a message.
    private func shown(_ text: String) -> String { "\"\(text.printable(limit: 60))\"" }
}

/// What an option is about that is not the operator's to set: for the reason in words.
public enum TorrcSubject: Hashable, Sendable {
    /// Listening ports and sockets, and what else lets anybody in.
    case ports
    /// Files and directories, the user, and how Tor lives as a process.
    case process
    /// Onion services.
    case services
    /// Being a relay, a bridge or an authority.
    case relay
    /// What is logged.
    case logging
    /// How Tor itself reaches the network.
    case proxies
    /// Which network it is.
    case network

    var reason: String {
        switch self {
        case .ports: "ports and sockets of this Tor are the router's, and none is on TCP"
        case .process: "where this Tor keeps its files and how it lives is the router's"
        case .services: "onion services are the router's: see [node.inbound.tor]"
        case .relay: "this Tor is a client, and relays nothing"
        case .logging: "what this Tor logs is the router's, which keeps destinations out of it"
        case .proxies: "a way through another proxy is set by `via` in [tor]"
        case .network: "which directory authorities to trust is Tor's own; network = \"regtest\" takes any line"
        }
    }
}

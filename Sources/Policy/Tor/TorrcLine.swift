/// One line of an operator's for a managed Tor's torrc, checked: it is one option for Tor, and one that may be set.
///
/// ```
///   EntryNodes {de},{ch}        NAME VALUE, one line
///   Bridge "obfs4 192.0.2.7:443 …"   or the whole value in quotes
/// ```
public struct TorrcLine: Hashable, Sendable {
    /// The option's name: as Tor writes it, or as it was given on a test network.
    public let option: String
    /// What follows it, quotes included.
    public let value: String

    /// The line for torrc, without its end.
    public var text: String { value.isEmpty ? option : "\(option) \(value)" }

    /// Whether it has Tor start a program.
    public var startsProgram: Bool { option.lowercased() == "clienttransportplugin" }

    /// Judges a line.
    ///
    /// - Parameters:
    ///   - text: the line, as the configuration has it.
    ///   - isTestNetwork: whether any option may be set, since the network is one for tests, with authorities of its
    ///     own. It must be one line all the same.
    public static func check(_ text: String, isTestNetwork: Bool) -> Result<TorrcLine, TorrcRefusal> {
        do throws(TorrcRefusal) {
            return .success(try isTestNetwork ? anyOption(text) : allowedOption(text))
        } catch {
            return .failure(error)
        }
    }

    private static func anyOption(_ text: String) throws(TorrcRefusal) -> TorrcLine {
        let (option, value) = try split(text)
        return TorrcLine(option: option, value: value)
    }

    private static func allowedOption(_ text: String) throws(TorrcRefusal) -> TorrcLine {
        let (option, value) = try split(text)
        if option.hasPrefix("#") { throw .empty }
        if option.hasPrefix("%") { throw .include(option) }
        if option.hasPrefix("+") || option.hasPrefix("/") { throw .prefix(text) }
        // Tor ends the name at a "#" too.
        if option.utf8.contains(0x23) { throw .comment(text) }
        guard let name = TorrcOptions.canonical(option) else {
            if let subject = TorrcOptions.subject(of: option) { throw .ours(option: option, subject) }
            throw .unknown(option: option, near: Suggestion.nearest(to: option, in: TorrcOptions.allowed))
        }
        let bare = try unquoted(value, in: text)
        if bare.isEmpty { throw .noValue(option: name) }
        if name == "ClientTransportPlugin" { try checkTransport(bare, in: text) }
        return TorrcLine(option: name, value: value)
    }

    /// The name and the value, at the first blank. All characters are printable, or a tab between words.
    private static func split(_ text: String) throws(TorrcRefusal) -> (option: String, value: String) {
        guard text.unicodeScalars.allSatisfy({ $0 == "\t" || !isControl($0) }) else { throw .controlCharacter(text) }
        let trimmed = trim(text)
        if trimmed.isEmpty { throw .empty }
        // Our line break comes next, and Tor would join the two lines.
        if trimmed.utf8.last == 0x5c { throw .continuation(text) }
        let option = trimmed.prefix { !isBlank($0) }
        return (String(option), trim(String(trimmed[option.endIndex...])))
    }

    /// What Tor takes as the value: without its quotes, where it has some. Tor undoes C's escapes between quotes, and
    /// has no use for them in any option that may be set.
    private static func unquoted(_ value: String, in text: String) throws(TorrcRefusal) -> String {
        guard value.utf8.first == 0x22 else {
            if value.utf8.contains(0x23) { throw .comment(text) }
            return value
        }
        let inner = value.utf8.dropFirst().dropLast()
        guard value.utf8.count >= 2, value.utf8.last == 0x22, !inner.contains(0x22), !inner.contains(0x5c) else {
            throw .quotes(text)
        }
        return trim(String(value.dropFirst().dropLast()))
    }

    /// `NAMES exec /PATH [ARGUMENTS]`. The other form, `NAMES socks5 ADDRESS:PORT`, sends all of Tor's traffic to
    /// whatever listens there.
    private static func checkTransport(_ value: String, in text: String) throws(TorrcRefusal) {
        let words = value.split(whereSeparator: isBlank)
        guard words.count >= 3, words[1].lowercased() == "exec", words[2].utf8.first == 0x2f else {
            throw .transport(text)
        }
    }

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value < 0x20 || (0x7f...0x9f).contains(scalar.value)
    }

    private static func isBlank(_ character: Character) -> Bool { character == " " || character == "\t" }

    private static func trim(_ text: String) -> String {
        var rest = text[...].drop(while: isBlank)
        while let last = rest.last, isBlank(last) { rest.removeLast() }
        return String(rest)
    }
}

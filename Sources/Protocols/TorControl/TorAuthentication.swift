/// How to be let in, by what PROTOCOLINFO answered (control-spec section 3.21).
enum TorAuthentication: Hashable, Sendable {
    /// Tor asks for nothing.
    case none
    /// Both sides prove that they know the file at this path.
    case safeCookie(path: String)

    /// Chooses: a proof where there is one to be had. The cookie in the clear is never sent: whoever listens there
    /// could name any file of 32 bytes that we may read.
    init(answer reply: TorControlReply) throws(TorControlFailure) {
        guard reply.code == 250, reply.lines.first?.text.starts(with: "PROTOCOLINFO ".utf8) == true else {
            throw .violation("no answer to PROTOCOLINFO")
        }
        guard let line = reply.lines.first(where: { $0.text.starts(with: "AUTH ".utf8) }) else {
            throw .violation("no AUTH line")
        }
        let words = TorControlWords(line.text)
        let text = words.text("METHODS") ?? ""
        let methods = text.split(separator: ",").map(String.init)
        if methods.contains("SAFECOOKIE") {
            guard let bytes = words.values["COOKIEFILE"], bytes.first == 0x2f, bytes.count <= 4096,
                !bytes.contains(0), let path = String(validating: bytes, as: UTF8.self)
            else { throw .violation("a cookie file without an absolute path") }
            self = .safeCookie(path: path)
        } else if methods.contains("NULL") {
            self = .none
        } else if methods.contains("COOKIE") {
            throw .cookieOnly
        } else if methods.contains("HASHEDPASSWORD") {
            throw .passwordOnly
        } else {
            throw .noMethod(text)
        }
    }
}

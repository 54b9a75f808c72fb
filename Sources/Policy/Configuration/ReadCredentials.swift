internal import Protocols

extension ConfigurationReader {
    /// A user name and what its password file holds; nil where there are none or they are not right.
    ///
    /// - Parameter use: what carries them, for messages: "SOCKS5".
    mutating func readCredentials(
        _ table: TomlTable, _ known: KnownKeys.Table, for use: String = "SOCKS5"
    ) -> Credentials? {
        let username = string(table["username"], known.path("username"))
        let file = string(table["password-file"], known.path("password-file"))
        switch (table["username"], table["password-file"]) {
        case (nil, nil): return nil
        case (let entry?, nil):
            complain(
                "`\(known.path("username"))` stands without `password-file`: name the file that holds its password",
                at: entry.position)
            return nil
        case (nil, let entry?):
            complain(
                "`\(known.path("password-file"))` stands without `username`: name the user whose password it is",
                at: entry.position)
            return nil
        case (let user?, let password?):
            if let username, !(1...255).contains(username.utf8.count) {
                complain(
                    "`\(known.path("username"))` must be 1 to 255 bytes long, as \(use) can carry",
                    at: user.value.position)
            }
            guard let username, let file else { return nil }
            guard let secret = secret(file, known.path("password-file"), at: password.value.position, use) else {
                return nil
            }
            return Credentials(username: Array(username.utf8), password: secret)
        }
    }

    /// What a file that nobody else can read or change holds: 1 to 255 bytes, without one newline at their end.
    private mutating func secret(
        _ name: String, _ path: String, at position: TomlPosition, _ use: String
    ) -> [UInt8]? {
        guard let file = file(name, path, "the password", at: position) else { return nil }
        guard context.readsFiles else { return [] }
        guard isClosed(file, name, path, at: position) else { return nil }
        var secret = file.bytes
        if secret.last == 0x0a { secret.removeLast() }
        guard (1...255).contains(secret.count) else {
            complain(
                "`\(path)` \(quoted(name)) holds \(secret.count) bytes: a \(use) password has 1 to 255", at: position)
            return nil
        }
        return secret
    }

    /// The file of this name; an empty one for who does not read files. Nil where it cannot be read.
    ///
    /// - Parameter what: what it holds, for messages.
    mutating func file(_ name: String, _ path: String, _ what: String, at position: TomlPosition) -> FileContents? {
        guard !name.isEmpty, name.utf8.count <= 4095, !name.utf8.contains(0) else {
            complain("`\(path)` is no file name: name the file that holds \(what)", at: position)
            return nil
        }
        guard context.readsFiles else { return FileContents(path: name, bytes: [], owner: 0, mode: 0o600) }
        switch context.readFile(name) {
        case .failure(let reason):
            complain("`\(path)` \(quoted(name)) cannot be read: \(reason)", at: position)
            return nil
        case .contents(let contents): return contents
        }
    }

    /// Whether nobody else could have read or changed a file that holds a secret.
    mutating func isClosed(_ file: FileContents, _ name: String, _ path: String, at position: TomlPosition) -> Bool {
        if !file.isCredential {
            if file.mode & 0o077 != 0 {
                let mode = String(file.mode & 0o7777, radix: 8)
                complain(
                    "`\(path)` \(quoted(name)) is open to others (mode \(mode)): chmod 600 \(file.path)", at: position)
                return false
            }
            guard context.secretOwners.contains(file.owner) else {
                complain(
                    "`\(path)` \(quoted(name)) belongs to user id \(file.owner), who can change it: "
                        + "chown it to root or to the router's user", at: position)
                return false
            }
        }
        return true
    }
}

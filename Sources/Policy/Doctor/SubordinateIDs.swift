/// Whom a confined user may become without any privilege: the numbers that /etc/subuid gives a user for containers of
/// its own. What runs under them is not the user's to the guard.
public enum SubordinateIDs {
    /// What is to be said where the file cannot be read.
    ///
    /// - Parameter reason: the kernel's words.
    public static func unread(_ reason: String) -> Finding {
        Finding(
            .warning, "guard", "/etc/subuid cannot be read, so who may use further numbers is not examined: \(reason)",
            mend: "sudo xmr-routed doctor")
    }

    /// The findings of the file's bytes, lines of `name:first:count` (subuid(5)); a name may be a number.
    public static func findings(_ file: [UInt8], guard evidence: GuardEvidence) -> [Finding] {
        var found: Set<String> = []
        for line in file.split(separator: 0x0a) {
            let fields = String(decoding: line, as: UTF8.self).split(separator: ":", omittingEmptySubsequences: false)
            guard fields.count == 3, let count = UInt64(fields[2]), count > 0 else { continue }
            for (id, name) in evidence.heldIDs where fields[0] == name || fields[0] == "\(id)" { found.insert(name) }
        }
        return found.sorted().map { name in
            Finding(
                .warning, "guard",
                "\(name) may use further numbers (/etc/subuid), as by a container without root, and whoever has one of "
                    + "those is not held", mend: "take the line of \(name) out of /etc/subuid and /etc/subgid")
        }
    }
}

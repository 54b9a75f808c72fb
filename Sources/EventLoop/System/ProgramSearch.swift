internal import CLinux

/// Finds a program as a shell would: the first of $PATH's directories that has it.
public enum ProgramSearch {
    /// Where to look when there is no $PATH.
    public static let usualPath = "/usr/sbin:/usr/bin"

    /// The places where a program may be, in order. A directory that is not absolute, the empty one included, is none:
    /// it would depend on where this process stands.
    public static func places(of name: String, path: String?) -> [String] {
        (path ?? usualPath).split(separator: ":").filter { $0.hasPrefix("/") }.map { "\($0)/\(name)" }
    }

    /// The first place where there is a file that may be executed; nil where there is none.
    public static func find(_ name: String, path: String?) -> String? {
        places(of: name, path: path).first { place in
            var status = stat()
            guard unsafe stat(place, &status) == 0, Int32(bitPattern: status.st_mode) & S_IFMT == S_IFREG else {
                return false
            }
            return unsafe access(place, X_OK) == 0
        }
    }
}

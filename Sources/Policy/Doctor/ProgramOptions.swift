internal import Protocols

/// A program's options as Boost.Program_options reads them, which monerod and the wallets use: the command line, then the
/// configuration file for every option that the command line has not. It reads anything: what the program would refuse
/// is passed over, and said by `unknown`.
///
/// A line of the file is `name=value`; `#` begins a comment anywhere; `[section]` puts `section.` before the names that
/// follow. On the command line `--name value`, `--name=value` or `--flag`, and a name may be cut short as far as it still
/// means one option only.
public struct ProgramOptions: Hashable, Sendable {
    /// Which options a program has.
    public struct Known: Sendable {
        /// Those that take no value on the command line.
        var flags: Set<String>
        /// Those that take one.
        var values: Set<String>
    }

    /// One value that was given.
    public struct Setting: Hashable, Sendable {
        /// The value; of a flag on the command line "1".
        public var value: String
        /// The line of the configuration file; nil for the command line.
        public var line: Int?
    }

    /// More is not read: values of one option, and names that are not known.
    private static let limit = 1000

    /// What was given, by the option's full name.
    public private(set) var settings: [String: [Setting]] = [:]
    /// Names that the program, as far as this reader knows it, has not; each once, as far as `limit`.
    public private(set) var unknown: [String] = []
    private let known: Known

    /// Reads the command line.
    ///
    /// - Parameters:
    ///   - arguments: without the program's own name.
    ///   - file: the bytes of the configuration file, if there is one.
    public init(_ known: Known, arguments: [String], file: [UInt8]? = nil) {
        self.known = known
        var rest = arguments[...]
        while let argument = rest.popFirst() {
            if argument == "--" { break }
            guard argument.hasPrefix("--") else { continue }
            let body = argument.dropFirst(2)
            let equals = body.firstIndex(of: "=")
            let given = String(body[..<(equals ?? body.endIndex)])
            let name = fullName(given)
            var value = equals.map { String(body[body.index(after: $0)...]) }
            if let name, known.flags.contains(name) {
                value = value ?? "1"
            } else if value == nil, let next = rest.first, name != nil || !next.hasPrefix("-") {
                value = next
                rest.removeFirst()
            }
            if let name { add(name, Setting(value: value ?? "", line: nil)) } else { note(given) }
        }
        if let file { read(file) }
    }

    /// The first value of an option.
    public func text(_ name: String) -> String? {
        settings[name]?.first?.value
    }

    /// The first value of an option where there is anything in it: to monerod and the wallets an empty `proxy=` is none.
    func content(_ name: String) -> String? {
        text(name).flatMap { $0.isEmpty ? nil : $0 }
    }

    /// Whether a flag is set: Boost takes 1, true, yes, on and nothing at all for true.
    public func isSet(_ name: String) -> Bool {
        guard let value = text(name)?.lowercased() else { return false }
        return ["1", "true", "yes", "on", ""].contains(value)
    }

    /// All values of an option.
    public func all(_ name: String) -> [Setting] {
        settings[name] ?? []
    }

    private mutating func read(_ file: [UInt8]) {
        let given = settings
        var section = ""
        for (index, line) in file.split(separator: 0x0a, omittingEmptySubsequences: false).enumerated() {
            let content = Self.trimmed(line.prefix { $0 != UInt8(ascii: "#") })
            if content.first == UInt8(ascii: "["), content.last == UInt8(ascii: "]") {
                section = String(decoding: content.dropFirst().dropLast(), as: UTF8.self) + "."
                continue
            }
            guard let equals = content.firstIndex(of: UInt8(ascii: "=")) else { continue }
            let name = section + String(decoding: Self.trimmed(content[..<equals]), as: UTF8.self)
            guard known.flags.contains(name) || known.values.contains(name) else {
                note(name)
                continue
            }
            // What the command line says of an option, it says of all its values.
            if given[name] != nil { continue }
            let value = String(decoding: Self.trimmed(content[(equals + 1)...]), as: UTF8.self)
            add(name, Setting(value: value, line: index + 1))
        }
    }

    private static func trimmed(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let isSpace = { (byte: UInt8) in byte == 0x20 || (0x09...0x0d).contains(byte) }
        guard let first = bytes.firstIndex(where: { !isSpace($0) }), let last = bytes.lastIndex(where: { !isSpace($0) })
        else { return [] }
        return bytes[first...last]
    }

    /// The option that a name on the command line means.
    private func fullName(_ given: String) -> String? {
        if known.flags.contains(given) || known.values.contains(given) { return given }
        guard !given.isEmpty else { return nil }
        let meant = known.flags.filter { $0.hasPrefix(given) } + known.values.filter { $0.hasPrefix(given) }
        return meant.count == 1 ? meant.first : nil
    }

    private mutating func add(_ name: String, _ setting: Setting) {
        guard settings[name, default: []].count < Self.limit else { return }
        settings[name, default: []].append(setting)
    }

    private mutating func note(_ name: String) {
        guard !name.isEmpty, unknown.count < Self.limit, !unknown.contains(name) else { return }
        unknown.append(name)
    }
}

extension ProgramOptions.Known: Hashable {}

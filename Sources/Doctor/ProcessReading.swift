import EventLoop
import Policy

/// Reads what /proc says of Monero's programs. Nothing there is trusted: every file has a limit, and what cannot be read
/// is not known.
struct ProcessReading {
    /// As long as a command line, an environment or a configuration may be.
    static let limit = 1 << 20

    let facts: ProcessFacts
    /// Without the program's own name.
    let arguments: [String]

    /// All that run now, by their number.
    static func all() throws(SystemError) -> [ProcessReading] {
        try ProcFiles.processes().sorted().compactMap { ProcessReading($0) }
    }

    private init?(_ id: Int32) {
        let place = "/proc/\(id)"
        let name = Self.bytes("\(place)/comm").map { String(decoding: $0.prefix { $0 != 0x0a }, as: UTF8.self) }
        guard let name else { return nil }
        let words = Self.bytes("\(place)/cmdline").map(processArguments) ?? []
        guard
            let program = ProcessFacts.program(
                executable: ProcFiles.link("\(place)/exe"), name: name, argument: words.first)
        else { return nil }
        var facts = ProcessFacts(id: id, program: program)
        if let status = Self.bytes("\(place)/status") { facts.read(status: status) }
        if let cgroup = Self.bytes("\(place)/cgroup") { facts.read(cgroup: cgroup) }
        guard !facts.hasEnded else { return nil }
        facts.networkNamespace = ProcFiles.link("\(place)/ns/net")
        facts.userNamespace = ProcFiles.link("\(place)/ns/user")
        self.facts = facts
        arguments = Array(words.dropFirst())
    }

    /// What to call it.
    var subject: String { "\(facts.program.rawValue) (process \(facts.id))" }

    /// Its options with those of its configuration file, and that file, or why it is not known.
    func options() -> (options: ProgramOptions, file: String?, problem: String?) {
        let known: ProgramOptions.Known =
            switch facts.program {
            case .monerod: .monerod
            case .walletGUI: .windows
            case .walletRPC, .walletCLI, .p2pool: .wallet
            }
        let told = ProgramOptions(known, arguments: arguments)
        if facts.program != .monerod, told.text("config-file") == nil { return (told, nil, nil) }
        let (path, isTold) = MonerodPlaces.file(
            told, environment: Self.bytes("/proc/\(facts.id)/environ"),
            directory: ProcFiles.link("/proc/\(facts.id)/cwd"))
        guard let path else {
            return (told, nil, "where its configuration file is cannot be seen, so it is not audited")
        }
        do throws(SystemError) {
            let file = try Files.read(path, below: "/proc/\(facts.id)/root", limit: Self.limit)
            return (ProgramOptions(known, arguments: arguments, file: file.bytes), path, nil)
        } catch {
            if error.isMissing, !isTold { return (told, nil, nil) }
            return (told, path, "its configuration file cannot be read, so it is not audited: \(error)")
        }
    }

    static func bytes(_ path: String) -> [UInt8]? {
        try? Files.read(path, limit: limit).bytes
    }
}

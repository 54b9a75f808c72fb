internal import Protocols

/// What /proc says of one process that matters here. Whoever runs a process chooses much of what stands there.
public struct ProcessFacts: Hashable, Sendable {
    /// Which of Monero's programs it is.
    public enum Program: String, Hashable, Sendable, CaseIterable {
        /// The node.
        case monerod
        /// A wallet that answers programs.
        case walletRPC = "monero-wallet-rpc"
        /// A wallet for a terminal.
        case walletCLI = "monero-wallet-cli"
        /// A wallet with windows.
        case walletGUI = "monero-wallet-gui"
        /// A miner's pool, which dials peers of its own.
        case p2pool

        /// Whether it is a wallet.
        public var isWallet: Bool { self == .walletRPC || self == .walletCLI || self == .walletGUI }
    }

    /// Its number.
    public var id: Int32
    /// Which program it is.
    public var program: Program
    /// Its users: real, effective, saved, and for files. Empty where they could not be read.
    public var users: [UInt32] = []
    /// The capabilities that it has or may take (CapEff and CapPrm of proc(5)), a bit each.
    public var capabilities: UInt64 = 0
    /// Whether it can gain none by starting another program.
    public var hasNoNewPrivileges = false
    /// Whether it has ended, and only its number is left.
    public var hasEnded = false
    /// Its network namespace, "net:[4026531840]"; nil where this process may not see it.
    public var networkNamespace: String?
    /// Its user namespace.
    public var userNamespace: String?
    /// What made the container that it is in, if it is in one: "docker".
    public var container: String?

    /// A process of which no more is known.
    public init(id: Int32, program: Program) {
        self.id = id
        self.program = program
    }

    /// Takes in the text of /proc/PID/status. What is no line of it is passed over.
    public mutating func read(status: [UInt8]) {
        for line in String(decoding: status, as: UTF8.self).split(separator: "\n") {
            guard let colon = line.firstIndex(of: ":") else { continue }
            let words = line[line.index(after: colon)...].split { $0 == " " || $0 == "\t" }
            switch line[..<colon] {
            case "Uid": users = words.prefix(4).compactMap { UInt32($0) }
            case "CapEff", "CapPrm": capabilities |= words.first.flatMap { UInt64($0, radix: 16) } ?? 0
            case "State": hasEnded = words.first == "Z" || words.first == "X"
            case "NoNewPrivs": hasNoNewPrivileges = words.first == "1"
            default: break
            }
        }
    }

    /// Takes in the text of /proc/PID/cgroup.
    public mutating func read(cgroup: [UInt8]) {
        let text = String(decoding: cgroup, as: UTF8.self)
        let makers = ["docker", "libpod", "kubepods", "containerd", "crio", "lxc", "machine.slice", "buildkit"]
        container = makers.first { text.contains($0) }
    }

    /// Which program a process is, by the file that it runs, by its name as the kernel has it (at most 15 bytes) and by
    /// what it calls itself; nil for any other.
    public static func program(executable: String?, name: String?, argument: String?) -> Program? {
        let last = { (path: String) in path.split(separator: "/").last.map(String.init) ?? "" }
        let file = executable.map { $0.hasSuffix(" (deleted)") ? String($0.dropLast(10)) : $0 }
        return Program.allCases.first { program in
            let known = program.rawValue
            return file.map(last) == known || name == String(known.prefix(15)) || argument.map(last) == known
        }
    }
}

/// The arguments in the bytes of /proc/PID/cmdline, each ended by a zero.
public func processArguments(_ bytes: [UInt8]) -> [String] {
    var parts = bytes.split(separator: 0, omittingEmptySubsequences: false).map { String(decoding: $0, as: UTF8.self) }
    if parts.last == "" { parts.removeLast() }
    return parts
}

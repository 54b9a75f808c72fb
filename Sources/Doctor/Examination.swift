public import EventLoop
public import Policy

/// Gathers what doctor judges, from the guard, from /proc and from files, and has it judged.
public struct Examination {
    private let configuration: Configuration
    private let guardSocket: String
    private let ask: () -> (document: StatusDocument?, problem: String)
    private let files: [String]
    private let nameOf: (UInt32) -> String?

    /// An examination.
    ///
    /// - Parameters:
    ///   - guardSocket: the guard's guard.sock.
    ///   - ask: gives the router's status; nil where it has none, for the reason `problem`.
    ///   - files: configurations of monerod to be looked at whether it runs or not.
    public init(
        _ configuration: Configuration, guardSocket: String, files: [String],
        ask: @escaping () -> (document: StatusDocument?, problem: String)
    ) {
        self.configuration = configuration
        self.guardSocket = guardSocket
        self.ask = ask
        self.files = files
        nameOf = { ThisProcess.userName(of: $0) }
    }

    /// Looks at everything. It takes a second or two, more where the guard does not answer.
    public func report() throws(SystemError) -> DoctorReport {
        let evidence = try evidence()
        // After the guard, which may have fallen silent just now: the router has noticed by then too.
        let (document, problem) = ask()
        var findings = RouterAudit.findings(document, problem: problem) + evidence.findings
        do throws(SystemError) {
            findings += SubordinateIDs.findings(
                try Self.bytes("/etc/subuid", limit: ProcessReading.limit), guard: evidence)
        } catch {
            findings.append(SubordinateIDs.unread(error.reason))
        }
        findings += try processes(evidence)
        let (sockets, unread) = Self.sockets()
        findings += ListenerAudit.findings(sockets, unread: unread, guard: evidence, kernel: Self.kernel())
        findings.append(RouterAudit.clock(document, isSynchronised: ProcFiles.isClockKept))
        return DoctorReport(findings, state: document?.borneOut.state)
    }

    private func evidence() throws(SystemError) -> GuardEvidence {
        let isOff = configuration.killSwitch.guardMode == .off
        var word = GuardQuestion.ask(at: guardSocket)
        var canaries: [String: GuardEvidence.Canary] = [:]
        if case .heartbeat(let heartbeat) = word {
            for user in heartbeat.users {
                canaries[user.name] =
                    ThisProcess.user == 0 || ThisProcess.user == user.id
                    ? CanaryChild.run(as: user.name, guardSocket: guardSocket)
                    : .notRun("only root can run a canary as \(user.name)")
            }
            // What it says now, after the canaries.
            word = GuardQuestion.ask(at: guardSocket)
        }
        return GuardEvidence(
            word, canaries: canaries, mode: configuration.killSwitch.guardMode,
            wanted: isOff ? [] : configuration.confinedUsers, now: UTCTime(unixSeconds: try EventLoop().unixSeconds))
    }

    private func processes(_ evidence: GuardEvidence) throws(SystemError) -> [Finding] {
        let all = try ProcessReading.all()
        var ours = ProcessAudit.Ours(
            networkNamespace: ProcFiles.link("/proc/self/ns/net"), userNamespace: ProcFiles.link("/proc/self/ns/user"),
            nameOf: [:], nodeUser: configuration.node.user)
        for id in Set(all.flatMap(\.facts.users)) { ours.nameOf[id] = nameOf(id) }
        let wallets = WalletAudit.Listeners(configuration)
        var findings: [Finding] = []
        var audited: Set<String> = []
        for process in all {
            let subject = process.subject
            let answer = ProcessAudit.judge(process.facts, subject: subject, ours: ours, guard: evidence)
            findings += answer.findings
            guard process.facts.program == .monerod || process.facts.program.isWallet else { continue }
            let (options, file, problem) = process.options()
            if let problem { findings.append(Finding(.warning, subject, problem, mend: "sudo xmr-routed doctor")) }
            if process.facts.program == .monerod {
                if let file, problem == nil { audited.insert(file) }
                findings += audit(options, subject, answer.isHeld)
            } else if process.facts.program == .walletGUI {
                findings += WalletAudit.findings(
                    ofWindows: options, subject: subject, listeners: wallets, isHeld: answer.isHeld)
            } else {
                findings += WalletAudit.findings(
                    options, subject: subject, user: process.facts.users.first.flatMap { ours.nameOf[$0] },
                    listeners: wallets, isHeld: answer.isHeld)
            }
        }
        if !all.contains(where: { $0.facts.program == .monerod }) {
            findings.append(Finding(.note, "monerod", "none runs on this machine, as far as this user can see"))
        }
        return findings + self.files(but: audited, evidence)
    }

    /// Configurations that no running monerod has read.
    private func files(but audited: Set<String>, _ evidence: GuardEvidence) -> [Finding] {
        let isHeld = (configuration.node.user.flatMap { try? ThisProcess.userID(of: $0) }).map(evidence.isHeld) ?? false
        var findings: [Finding] = []
        for path in files + MonerodPlaces.usual where !audited.contains(path) {
            do throws(SystemError) {
                let file = try Files.read(path, limit: ProcessReading.limit)
                findings += audit(ProgramOptions(.monerod, arguments: [], file: file.bytes), path, isHeld)
            } catch {
                if error.isMissing, !files.contains(path) { continue }
                findings.append(Finding(.warning, path, "it cannot be read, so it is not audited: \(error.reason)"))
            }
        }
        return findings
    }

    private func audit(_ options: ProgramOptions, _ subject: String, _ isHeld: Bool) -> [Finding] {
        MonerodAudit.findings(
            options, subject: subject,
            listeners: MonerodAudit.Listeners(configuration.node, inbound: configuration.inbound), isHeld: isHeld)
    }

    /// Whoever waits on this machine, and why not all could be looked at.
    private static func sockets() -> (all: [WaitingSocket], unread: [String]) {
        var all: [WaitingSocket] = []
        var unread: [String] = []
        for name in ["tcp", "tcp6", "udp", "udp6"] {
            do throws(SystemError) {
                // A kernel without IPv6 has no such file.
                let file = try bytes("/proc/self/net/\(name)", limit: 64 << 20)
                all += WaitingSocket.read(file, isTCP: name.hasPrefix("tcp"))
            } catch {
                unread.append("/proc/net/\(name) cannot be read (\(error.reason))")
            }
        }
        return (all, unread)
    }

    /// What is in a file; of one that is not there, nothing. Of any other that cannot be read nothing is known.
    private static func bytes(_ path: String, limit: Int) throws(SystemError) -> [UInt8] {
        do throws(SystemError) {
            return try Files.read(path, limit: limit).bytes
        } catch {
            guard error.isMissing else { throw error }
            return []
        }
    }

    private static func kernel() -> ListenerAudit.Kernel {
        func number(_ name: String) -> Int? {
            ProcessReading.bytes("/proc/sys/net/ipv4/\(name)").flatMap {
                Int(String(decoding: $0.prefix { $0 != 0x0a }, as: UTF8.self))
            }
        }
        return ListenerAudit.Kernel(synCookies: number("tcp_syncookies"), fastOpen: number("tcp_fastopen"))
    }
}

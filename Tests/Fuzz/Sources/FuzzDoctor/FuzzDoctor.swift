import FuzzSupport
import Policy
import Protocols

/// Whatever stands on a command line, in a configuration file and in /proc is read to the end; what the command line says
/// of an option the file does not change; and what is shown is one safe line each.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
    let input = bytes(data, size)
    // Up to the first byte 1 a command line, behind it a file.
    let cut = input.firstIndex(of: 1) ?? input.endIndex
    let arguments = processArguments(Array(input[..<cut]))
    require(arguments.allSatisfy { !$0.utf8.contains(0) }, "an argument with a zero in it")
    let file = Array(input[min(cut + 1, input.endIndex)...])
    for known in [ProgramOptions.Known.monerod, .wallet] {
        let told = ProgramOptions(known, arguments: arguments)
        let both = ProgramOptions(known, arguments: arguments, file: file)
        for (name, settings) in told.settings {
            require(both.settings[name] == settings, "the file changed \(name) of the command line")
            require(settings.allSatisfy { $0.line == nil }, "a line of no file")
        }
        let lines = file.count { $0 == 0x0a } + 1
        for setting in both.settings.values.joined() {
            require(setting.line.map { (1...lines).contains($0) } ?? true, "a line that is not there")
        }
        require(Set(both.unknown).count == both.unknown.count, "an unknown name twice")
        let place = MonerodPlaces.file(told, environment: file, directory: "/srv")
        require(place.path.map { $0.hasPrefix("/") || !place.isTold } ?? true, "a path that leads anywhere")
        for isHeld in [false, true] {
            let findings =
                MonerodAudit.findings(
                    both, subject: String(decoding: input, as: UTF8.self),
                    listeners: MonerodAudit.Listeners(Configuration.builtIn.node), isHeld: isHeld)
                + WalletAudit.findings(
                    both, subject: "wallet", user: arguments.first,
                    listeners: WalletAudit.Listeners(Configuration.builtIn), isHeld: isHeld)
            require(!isHeld || !findings.contains { $0.severity == .leak }, "a leak of what is held")
            for text in findings.flatMap({ [$0.subject, $0.reveals, $0.mend ?? ""] }) {
                require(!text.unicodeScalars.contains(where: \.drivesTerminals), "what drives a terminal")
            }
        }
    }
    var facts = ProcessFacts(id: 1, program: .monerod)
    facts.read(status: file)
    facts.read(cgroup: file)
    require(facts.users.count <= 4, "more than four users")
    for isTCP in [false, true] {
        require(WaitingSocket.read(file, isTCP: isTCP).count <= file.count / 20, "sockets out of nothing")
    }
    return 0
}

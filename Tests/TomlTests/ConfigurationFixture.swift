import Policy
import Protocols
import Toml

/// Two addresses of the Tor project's own services: real, so that the checksum is tested against Tor's.
let onionA = "2gzyxa5ihm7nsggfxnu52rck2vv4rvmdlkiu3zzui5du4xyclen53wid"
let onionB = "vww6ybal4bd7szmgncyruucpgfkqahzddi37ktceo3ah7ngmcopnpyyd"

/// Files that a configuration may name, and the world around it.
func context(routerUser: String? = "xmr-routed") -> ConfigurationContext {
    func secret(_ text: String, owner: UInt32 = 0, mode: UInt32 = 0o600, isCredential: Bool = false) -> FileContents {
        FileContents(
            path: "/etc/xmr-routed/secret", bytes: Array(text.utf8), owner: owner, mode: mode,
            isCredential: isCredential)
    }
    func pem(_ label: String) -> String { "-----BEGIN \(label)-----\nMA==\n-----END \(label)-----\n" }
    let files = [
        "good.pass": secret("s3cret\n"), "two-lines.pass": secret("s3cret\n\n"), "bare.pass": secret("s3cret"),
        "router.pass": secret("s3cret", owner: 990), "group.pass": secret("s3cret", mode: 0o640),
        "writable.pass": secret("s3cret", mode: 0o602), "stranger.pass": secret("s3cret", owner: 1001),
        "credential": secret("s3cret", owner: 7, mode: 0o440, isCredential: true), "empty.pass": secret("\n"),
        "longest.pass": secret(String(repeating: "x", count: 255) + "\n"),
        "long.pass": secret(String(repeating: "x", count: 256)),
        "node.pass": secret("s3cret"),
        "wallet.crt": secret(pem("CERTIFICATE"), owner: 1001, mode: 0o644), "wallet.key": secret(pem("PRIVATE KEY")),
        "old.key": secret(pem("RSA PRIVATE KEY")), "open.key": secret(pem("PRIVATE KEY"), mode: 0o644),
        "locked.key": secret(pem("ENCRYPTED PRIVATE KEY")), "stranger.key": secret(pem("PRIVATE KEY"), owner: 1001),
        "ban-list.txt": secret("192.0.2.0/24\n198.51.100.7 # spy\n", owner: 1001, mode: 0o644),
        "bad-list.txt": secret("192.0.2.1\n\n192.0.2.300\nnode.example\n", mode: 0o644),
    ]
    return ConfigurationContext(
        routerUser: routerUser, torUsers: ["debian-tor", "toranon"], secretOwners: [0, 990],
        readFile: { name in files[name].map { .contents($0) } ?? .failure("No such file or directory") },
        sha3_256: sha3_256)
}

/// Reads a configuration from text; every problem as it would be shown.
func read(_ text: String, routerUser: String? = "xmr-routed") throws -> Result<Configuration, ConfigurationProblems> {
    Configuration.read(try TomlReader.read(Array(text.utf8)), context: context(routerUser: routerUser))
}

/// The problems of a text, "LINE:COLUMN: message" each. Where it says nothing of the guard, the guard is off.
func problems(_ text: String) throws -> [String] {
    let whole = text.contains("kill-switch") ? text : text + "\n[kill-switch]\nguard = \"off\"\n"
    switch try read(whole) {
    case .success: return []
    case .failure(let problems): return problems.list.map { $0.rendered(file: "f") }
    }
}

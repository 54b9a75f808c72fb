// swift-tools-version: 6.2
import PackageDescription

/// One libFuzzer target per parser of xmr-routed. `./run` builds and runs them; README.md says how to add one.
///
/// The targets of the parent package are compiled with the fuzzer's instrumentation too, since `run` asks for it
/// for the whole build (`--sanitize=fuzzer`).
let fuzzers: [(name: String, needs: [String])] = [
    ("FuzzSocksServer", ["Protocols"]),
    ("FuzzSocksClient", ["Protocols"]),
    ("FuzzLevin", ["Protocols"]),
    ("FuzzPortableStorage", ["Protocols"]),
    ("FuzzTorControl", ["Protocols"]),
    ("FuzzSAM", ["Protocols"]),
    ("FuzzDNS", ["Protocols"]),
    ("FuzzLinks", ["Protocols"]),
    ("FuzzNetlink", ["Protocols"]),
    ("FuzzNftables", ["Protocols"]),
    ("FuzzHTTPRequest", ["Protocols"]),
    ("FuzzHTTPResponse", ["Protocols"]),
    ("FuzzDigest", ["Protocols"]),
    ("FuzzJSON", ["Protocols", "Policy"]),
    ("FuzzJSONMembers", ["Protocols"]),
    ("FuzzConfiguration", ["Protocols", "Policy", "Toml", "Crypto"]),
    ("FuzzBanList", ["Protocols", "Policy"]),
    ("FuzzTorrc", ["Protocols", "Policy"]),
    ("FuzzCanary", ["Protocols", "Policy"]),
    ("FuzzDoctor", ["Protocols", "Policy"]),
    ("FuzzNodeConnection", ["Protocols", "Policy"]),
    ("FuzzWalletGate", ["Protocols", "Policy"]),
    ("FuzzNodeAnswer", ["Protocols", "Policy"]),
    ("FuzzForwarding", ["Protocols", "Policy"]),
    ("FuzzGuardProof", ["Protocols", "Policy"]),
]

let package = Package(
    name: "fuzz",
    products: fuzzers.map { .executable(name: $0.name, targets: [$0.name]) },
    dependencies: [.package(name: "xmr-routed", path: "../..")],
    targets: [.target(name: "FuzzSupport")]
        + fuzzers.map { fuzzer in
            .executableTarget(
                name: fuzzer.name,
                dependencies: ["FuzzSupport"] + fuzzer.needs.map { .product(name: $0, package: "xmr-routed") },
                // libFuzzer brings `main`.
                swiftSettings: [.unsafeFlags(["-parse-as-library"])]
            )
        }
)

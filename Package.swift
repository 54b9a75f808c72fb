// swift-tools-version: 6.2
import PackageDescription

/// What every Swift target of ours is built with. `unsafe` is allowed by strict memory safety only where it
/// is written out, and it is written out only in EventLoop and in the one small wrapper per C library.
let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
]

let package = Package(
    name: "xmr-routed",
    products: [
        // For the nested packages in Tests/Fuzz and Tests/Benchmarks.
        .library(name: "Protocols", targets: ["Protocols"]),
        .library(name: "Policy", targets: ["Policy"]),
        .library(name: "Toml", targets: ["Toml"]),
        .library(name: "Crypto", targets: ["Crypto"]),
    ],
    dependencies: [
        // docs/decisions/0002-argument-parser.md. Exactly this one: the package is to be the same bytes next year.
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2")
    ],
    targets: [
        // System modules and the one C++ shim.
        .systemLibrary(name: "CLibevent", pkgConfig: "libevent", providers: [.apt(["libevent-dev"])]),
        .systemLibrary(name: "CLinux"),
        .systemLibrary(name: "COpenSSL", pkgConfig: "libssl", providers: [.apt(["libssl-dev"])]),
        .target(name: "CToml"),

        // Pure: bytes and events in, bytes and effects out. They import nothing.
        .target(name: "Protocols", swiftSettings: strict),
        .target(name: "Policy", dependencies: ["Protocols"], swiftSettings: strict),

        // The only code that says `unsafe`.
        .target(name: "EventLoop", dependencies: ["CLibevent", "CLinux", "Protocols"], swiftSettings: strict),
        .target(name: "Toml", dependencies: ["CToml", "Protocols"], swiftSettings: strict),
        .target(name: "Crypto", dependencies: ["COpenSSL"], swiftSettings: strict),
        .target(name: "TLS", dependencies: ["COpenSSL", "Protocols"], swiftSettings: strict),
        .target(name: "Netlink", dependencies: ["CLinux", "EventLoop", "Protocols"], swiftSettings: strict),

        // The configuration's file, for the router and the guard alike.
        .target(
            name: "Settings", dependencies: ["EventLoop", "Toml", "Crypto", "Policy", "Protocols"],
            swiftSettings: strict),
        .target(
            name: "Router", dependencies: ["Settings", "EventLoop", "Crypto", "TLS", "Netlink", "Policy", "Protocols"],
            swiftSettings: strict),
        .target(
            name: "Guard", dependencies: ["Settings", "EventLoop", "Crypto", "Netlink", "Policy", "Protocols"],
            swiftSettings: strict),

        .target(
            name: "Doctor", dependencies: ["Router", "EventLoop", "Policy", "Protocols"], swiftSettings: strict),

        .executableTarget(
            name: "xmr-routed",
            dependencies: [
                "Router", "Guard", "Doctor", "Settings", "EventLoop", "Policy", "Protocols",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ], swiftSettings: strict),

        .target(
            name: "NftablesSample", dependencies: ["Protocols"], path: "Tests/NftablesSample", swiftSettings: strict),
        .testTarget(name: "ProtocolsTests", dependencies: ["Protocols", "NftablesSample"], swiftSettings: strict),
        .testTarget(name: "PolicyTests", dependencies: ["Policy", "Protocols"], swiftSettings: strict),
        .target(name: "CTestSystem", path: "Tests/CTestSystem"),
        .target(
            name: "LoopTurns", dependencies: ["EventLoop", "Protocols"], path: "Tests/LoopTurns", swiftSettings: strict),
        .testTarget(
            name: "EventLoopTests", dependencies: ["EventLoop", "Protocols", "CTestSystem", "LoopTurns"],
            swiftSettings: strict),
        .testTarget(
            name: "TomlTests", dependencies: ["EventLoop", "Toml", "Policy", "Protocols", "Crypto"],
            swiftSettings: strict),
        .testTarget(
            name: "RouterTests",
            dependencies: ["Router", "EventLoop", "TLS", "Policy", "Protocols", "CTestSystem", "LoopTurns"],
            swiftSettings: strict),
        .testTarget(
            name: "GuardTests",
            dependencies: ["Guard", "Settings", "Netlink", "EventLoop", "Policy", "Protocols", "CTestSystem"],
            swiftSettings: strict),
        .testTarget(name: "CryptoTests", dependencies: ["Crypto"], swiftSettings: strict),
        .testTarget(
            name: "TLSTests", dependencies: ["TLS", "Protocols", "CTestSystem"], swiftSettings: strict),
        .testTarget(
            name: "NetlinkTests", dependencies: ["Netlink", "EventLoop", "Protocols", "CTestSystem", "NftablesSample"],
            swiftSettings: strict),
    ],
    cxxLanguageStandard: .cxx17
)

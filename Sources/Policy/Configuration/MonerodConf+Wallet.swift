internal import Protocols

extension Configuration {
    /// What a wallet must be told, and why, as comments behind the lines for monerod.
    var walletCommandLines: [String] {
        guard !wallets.isEmpty else { return [] }
        let isPlain = wallets.contains { $0.certificate == nil }
        var lines = [
            "", "# No line of this file, but the wallet's: monero-wallet-cli and monero-wallet-rpc take it alike.",
        ]
        for (number, wallet) in wallets.enumerated() {
            let users = killSwitch.confine.filter { $0.listeners.contains("wallet.\(number)") }.map(\.user)
            let who = users.isEmpty ? "" : " (as the user \(users.joined(separator: " or ")))"
            lines += ["#", "# By wallet.\(number)\(who):"] + Self.walletFlags(wallet).map { "#   \($0)" }
        }
        lines += ["#"]
        lines += Self.trustLines
        if isPlain {
            lines += [
                "# --daemon-ssl disabled    On this machine TLS hides nothing; without this the wallet tries it first, and",
                "#                          is refused.",
            ]
        }
        if wallets.contains(where: { $0.certificate != nil }) {
            lines += [
                "# --daemon-ssl enabled     Never plain, and the certificate must be the one whose SHA-256 is given.",
                "#                          openssl x509 -noout -fingerprint -sha256 -in FILE  prints it, with colons.",
            ]
        }
        return lines + Self.nameReasons
    }

    /// The options for one listener; a backslash where they go on.
    private static func walletFlags(_ wallet: WalletConfiguration) -> [String] {
        guard wallet.certificate != nil else {
            return ["--daemon-address http://\(wallet.listen) --untrusted-daemon --daemon-ssl disabled --no-dns"]
        }
        return [
            "--daemon-address https://\(wallet.listen) --untrusted-daemon --no-dns \\",
            "--daemon-ssl enabled --daemon-ssl-allowed-fingerprints FINGERPRINT",
        ]
    }

    private static let trustLines = [
        "# --daemon-address         The router, which asks the nodes of [[wallet.node]] and no other.",
        "# --untrusted-daemon       A wallet takes whatever is on loopback for its own daemon, and would show key images",
        "#                          and exact heights to the node behind. Your own node on this machine may be trusted:",
        "#                          --trusted-daemon, for as long as you need rescan_spent or import_key_images.",
    ]

    private static let nameReasons = [
        "# --no-dns                 A payment to a name (OpenAlias) would be asked of DNS, past any proxy."
    ]
}

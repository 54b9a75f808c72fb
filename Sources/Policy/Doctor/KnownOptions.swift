extension ProgramOptions.Known {
    /// monerod's options, of 0.18.0.0 and of what newer versions have added.
    public static let monerod = ProgramOptions.Known(
        flags: words(
            """
            allow-local-ip bg-mining-enable bg-mining-ignore-battery confirm-external-bind
            confirm-zmq-rpc-external-bind db-salvage detach disable-dns-checkpoints disable-rpc-ban
            enable-dns-blocklist enforce-dns-checkpointing fluffy-blocks help hide-my-port keep-alt-blocks
            keep-fakechain no-fluffy-blocks no-igd no-sync no-zmq non-interactive offline os-version
            p2p-ignore-ipv4 p2p-use-ipv6 pad-transactions proxy-allow-dns-leaks prune-blockchain public-node
            regtest restricted-rpc restricted-zmq-rpc rpc-ignore-ipv4 rpc-payment-allow-free-loopback
            rpc-ssl-allow-any-cert rpc-ssl-allow-chained rpc-use-ipv6 stagenet sync-pruned-blocks
            test-drop-download testnet version
            """),
        values: words(
            """
            add-exclusive-node add-peer add-priority-node anonymous-inbound ban-list batch-max-weight
            bg-mining-idle-threshold bg-mining-min-idle-interval bg-mining-miner-target block-download-max-size
            block-notify block-rate-notify block-sync-size bootstrap-daemon-address bootstrap-daemon-login
            bootstrap-daemon-proxy check-updates config-file data-dir db-sync-mode extra-messages-file
            fast-block-sync fixed-difficulty igd in-peers limit-rate limit-rate-down limit-rate-up log-file
            log-level max-concurrency max-connections-per-ip max-log-file-size max-log-files max-txpool-weight
            mining-threads out-peers p2p-bind-ip p2p-bind-ipv6-address p2p-bind-port p2p-bind-port-ipv6
            p2p-external-port pidfile prep-blocks-threads proxy reorg-notify rpc-access-control-origins
            rpc-bind-ip rpc-bind-ipv6-address rpc-bind-port rpc-login rpc-max-connections
            rpc-max-connections-per-private-ip rpc-max-connections-per-public-ip rpc-payment-address
            rpc-payment-credits rpc-payment-difficulty rpc-response-soft-limit rpc-restricted-bind-ip
            rpc-restricted-bind-ipv6-address rpc-restricted-bind-port rpc-ssl rpc-ssl-allowed-fingerprints
            rpc-ssl-ca-certificates rpc-ssl-certificate rpc-ssl-private-key seed-node show-time-stats span-limit
            start-mining test-dbg-lock-sleep test-drop-download-height tos-flag tx-proxy zmq-pub zmq-rpc-bind-ip
            zmq-rpc-bind-port
            """))

    /// Those of monero-wallet-rpc and monero-wallet-cli.
    public static let wallet = ProgramOptions.Known(
        flags: words(
            """
            allow-mismatched-daemon-version confirm-external-bind create-address-file daemon-ssl-allow-any-cert
            daemon-ssl-allow-chained detach disable-rpc-ban disable-rpc-login do-not-relay help no-dns
            no-initial-sync non-deterministic non-interactive offline persistent-rpc-client-id
            prompt-for-password restore-deterministic-wallet restore-from-seed restore-multisig-wallet
            restricted-rpc rpc-ignore-ipv4 rpc-ssl-allow-chained rpc-use-ipv6 stagenet testnet trusted-daemon
            untrusted-daemon use-english-language-names version
            """),
        values: words(
            """
            bitmessage-address bitmessage-login command config-file daemon-address daemon-host daemon-login
            daemon-port daemon-ssl daemon-ssl-allowed-fingerprints daemon-ssl-ca-certificates
            daemon-ssl-certificate daemon-ssl-private-key electrum-seed extra-entropy generate-from-device
            generate-from-json generate-from-keys generate-from-multisig-keys generate-from-spend-key
            generate-from-view-key generate-new-wallet hw-device hw-device-deriv-path kdf-rounds log-file
            log-level max-concurrency max-log-file-size max-log-files mnemonic-language password password-file
            pidfile proxy restore-date restore-height rpc-access-control-origins rpc-bind-ip
            rpc-bind-ipv6-address rpc-bind-port rpc-client-secret-key rpc-login rpc-max-connections
            rpc-max-connections-per-private-ip rpc-max-connections-per-public-ip rpc-response-soft-limit
            rpc-restricted-bind-ip rpc-restricted-bind-ipv6-address rpc-ssl rpc-ssl-allowed-fingerprints
            rpc-ssl-ca-certificates rpc-ssl-certificate rpc-ssl-private-key shared-ringdb-dir
            subaddress-lookahead tx-notify wallet-dir wallet-file
            """))

    /// Those of monero-wallet-gui, whose settings stand elsewhere.
    public static let windows = ProgramOptions.Known(
        flags: words("disable-check-updates help low-graphics-mode version"), values: words("log-file log-level"))

    private static func words(_ text: String) -> Set<String> {
        Set(text.split { $0 == " " || $0 == "\n" }.map(String.init))
    }
}

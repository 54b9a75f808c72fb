import Protocols

/// Every call that passes, and what of its body passes: what monerod offers everybody ("restricted") and a wallet of
/// a usual kind (wallet2 from 0.18 to master, GUI, Feather, Cake, monero-ts, monero-oxide) needs.
///
/// A body's fields are named here too, and only these are sent on. A node that does not know a field ignores it, so
/// a field that is left out does what an older node does; and whatever identifies a wallet (`client`, the clock in
/// it, the echoed `pool_info_since`) cannot come back under a new name.
public enum WalletCalls {
    /// One call of the catalogue.
    final class Entry: Sendable {
        /// How it is sent to a node: by the name that wallet2 uses, whatever the wallet called it.
        let call: WalletCall
        /// The names it can be called by: paths, or JSON-RPC methods. The first is wallet2's.
        let names: [[UInt8]]
        /// What of its parameters passes.
        let parameters: Parameters
        /// Whether it can be asked by GET: it has no parameters.
        let allowsGet: Bool
        /// What a JSON-RPC call begins with, to where its parameters stand.
        let opening: [UInt8]

        fileprivate init(_ call: WalletCall, _ names: [StaticString?], _ parameters: Parameters, allowsGet: Bool) {
            self.call = call
            self.names = names.compactMap { $0.map { Array($0.description.utf8) } }
            self.parameters = parameters
            self.allowsGet = allowsGet
            let text =
                "{\r\n  \"id\": \"0\",\r\n  \"jsonrpc\": \"2.0\",\r\n  \"method\": \"\(call.method ?? "")\",\r\n"
                + "  \"params\": "
            opening = Array(text.utf8)
        }
    }

    /// What of a call's parameters passes.
    enum Parameters: Sendable {
        /// The members or entries of these names, in the order that epee writes them: by their bytes.
        case fields([Field])
        /// A JSON list, such as the height that on_getblockhash is given.
        case list
    }

    /// A field that passes.
    struct Field: Sendable {
        /// Its name.
        let name: [UInt8]
        /// What stands before its value in a JSON text: its name in quotes, and a colon.
        let label: [UInt8]

        fileprivate init(_ name: StaticString) {
            self.name = Array(name.description.utf8)
            label = Array("\"\(name)\": ".utf8)
        }
    }

    /// Every call as it is sent to nodes.
    public static var all: [WalletCall] { pathEntries.map(\.call) + methodEntries.map(\.call) }

    /// Where JSON-RPC calls go.
    static let jsonRPCPath = "/json_rpc"

    /// The call of this path; nil where it does not pass.
    static func entry(path: String) -> Entry? {
        entriesByPath[path]
    }

    /// The call of the JSON-RPC method whose name stands there; nil where it does not pass.
    static func entry(method range: Range<Int>, in bytes: Span<UInt8>) -> Entry? {
        methodEntries.first { entry in entry.names.contains { bytes.holds($0, at: range) } }
    }

    /// JSON calls that a wallet can make and that do not pass. They are answered in JSON, so that the wallet can say
    /// why; all other paths are not found, as with a restricted node.
    static let refusedPaths: Set<String> = [
        "/start_mining", "/stop_mining", "/mining_status", "/save_bc", "/get_public_nodes", "/get_peer_list",
        "/get_transaction_pool",
    ]

    private static let entriesByPath: [String: Entry] = {
        var entries: [String: Entry] = [:]
        for entry in pathEntries {
            for name in entry.names { entries[String(decoding: name, as: UTF8.self)] = entry }
        }
        return entries
    }()

    private static let pathEntries: [Entry] = [
        path("/getheight", "/get_height", .json, allowsGet: true),
        path("/getinfo", "/get_info", .json, allowsGet: true),
        path(
            "/getblocks.bin", "/get_blocks.bin", .portableStorage,
            fields: [
                "block_ids", "block_ids_exclusive", "max_block_count", "no_miner_tx", "prune", "requested_info",
                "start_height",
            ]),
        path("/getblocks_by_height.bin", "/get_blocks_by_height.bin", .portableStorage, fields: ["heights"]),
        path("/gethashes.bin", "/get_hashes.bin", .portableStorage, fields: ["block_ids", "start_height"]),
        path("/get_o_indexes.bin", nil, .portableStorage, fields: ["txid"]),
        path(
            "/get_outs.bin", nil, .portableStorage, purpose: .outputs, role: .outputs,
            fields: ["get_txid", "outputs"]),
        path("/get_outs", nil, .json, purpose: .outputs, role: .outputs, fields: ["get_txid", "outputs"]),
        path("/get_output_distribution.bin", nil, .portableStorage, purpose: .outputs, fields: distributionFields),
        path(
            "/gettransactions", "/get_transactions", .json,
            fields: ["decode_as_json", "prune", "split", "txs_hashes"]),
        // JSON in spite of its name.
        path("/get_transaction_pool_hashes.bin", nil, .json, allowsGet: true),
        path("/get_transaction_pool_hashes", nil, .json, allowsGet: true),
        path("/get_transaction_pool_stats", nil, .json, allowsGet: true),
        path(
            "/sendrawtransaction", "/send_raw_transaction", .json, purpose: .transaction, role: .transaction,
            fields: ["do_not_relay", "do_sanity_checks", "tx_as_hex"]),
        path("/is_key_image_spent", nil, .json, role: .revealing, fields: ["key_images"]),
    ]

    private static let methodEntries: [Entry] = [
        method("get_info", nil),
        method("get_version", nil, role: .version),
        method("hard_fork_info", nil, fields: ["version"]),
        method("get_fee_estimate", nil, role: .fee, fields: ["grace_blocks"]),
        method("getblockcount", "get_block_count"),
        method("on_getblockhash", "on_get_block_hash", parameters: .list),
        method("getlastblockheader", "get_last_block_header", fields: ["fill_pow_hash"]),
        method("getblockheaderbyheight", "get_block_header_by_height", fields: ["fill_pow_hash", "height"]),
        method("getblockheaderbyhash", "get_block_header_by_hash", fields: ["fill_pow_hash", "hash", "hashes"]),
        method(
            "getblockheadersrange", "get_block_headers_range", fields: ["end_height", "fill_pow_hash", "start_height"]),
        method("getblock", "get_block", fields: ["fill_pow_hash", "hash", "height"]),
        method("get_output_distribution", nil, purpose: .outputs, fields: distributionFields),
        method(
            "get_output_histogram", nil, purpose: .outputs, role: .revealing,
            fields: ["amounts", "max_count", "min_count", "recent_cutoff", "unlocked"]),
        method("get_txpool_backlog", nil),
    ]

    private static let distributionFields: [StaticString] = [
        "amounts", "binary", "compress", "cumulative", "from_height", "to_height",
    ]

    private static func path(
        _ name: StaticString, _ alias: StaticString?, _ form: WalletCall.Form, purpose: WalletPurpose = .sync,
        role: WalletCall.Role = .plain, fields: [StaticString] = [], allowsGet: Bool = false
    ) -> Entry {
        Entry(
            WalletCall(path: name.description, form: form, purpose: purpose, role: role), [name, alias],
            .fields(fields.map(Field.init)), allowsGet: allowsGet)
    }

    private static func method(
        _ name: StaticString, _ alias: StaticString?, purpose: WalletPurpose = .sync, role: WalletCall.Role = .plain,
        fields: [StaticString] = [], parameters: Parameters? = nil
    ) -> Entry {
        Entry(
            WalletCall(path: jsonRPCPath, method: name.description, form: .jsonRPC, purpose: purpose, role: role),
            [name, alias], parameters ?? .fields(fields.map(Field.init)), allowsGet: false)
    }
}

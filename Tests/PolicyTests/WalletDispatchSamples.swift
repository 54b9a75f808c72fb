import Policy
import Protocols

// What wallets ask and nodes answer, in the shortest form.

extension WalletAnswer {
    /// A JSON-RPC result of these members, with status OK.
    static func result(_ members: String = "\"height\": 1", status: String = "OK") -> WalletAnswer {
        WalletAnswer(
            contentType: "application/json",
            body: Array(
                "{\"id\": \"0\", \"jsonrpc\": \"2.0\", \"result\": {\(members), \"status\": \"\(status)\"}}".utf8))
    }

    static func json(_ status: String) -> WalletAnswer {
        WalletAnswer(contentType: "application/json", body: Array("{\"status\": \"\(status)\"}".utf8))
    }

    /// An answer to get_outs.bin.
    static func outputs(_ bytes: [UInt8], topHash: String = "", status: String = "OK") -> WalletAnswer {
        WalletAnswer(
            contentType: "application/octet-stream",
            body: PortableStorage.signature + [3 << 2] + name("outs") + [10 | 0x80, 1 << 2] + sized(bytes)
                + name("status") + [10] + sized(Array(status.utf8)) + name("top_hash") + [10]
                + sized(Array(topHash.utf8)))
    }

    /// The same of one output that is unlocked, or is not.
    static func output(_ byte: UInt8 = 1, isUnlocked: Bool) -> WalletAnswer {
        outputs([byte] + name("unlocked") + [0x0b, isUnlocked ? 1 : 0])
    }

    private static func name(_ text: String) -> [UInt8] { [UInt8(text.utf8.count)] + text.utf8 }
    /// At most 63 bytes behind their number.
    private static func sized(_ bytes: [UInt8]) -> [UInt8] { [UInt8(bytes.count << 2)] + bytes }
}

extension WalletRequest {
    static func sync(_ body: String = "{}") -> WalletRequest {
        WalletRequest(call: WalletCall(path: "/json_rpc", method: "get_info", form: .jsonRPC), body: Array(body.utf8))
    }
    static let fee = WalletRequest(
        call: WalletCall(path: "/json_rpc", method: "get_fee_estimate", form: .jsonRPC, role: .fee), body: [])
    static let distribution = WalletRequest(
        call: WalletCall(path: "/get_output_distribution.bin", form: .portableStorage, purpose: .outputs), body: [])
    static func outputs(_ body: [UInt8] = [1]) -> WalletRequest {
        WalletRequest(
            call: WalletCall(path: "/get_outs.bin", form: .portableStorage, purpose: .outputs, role: .outputs),
            body: body)
    }
    static func transaction(_ body: String = "tx") -> WalletRequest {
        WalletRequest(
            call: WalletCall(path: "/sendrawtransaction", form: .json, purpose: .transaction, role: .transaction),
            body: Array(body.utf8))
    }
    static let revealing = WalletRequest(
        call: WalletCall(path: "/is_key_image_spent", form: .json, role: .revealing), body: [])
}

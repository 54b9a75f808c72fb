import Protocols

/// Who may ask what at a wallet's listener, and what of it goes on to a node.
///
/// It judges a request's head, then its whole body. What goes on is written by us from what was read, by the
/// catalogue of `WalletCalls`: no header of the wallet's, no field that is not on the list, one form for all wallets.
public struct WalletGate: Hashable, Sendable {
    /// What is to be done with a request whose head was judged.
    enum Admission: Sendable {
        /// Read its body, then ask `judge(_:body:)`.
        case call(Target)
        /// Read its body and forget it, then give this answer.
        case refusal(WalletAnswer)
        /// Give this answer at once, and close: the sender is no wallet.
        case expulsion(WalletAnswer)
    }

    /// What a request is aimed at.
    enum Target: Sendable {
        /// One of the catalogue's paths.
        case path(WalletCalls.Entry)
        /// /json_rpc; the method stands in the body.
        case jsonRPC
    }

    /// What becomes of a whole request.
    enum Verdict: Sendable {
        /// It goes to a node.
        case request(WalletRequest)
        /// It is answered here.
        case answer(WalletAnswer)
    }

    /// What Host may say, in lower case; nil where any name of this machine can be meant.
    private let hosts: Set<String>?

    /// The gate of this listener.
    public init(_ configuration: WalletConfiguration) {
        // A listener outside loopback speaks TLS, and its clients know it by a name that we do not.
        guard configuration.certificate == nil else {
            hosts = nil
            return
        }
        var names: Set<String> = ["127.0.0.1", "localhost", "[::1]"]
        var hosts: Set<String> = ["::1"]  // as wallet2 writes an IPv6 address
        if case .tcp(let address, let port) = configuration.listen {
            names.insert(address.isIPv4 ? "\(address)" : "[\(address)]")
            hosts.formUnion(names.map { "\($0):\(port)" })
        }
        self.hosts = hosts.union(names)
    }

    /// Judges a request's head.
    func admit(_ head: HTTPRequestHead) -> Admission {
        guard head.method != "OPTIONS", !Self.isOfWebPage(head.headers) else {
            return .expulsion(
                .text(403, "This looks like a request of a web page: only wallets are answered here."))
        }
        guard isHere(head.host) else {
            return .expulsion(
                .text(
                    403,
                    "Host names another machine than this listener: a web page can do that. Point the wallet at the"
                        + " listener's own address."))
        }
        guard head.method == "POST" || head.method == "GET" else {
            // Not to be gone on with: an answer to HEAD has no body (RFC 9110 section 9.3.2), and this one has.
            return .expulsion(.text(405, "Only POST and GET are answered here."))
        }
        guard !head.headers.isEncoded else {
            return .refusal(.text(415, "The body is encoded: it must be sent as it is."))
        }
        if head.target == WalletCalls.jsonRPCPath {
            return head.method == "POST" ? .call(.jsonRPC) : .refusal(.text(405, "/json_rpc is asked by POST."))
        }
        guard let entry = WalletCalls.entry(path: head.target) else {
            guard WalletCalls.refusedPaths.contains(head.target) else { return .refusal(.text(404, Self.notOffered)) }
            return .refusal(.json(status: Self.notOffered))
        }
        guard head.method == "POST" || entry.allowsGet && head.framing == .none else {
            return .refusal(.text(405, "This call is asked by POST."))
        }
        return .call(.path(entry))
    }

    /// Judges a request's whole body, and writes it anew.
    func judge(_ target: Target, body: [UInt8]) -> Verdict {
        do throws(Refused) {
            switch target {
            case .path(let entry): return .request(try WalletRewriting.request(entry, body: body))
            case .jsonRPC: return try WalletRewriting.jsonRPC(body)
            }
        } catch {
            switch target {
            case .path: return .answer(.text(400, error.sentence))
            case .jsonRPC: return .answer(.error(-32600, error.sentence, id: Array("null".utf8)))
            }
        }
    }

    /// What is said of a call that is not on the list.
    static let notOffered = "xmr-routed does not pass this call: it is none that a wallet needs."

    private func isHere(_ host: String?) -> Bool {
        guard let hosts, let host else { return true }  // without Host it is HTTP/1.0, which no browser speaks
        return hosts.contains(host) || hosts.contains(host.lowercased())
    }

    /// Whether a browser wrote this head: it marks what a page asks, and a wallet has none of these.
    private static func isOfWebPage(_ headers: HTTPHeaders) -> Bool {
        headers.containsName { name in
            switch name.count {
            case 6: name.isToken("origin") || name.isToken("cookie")
            case 7: name.isToken("referer")
            default:
                name.count > 4 && name.extracting(0..<4).isToken("sec-")
                    || name.count > 15 && name.extracting(0..<15).isToken("access-control-")
            }
        }
    }
}

/// Why a body is not passed on.
struct Refused: Error {
    /// One sentence for whoever sent it.
    let sentence: String
}

import Protocols

/// The heads and bodies that a wallet sent lately on one connection, and what was made of them.
///
/// A wallet that polls asks the same few things for hours. Each time its identifier is another one (wallet2 signs its
/// clock), which goes nowhere; all else is the same bytes, and they are judged once. Only calls that are named for it
/// are kept: see `WalletCall.mayBeRemembered`.
///
/// ```
///   {"jsonrpc":"2.0", … "params":{"client":"3f27…d3ba","version":10}}
///    └──── the same bytes ────┘             └hex, as long┘└─ the same ─┘
/// ```
struct RecentVerdicts {
    private struct Head {
        let head: HTTPRequestHead
        let target: WalletGate.Target
    }

    private struct Body {
        let target: WalletGate.Target
        let bytes: [UInt8]
        /// Where the identifier's digits lie; empty where there is none.
        let identifier: Range<Int>
        let request: WalletRequest

        func isLike(_ other: [UInt8]) -> Bool {
            guard other.count == bytes.count else { return false }
            let (one, other) = (bytes.span, other.span)
            let rest = identifier.upperBound..<one.count
            return one.extracting(0..<identifier.lowerBound).isSame(as: other.extracting(0..<identifier.lowerBound))
                && one.extracting(rest).isSame(as: other.extracting(rest))
                && other.extracting(identifier).isHexadecimal
        }
    }

    private static let longestHead = 1024
    private static let longestBody = 2048

    private var heads = LastFew<Head>()
    private var bodies = LastFew<Body>()

    /// What a head was aimed at that was admitted; nil where it is not known.
    func target(_ head: HTTPRequestHead) -> WalletGate.Target? {
        heads.first { $0.head == head }?.target
    }

    /// Keeps a head that was admitted, in the oldest's place.
    mutating func keep(_ head: HTTPRequestHead, _ target: WalletGate.Target) {
        guard head.headers.size <= Self.longestHead else { return }
        heads.keep(Head(head: head, target: target))
    }

    /// What was made of a body like this where it was sent to the same target; nil where it is not known.
    func request(_ target: WalletGate.Target, body: [UInt8]) -> WalletRequest? {
        bodies.first { $0.target.isSame(as: target) && $0.isLike(body) }?.request
    }

    /// Keeps a body that was passed on, in the oldest's place.
    mutating func keep(_ target: WalletGate.Target, body: [UInt8], _ request: WalletRequest) {
        guard body.count <= Self.longestBody, request.call.mayBeRemembered else { return }
        let identifier = WalletRewriting.identifier(target, in: body) ?? body.count..<body.count
        bodies.keep(Body(target: target, bytes: body, identifier: identifier, request: request))
    }
}

extension WalletGate.Target {
    fileprivate func isSame(as other: WalletGate.Target) -> Bool {
        switch (self, other) {
        case (.jsonRPC, .jsonRPC): true
        case (.path(let one), .path(let other)): one === other
        case (.jsonRPC, .path), (.path, .jsonRPC): false
        }
    }
}

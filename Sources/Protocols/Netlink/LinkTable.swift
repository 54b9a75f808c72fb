/// What the kernel's interfaces are now, from a rtnetlink socket that hears `groups`: a machine that asks for all of
/// them, then follows the news, and asks anew where news were lost.
///
/// ```
/// start ─▶ all links ─done─▶ all addresses ─done─▶ known, and followed
///   ▲                                                     │
///   └───────────── overflow, or a dump that broke off ────┘     (what was known stands until the new dump is done)
/// ```
public struct LinkTable: Sendable {
    /// RTMGRP_LINK, RTMGRP_IPV4_IFADDR and RTMGRP_IPV6_IFADDR.
    public static let groups: UInt32 = 0x1 | 0x10 | 0x100
    /// More interfaces or addresses than this are not kept.
    private static let limit = 4096

    private enum Stage { case idle, links, addresses, known }

    private var stage = Stage.idle
    private var sequence: UInt32 = 0
    private var links: [UInt32: Link] = [:]
    /// What a dump has told so far; nil while there is none.
    private var dumped: [UInt32: Link]?
    /// Whether `links` has been filled once.
    public private(set) var isKnown = false

    /// A table that knows nothing.
    public init() {}

    /// The interface of this name; nil where there is none, and as long as nothing is known.
    public func link(named name: String) -> Link? {
        links.values.first { $0.name == name }
    }

    /// Begins, or begins anew after news were lost.
    ///
    /// - Returns: the request to send.
    public mutating func start() -> [UInt8] {
        stage = .links
        dumped = [:]
        return ask(LinkNews.getLink, body: LinkNews.linkBody)
    }

    private mutating func ask(_ type: UInt16, body: Int) -> [UInt8] {
        sequence &+= 1
        if sequence == 0 { sequence = 1 }
        return NetlinkRequest(
            type: type, flags: .dump, sequence: sequence, body: [UInt8](repeating: 0, count: body)
        ).bytes
    }

    /// Takes one datagram.
    ///
    /// - Returns: a request to send; nil where there is none.
    public mutating func receive(_ datagram: Span<UInt8>) -> [UInt8]? {
        do throws(NetlinkFailure) {
            var messages = NetlinkMessages()
            while let message = try messages.next(in: datagram) {
                if let request = try take(message, in: datagram) { return request }
            }
            return nil
        } catch {
            return start()
        }
    }

    private mutating func take(_ message: NetlinkMessage, in datagram: Span<UInt8>) throws(NetlinkFailure) -> [UInt8]? {
        let isControl = message.type == NetlinkMessage.error || message.type == NetlinkMessage.done
        // News carry the number of whoever's request made the change, so they are told by having no further parts.
        let isNews = !isControl && !message.flags.contains(.multi)
        guard isNews || message.sequence == sequence else { return nil }
        if message.flags.contains(.interrupted) || message.type == NetlinkMessage.overrun { return start() }
        if isControl { return ended(isGood: message.errorCode(in: datagram) == 0) }
        guard let news = try LinkNews(message, in: datagram) else { return nil }
        if isNews, isKnown { Self.apply(news, to: &links) }
        if var table = dumped {
            // Moved out, so that it is changed in place.
            dumped = nil
            Self.apply(news, to: &table)
            dumped = table
        }
        return nil
    }

    private mutating func ended(isGood: Bool) -> [UInt8]? {
        switch stage {
        case .links where isGood:
            stage = .addresses
            return ask(LinkNews.getAddress, body: LinkNews.addressBody)
        case .addresses where isGood:
            stage = .known
            links = dumped ?? [:]
            dumped = nil
            isKnown = true
            return nil
        case .links, .addresses: return start()
        case .idle, .known: return nil
        }
    }

    private static func apply(_ news: LinkNews, to links: inout [UInt32: Link]) {
        switch news {
        case .link(var link):
            link.addresses = links[link.index]?.addresses ?? []
            if links.count < limit || links[link.index] != nil { links[link.index] = link }
        case .linkGone(let index): links[index] = nil
        case .address(let index, let address):
            if links[index].map({ $0.addresses.count < limit }) == true { links[index]?.addresses.insert(address) }
        case .addressGone(let index, let address): links[index]?.addresses.remove(address)
        }
    }
}

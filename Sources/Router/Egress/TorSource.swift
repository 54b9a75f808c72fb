import Policy
import Protocols

/// A Tor as an egress needs it, whoever started it.
protocol TorSource: AnyObject {
    /// What is known of it.
    var readiness: EgressReadiness { get }
    /// Where its streams are dialled.
    var socks: Endpoint? { get }
    /// Called after each change of `readiness`.
    var onChange: () -> Void { get set }
    /// Whether it tells why a stream failed.
    var tellsWhy: Bool { get }
    /// Called with what it tells of a stream of ours.
    var onStream: (TorStreamEvent) -> Void { get set }
    /// The number of an isolation key by its SOCKS user name; nil where it is none of ours.
    var keyOf: (ArraySlice<UInt8>) -> UInt64? { get set }
    /// Called with what it tells of onion services.
    var onOnion: (TorOnionEvent) -> Void { get set }
    /// Why it can publish none; nil where it may.
    var whyNoOnions: String? { get }
    /// Where it is to connect the streams of an onion service to: a port of 0 is one that the kernel chooses.
    func inboundPlace(of kind: InboundKind) -> Endpoint
    /// Onion services are to be published by it from now on.
    func serveOnions()
    /// Publishes one, or takes it down: see `TorControlClient`.
    func publish(_ request: TorOnionRequest)
    func unpublish(_ address: String)
    func start()
    func stop()
    func dialFailed()
}

extension TorSource {
    /// A port of loopback that the kernel chooses.
    static var loopbackPlace: Endpoint { .tcp(.v4(IPv4Address(127, 0, 0, 1)), port: 0) }
}

internal import Protocols

/// Packets of confined users that the guard stopped.
public struct StoppedPackets: Hashable, Sendable {
    /// "tcp", "udp", "icmp"; "inbound" for answers to connections from outside; "other".
    public var `protocol`: String
    /// The destination port; nil where the protocol has none.
    public var port: UInt16?
    /// How many, since the guard's table was made.
    public var packets: UInt64
    /// Where to, as an address; nil unless `log.destinations` asks for it.
    public var destination: String?

    /// A count of this protocol and port.
    public init(protocol: String, port: UInt16?, packets: UInt64, destination: String? = nil) {
        self.protocol = `protocol`
        self.port = port
        self.packets = packets
        self.destination = destination
    }

    /// As a JSON object; without the destination's key where there is none.
    func encode() -> JSONValue {
        var object: JSONObject = [
            "protocol": .string(`protocol`), "port": .integer(orNull: port), "packets": .integer(packets),
        ]
        if let destination { object["destination"] = .string(destination) }
        return .object(object)
    }

    /// Reads what `encode` writes.
    init(_ field: JSONField) throws(DocumentFailure) {
        `protocol` = try field["protocol"].string()
        port = try field["port"].orNull { field throws(DocumentFailure) in try field.integer() }
        packets = try field["packets"].integer()
        destination =
            if field.value["destination"] == nil { nil } else {
                try field["destination"].orNull { field throws(DocumentFailure) in try field.string() }
            }
    }
}

import Policy
import Protocols
import Router

/// Documents of the router that commands ask for.
extension ControlClient {
    /// Asks for a JSON document.
    ///
    /// - Parameters:
    ///   - name: what it is called where the answer is none: "status document".
    ///   - decode: reads it.
    func document<Document>(
        _ method: String, _ target: String, patience: Duration = patience, name: String,
        _ decode: (JSONValue) throws(DocumentFailure) -> Document
    ) throws(Failure) -> Document {
        let body = try ask(method, target, patience: patience)
        let value: JSONValue
        do throws(JSONFailure) {
            value = try JSONValue(reading: body.span)
        } catch {
            throw .refused("the router's answer is no \(name): \(error)")
        }
        do throws(DocumentFailure) {
            return try decode(value)
        } catch {
            throw .refused(error.description)
        }
    }
}

extension StatusDocument {
    /// The document of the router that a client asks.
    static func ask(_ client: ControlClient) throws(ControlClient.Failure) -> StatusDocument {
        try client.document("GET", "/v1/status", name: "status document") {
            (value) throws(DocumentFailure) in try StatusDocument(decoding: value)
        }
    }
}

extension NodeTestDocument {
    /// The router gives a node 90 s.
    private static let patience: Duration = .seconds(120)

    /// What one probe of each node finds.
    static func ask(_ client: ControlClient) throws(ControlClient.Failure) -> NodeTestDocument {
        try client.document("POST", "/v1/nodes/test", patience: patience, name: "report of nodes") {
            (value) throws(DocumentFailure) in try NodeTestDocument(decoding: value)
        }
    }
}

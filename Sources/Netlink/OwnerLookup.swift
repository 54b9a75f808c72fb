import EventLoop
public import Protocols

/// Asks the kernel who has the client's end of a connection on this machine (sock_diag(7)): no privilege is needed, and
/// nothing waits, since the kernel answers within the call that asks.
///
/// It sees this network namespace only, and names users as this user namespace does.
public final class OwnerLookup {
    /// Kept open: to open one costs more than to ask.
    private var socket: NetlinkSocket?
    private var sequence: UInt32 = 0
    /// Datagrams that are passed over before an answer is given up: late ones of an earlier question.
    private static let patience = 16

    /// Opens nothing yet.
    public init() {}

    /// Opens its one descriptor, so that it has it before a flood of connections has taken them all. What goes wrong is
    /// said by the first question.
    public func open() {
        _ = try? opened()
    }

    /// Who has the socket at `client`, which is connected to `server`, one of this machine's listeners.
    public func owner(of client: Endpoint, connectedTo server: Endpoint) -> SocketOwner {
        guard let question = SocketQuestion(own: client, far: server) else {
            return .unknown(.unanswered("\(client) is no end of a connection to \(server)"))
        }
        do throws(SystemError) {
            return try ask(question)
        } catch {
            // What is left in a socket that failed must not answer the next question.
            socket = nil
            return .unknown(.unanswered("\(error)"))
        }
    }

    private func opened() throws(SystemError) -> NetlinkSocket {
        if let socket { return socket }
        let new = try NetlinkSocket(.socketDiagnosis)
        socket = new
        return new
    }

    private func ask(_ question: SocketQuestion) throws(SystemError) -> SocketOwner {
        let socket = try opened()
        sequence = sequence == .max ? 1 : sequence + 1
        let sequence = sequence
        try socket.send(question.request(sequence: sequence).bytes)
        var answer: SocketOwner?
        for _ in 0..<Self.patience {
            let reception = try socket.receive { answer = question.answer(in: $0, sequence: sequence) }
            if let answer { return answer }
            if reception == .nothing { break }
        }
        return .unknown(.unanswered("the kernel gave no answer"))
    }
}

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

    /// Who has the UDP socket that a datagram came from.
    ///
    /// - Parameter farPorts: the ports of ours, or redirected to ours, to which it can have been sent.
    public func owner(ofDatagramFrom sender: Endpoint, toPorts farPorts: Set<UInt16>) -> SocketOwner {
        var users: Set<UInt32> = []
        do throws(SystemError) {
            for isIPv6 in [false, true] {
                guard let question = DatagramQuestion(from: sender, isIPv6Socket: isIPv6, farPorts: farPorts) else {
                    continue
                }
                users.formUnion(try ask(question))
            }
        } catch {
            socket = nil
            return .unknown(.unanswered("\(error)"))
        }
        // Several users can share a UDP port where all of them want to: who sent it cannot be told.
        guard let user = users.first else { return .unknown(.missing) }
        return users.count == 1 ? .user(user) : .unknown(.closed)
    }

    private func ask(_ question: DatagramQuestion) throws(SystemError) -> Set<UInt32> {
        var question = question
        let socket = try opened()
        sequence = sequence == .max ? 1 : sequence + 1
        let sequence = sequence
        try socket.send(question.request(sequence: sequence).bytes)
        // The rest of a dump is made as it is read: the queue is empty only after its end.
        while true {
            var progress = DatagramQuestion.Progress.more
            let reception = try socket.receive { progress = question.receive($0, sequence: sequence) }
            switch (progress, reception) {
            case (.done, _): return question.users
            case (.failed(let code), _): throw SystemError("ask the kernel for a UDP socket's owner", code: code)
            case (.more, .datagram): break
            case (.more, _): throw SystemError.noAnswer("ask the kernel for a UDP socket's owner")
            }
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

import Policy
import Protocols
import Testing

// What most runs of a dispatcher begin or end with.

extension DispatchRun {
    /// A wallet asks for outputs, and the links for them and for the transaction stand.
    func askForOutputs() throws -> WalletDispatch.RequestID {
        let id = ask(.outputs())
        open(try only(.outputs).id)
        open(try only(.transaction).id)
        return id
    }

    /// The node tells them.
    func tellOutputs(_ id: WalletDispatch.RequestID) throws {
        answer(try only(.outputs).id, .outputs([1]))
        #expect(outcomes[id] == .answered(.outputs([1])))
    }

    /// A wallet asks for outputs, and they are given.
    func build() throws { try tellOutputs(askForOutputs()) }

    /// A node takes the transaction that it is dialled for.
    func accept(_ link: Link, of id: WalletDispatch.RequestID) {
        open(link.id)
        answer(link.id, .json("OK"))
        #expect(outcomes[id] == .answered(.json("OK")))
    }

    /// The links for a comparison stand.
    func openComparison() {
        for _ in 0..<3 { for link in live() where link.state == .opening { open(link.id) } }
    }

    /// Opens what is dialled, and answers what wallets ask of the chain.
    func serve() {
        for link in live() { open(link.id) }
        for link in live(.sync) { answer(link.id, .result()) }
    }

    /// Asks this, and says which link is opened for it.
    func asked(_ request: WalletRequest) -> WalletDispatch.LinkID? {
        ask(request)
        return live(request.call.purpose).last?.id
    }
}

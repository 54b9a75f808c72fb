import EventLoop
public import Policy
import Protocols

/// What the wallets' gateways ask of the router, and what it tells them.
extension Router: WalletGateway.Host {
    /// How long a wallet's request may take once the router is to end.
    static let walletFarewell: Duration = .seconds(5)

    /// The gateways of a configuration: of `kept` where nothing of one has changed, else new. A new one listens where an
    /// old one did, as soon as that has let go; nothing is accepted before `start`.
    ///
    /// - Throws: a sentence when an address is taken, or a certificate cannot be read.
    func makeGateways(
        _ configuration: Configuration, keeping kept: [WalletGateway]
    ) throws(StartFailure) -> [WalletGateway] {
        var made: [WalletGateway] = []
        for (number, wallet) in configuration.wallets.enumerated() {
            if let old = kept.first(where: {
                $0.number == number && $0.configuration == wallet && $0.network == configuration.network
            }) {
                try old.readFilesAgain()
                made.append(old)
                continue
            }
            let acceptor: Acceptor
            if let old = kept.first(where: { $0.configuration.listen == wallet.listen }) {
                acceptor = old.acceptor
            } else {
                acceptor = try Acceptor(
                    at: wallet.listen, name: WalletGateway.name(number),
                    mend: "end what has that port, or give another as `listen` in [[wallet]]", loop: loop)
            }
            made.append(
                try WalletGateway(
                    wallet, number: number, network: configuration.network, acceptor: acceptor, host: self, loop: loop,
                    id: nextSource()))
        }
        return made
    }

    /// Puts these gateways into force; requests that the others have under way get some time.
    func replaceGateways(_ new: [WalletGateway]) {
        let before = gateways
        gateways = new
        for gateway in new { gateway.takeRenewedFiles() }
        let fresh = new.filter { gateway in !before.contains { $0 === gateway } }
        for gateway in fresh {
            for old in retiredGateways + before where isSuccessor(gateway, of: old) { gateway.takeOver(from: old) }
        }
        // What is passed on, and what a connection that is handed over has sent ahead, is asked at once.
        for gateway in fresh { gateway.judge() }
        for old in before where !new.contains(where: { $0 === old }) { retire(old) }
        for gateway in fresh { gateway.start() }
    }

    private func retire(_ gateway: WalletGateway) {
        retiredGateways.append(gateway)
        let timeout = Watch.timer(on: loop) { [unowned self, unowned gateway] in
            // What it learnt last: who was shown outputs, who differed.
            inForce(gateway)?.takeOver(from: gateway)
            gateway.stop()
            for egress in egresses { egress.forget(wallet: gateway.id) }
            // Not inside the gateway's own call, which may be what says that it is done.
            retiredGateways.removeAll { $0 === gateway }
        }
        gateway.farewell = timeout
        // A signed transaction is held as long as it would have been without the reload: told BUSY, the wallet would build
        // it anew, with other decoys.
        timeout.schedule(after: WalletDispatch.longestFarewell)
        gateway.retire { timeout.schedule(after: .zero) }
    }

    private func isSuccessor(_ gateway: WalletGateway, of old: WalletGateway) -> Bool {
        gateway !== old && gateway.configuration.listen == old.configuration.listen
    }

    /// Something changed by which it is decided what passes.
    func judgeWallets() {
        for gateway in gateways + retiredGateways { gateway.judge() }
    }

    /// What links wait for may have come.
    func askWalletsAgain() {
        for gateway in gateways + retiredGateways { gateway.askAgain() }
    }

    /// Takes nothing more of the node, of who comes to it, or of wallets, cuts the node's, and lets wallets' requests come
    /// to their end.
    ///
    /// - Parameter done: called once, when none is under way any more.
    /// - Returns: whether one is.
    public func drain(_ done: @escaping () -> Void) -> Bool {
        onions.stop()
        i2pService.stop()
        stopAccepting()
        cutEverything(.egressNotReady)
        let draining = gateways + retiredGateways
        var left = draining.count
        var isOver = false
        for gateway in draining {
            gateway.drain {
                left -= 1
                if left == 0, isOver { done() }
            }
        }
        isOver = true
        return left > 0
    }

    /// Probes every wallet's nodes at once, and hands over what was found.
    ///
    /// - Throws: a sentence when there are none.
    public func testNodes(_ done: @escaping (NodeTestDocument) -> Void) throws(StartFailure) {
        guard !gateways.isEmpty else { throw StartFailure("no [[wallet]] is configured, so there is no node to test") }
        var document = NodeTestDocument()
        var left = gateways.count
        for gateway in gateways {
            gateway.testNodes { reports in
                document.add(reports, listener: gateway.number, nodes: gateway.configuration.nodes)
                left -= 1
                if left == 0 { done(document) }
            }
        }
    }

    // MARK: What gateways ask

    func way(to node: WalletNodeConfiguration, of wallet: UInt32) -> WalletWay {
        if let refusal = standingRefusal { return .refuse(refusal, refusal.sentence()) }
        let destination = node.destination
        if node.kind == .loopback, case .address(let address) = destination.host {
            let way = Way(endpoint: .tcp(address, port: destination.port))
            return .dial(WalletWay.Dialling(way: way, host: destination.host))
        }
        let name: String
        switch route.decide(walletNode: destination) {
        case .refuse(let refusal): return .refuse(refusal, refusal.sentence())
        case .via(let egress, _): name = egress
        }
        guard let egress = egresses.first(where: { $0.name == name }) else {
            return .refuse(.blocked, Refusal.blocked.sentence())
        }
        guard egress.readiness.isReady else {
            return .refuse(.egressNotReady, "\(name) is not ready: \(egress.readiness.detail)")
        }
        // Its own for this connection, and for no other ever.
        let isolation = egress.isolates ? IsolationKeys.randomCredentials(&random) : nil
        guard isolation != nil || !egress.isolates else {
            return .refuse(.circuitLimit, Refusal.circuitLimit.sentence())
        }
        switch egress.way(to: destination, isolation: isolation, wallet: wallet) {
        case .wait: return .wait
        // Only a resolver may keep us waiting before anything is dialled: no fault of the node's.
        case .refuse(.timeout): return .refuse(.noResolver, "\(name)'s resolver did not answer in time")
        case .refuse(let refusal): return .refuse(refusal, refusal.sentence())
        case .dial(let way):
            // What a name was resolved to is judged like an address in the file.
            if way.hops.isEmpty, case .name = destination.host, case .tcp(let address, _) = way.endpoint,
                let refusal = route.refusal(of: address)
            {
                return .refuse(refusal, refusal.sentence())
            }
            return .dial(
                WalletWay.Dialling(way: way, egress: egress.id, nearest: egress.nearest, host: destination.host))
        }
    }

    private func egress(to node: WalletNodeConfiguration) -> Egress? {
        guard case .via(let name, _) = route.decide(walletNode: node.destination) else { return nil }
        return egresses.first { $0.name == name }
    }

    func hasRoute(to node: WalletNodeConfiguration) -> Bool {
        node.kind == .loopback || egress(to: node)?.readiness.isReady == true
    }

    func leads(_ egress: UInt32, to node: WalletNodeConfiguration) -> Bool {
        guard let now = self.egress(to: node) else { return false }
        return now.id == egress && now.readiness.isReady
    }

    func dialFailed(_ egress: UInt32) {
        egresses.first { $0.id == egress }?.dialFailed()
    }

    func admit(_ peer: Endpoint?, open: Int, at gateway: WalletGateway) -> UInt32? {
        guard budget.allows(open) else {
            report(.connectionLimit, port: nil)
            return nil
        }
        guard let owner = owner(of: peer, at: gateway) else { return nil }
        budget.opened()
        return owner
    }

    func owner(of peer: Endpoint?, at gateway: WalletGateway) -> UInt32? {
        let owner = owners.user(of: peer, connectedTo: gateway.endpoint, at: gateway.name)
        guard let refusal = owners.refusal(of: owner, at: gateway.name) else { return owner }
        report(refusal, port: nil)
        return nil
    }

    func tooManyConnections() { report(.connectionLimit, port: nil) }

    func walletConnectionEnded() { connectionClosed(nil) }

    /// The name of a retired one may be another table's now. Where nobody listens any more, whoever was let in gets his
    /// answer.
    func refusal(of owner: UInt32, at gateway: WalletGateway) -> Refusal? {
        inForce(gateway).flatMap { owners.refusal(of: owner, at: $0.name) }
    }

    func inForce(_ gateway: WalletGateway) -> WalletGateway? {
        gateways.first { $0 === gateway || isSuccessor($0, of: gateway) }
    }

    func predecessors(of gateway: WalletGateway) -> [WalletGateway] {
        retiredGateways.filter { isSuccessor(gateway, of: $0) }
    }

    func told(_ sentence: String, of node: String) {
        onEvent(.walletNode(node, sentence, at: time))
        tellChanges()
    }
}

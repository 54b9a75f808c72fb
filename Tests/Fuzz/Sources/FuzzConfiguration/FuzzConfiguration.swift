import FuzzSupport
import Policy
import Protocols
import Toml

/// Whatever a file holds, reading it ends: in a syntax error with a place, in problems with places, or in a
/// configuration that keeps every promise the router builds on.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
    let input = bytes(data, size)
    let lines = input.count { $0 == 0x0a } + 1
    let tree: TomlTable
    do {
        tree = try TomlReader.read(input)
    } catch {
        require((1...lines).contains(error.position.line) && error.position.column >= 1, "an error out of the file")
        require(!error.message.isEmpty && isClean(error.message), "an error without words, or of several lines")
        return 0
    }
    check(tree, lines)
    switch Configuration.read(tree, context: world) {
    case .failure(let problems):
        require(!problems.list.isEmpty, "refused for nothing")
        for problem in problems.list {
            let text = problem.rendered(file: "f")
            require(problem.line >= 1 && problem.column >= 1, "a problem without a place: \(text)")
            require(problem.file != nil || problem.line <= lines, "a problem out of the file: \(text)")
            require(isClean(text), "a problem of several lines")
            require(text.utf8.count < 2000, "a problem without end")
        }
    case .success(let configuration): check(configuration)
    }
    return 0
}

/// Whether a terminal shows it as one line.
private func isClean(_ text: String) -> Bool {
    text.unicodeScalars.allSatisfy { $0.value >= 0x20 && !(0x7f...0x9f).contains($0.value) }
}

/// Entries stand in the order of the file, each somewhere in it.
private func check(_ table: TomlTable, _ lines: Int) {
    for (entry, next) in zip(table.entries, table.entries.dropFirst()) {
        require(entry.position < next.position, "two keys at one place")
    }
    for entry in table.entries {
        require((1...lines).contains(entry.position.line), "a key out of the file")
        check(entry.value, lines)
    }
}

private func check(_ value: TomlValue, _ lines: Int) {
    require((1...lines).contains(value.position.line) && value.position.column >= 1, "a value out of the file")
    switch value.content {
    case .table(let table): check(table, lines)
    case .array(let values): values.forEach { check($0, lines) }
    case .string, .integer, .float, .boolean, .dateTime: break
    }
}

private func check(_ configuration: Configuration) {
    let egresses = configuration.egresses
    let names = Set(egresses.map(\.name))
    require(names.count == egresses.count, "two egresses of one name")
    for target in [configuration.route.onion, configuration.route.i2p, configuration.route.clearnet] {
        if case .egress(let name) = target { require(names.contains(name), "a route to \(name)") }
    }
    require(configuration.route.i2p != .egress("tor"), "I2P names through Tor")
    for target in [configuration.route.onion, configuration.route.clearnet] {
        require(target != .egress("i2p"), "I2P asked for what is no I2P")
    }
    for egress in egresses { check(egress, egresses) }
    require((Duration.zero...Duration.seconds(44)).contains(configuration.route.hold), "hold")
    check(configuration.node, egresses)
    require(
        configuration.killSwitch.guardMode == .off || !configuration.confinedUsers.isEmpty,
        "a guard with nobody to confine")
    for wallet in configuration.wallets { check(wallet, configuration) }
    check(configuration.inbound, configuration)
    require(configuration.control.socket?.hasPrefix("/") != false, "a relative control socket")
    let explanation = configuration.explanation()
    require(explanation.hasSuffix("\n"), "an explanation cut short")
    require(
        explanation.split(separator: "\n").allSatisfy { isClean(String($0)) }, "an explanation that moves the cursor")
    for line in configuration.monerodConf().split(separator: "\n") where !line.hasPrefix("#") {
        let isOption = line.utf8.allSatisfy { (0x21...0x7e).contains($0) } && line.contains("=")
        require(isOption, "no line for monerod.conf: \(line)")
    }
}

/// What it is reached through is there, leads somewhere, and never back.
private func check(_ egress: EgressConfiguration, _ egresses: [EgressConfiguration]) {
    var way: Set<String> = [egress.name]
    var next = egress.via
    while let name = next {
        require(way.insert(name).inserted, "a loop through \(name)")
        require(name != "i2p", "through I2P")
        guard let other = egresses.first(where: { $0.name == name }) else { return require(false, "through nothing") }
        next = other.via
    }
    switch egress.kind {
    case .vpn(let vpn):
        require((1...15).contains(vpn.interface.utf8.count) && vpn.interface != "lo", "the interface \(vpn.interface)")
        require(vpn.resolver != nil || vpn.probe != nil, "a tunnel that nothing proves")
        require(vpn.resolver?.isLoopback != true && vpn.probe?.isLoopback != true, "a tunnel proven by this machine")
    case .proxy(let proxy):
        require(proxy.via == nil || !proxy.socks.isLoopback, "a proxy of this machine through another")
    case .tor(let tor):
        if case .running = tor.source { require(tor.via == nil, "a running Tor through another egress") }
    case .i2p: break
    }
}

private func check(_ node: NodeConfiguration, _ egresses: [EgressConfiguration]) {
    require(!["root", "0", "xmr-routed", "debian-tor", ""].contains(node.user), "confines \(node.user ?? "")")
    require(Set(node.listeners.map(\.endpoint)).count == node.listeners.count, "two listeners on one address")
    for listener in node.listeners {
        guard case .tcp(let address, let port) = listener.endpoint else { return require(false, "a Unix listener") }
        switch address {
        case .v4(let address): require(address.bits >> 24 == 127, "listens on \(address)")
        case .v6(let address): require(address.high == 0 && address.low == 1, "listens on \(address)")
        }
        require(port != 0, "listens on port 0")
        for egress in egresses {
            switch egress.kind {
            case .tor(let tor):
                guard case .running(let socks, let control) = tor.source else { break }
                require(socks != listener.endpoint && control != listener.endpoint, "a loop through Tor")
            case .i2p(let i2p):
                let ours: [I2PConfiguration.Source] = [.socks(listener.endpoint), .sam(listener.endpoint)]
                require(!ours.contains(i2p.source), "a loop through I2P")
            case .proxy(let proxy): require(proxy.socks != listener.endpoint, "a loop through \(egress.name)")
            case .vpn: break
            }
        }
    }
    let addresses = Set(node.virtualPeers.map { Destination(host: Host(.v4($0.address)), port: $0.port) })
    require(addresses.count == node.virtualPeers.count, "one virtual address for two peers")
    require(Set(node.virtualPeers.map(\.destination)).count == node.virtualPeers.count, "one peer twice")
    for peer in node.virtualPeers {
        require(peer.address.bits >> 24 == 10 && peer.port != 0 && peer.destination.port != 0, "a peer outside 10/8")
        switch peer.destination.host {
        case .onion, .i2p: break
        case .address, .name: require(false, "a peer on the clearnet")
        }
    }
}

/// Who comes in reaches a listener of this machine that is none of ours, and an RPC is for those who are named.
private func check(_ inbound: InboundConfiguration, _ configuration: Configuration) {
    let ours = configuration.node.listeners.map(\.endpoint) + configuration.wallets.map(\.listen)
    for target in inbound.targets {
        guard case .tcp(.v4(let address), let port) = target else { return require(false, "a target \(target)") }
        require(address.bits >> 24 == 127 && port != 0, "a target outside loopback, \(target)")
        require(!ours.contains(target), "a target of our own, \(target)")
    }
    require(Set(inbound.targets).count == inbound.targets.count, "two services with one target")
    require(Set(inbound.onions.map(\.port)).count == inbound.onions.count, "two services on one port")
    for service in inbound.onions {
        require(service.port != 0, "port 0")
        require(service.kind == .rpc || service.clients.isEmpty && !service.isPublic, "clients of \(service.name)")
        require(service.kind != .rpc || service.clients.isEmpty == service.isPublic, "an RPC for everybody by mistake")
        guard case .tor(let tor)? = configuration.egress(named: "tor")?.kind else { return require(false, "no Tor") }
        if case .running(_, nil) = tor.source { require(false, "a Tor without control") }
    }
    guard let service = inbound.i2p else { return }
    guard case .i2p(let i2p)? = configuration.egress(named: "i2p")?.kind else { return require(false, "no I2P") }
    require(i2p.canPublish, "a service by SOCKS")
    require(I2PTunnels.quantities.contains(service.tunnels.quantity), "tunnels")
    require(I2PTunnels.lengths.contains(service.tunnels.length), "hops")
}

/// Nothing of a wallet goes unencrypted to the world by mistake, and no node of its is one of our own sockets.
private func check(_ wallet: WalletConfiguration, _ configuration: Configuration) {
    require(!wallet.isOutsideLoopback || wallet.certificate != nil, "plain HTTP for other machines")
    require((1...16).contains(wallet.nodes.count), "\(wallet.nodes.count) nodes")
    require((1...wallet.nodes.count).contains(wallet.broadcast), "given to \(wallet.broadcast) nodes")
    let ours = configuration.node.listeners.map(\.endpoint) + configuration.wallets.map(\.listen)
    require(Set(ours).count == ours.count, "two listeners on one address")
    for name in configuration.killSwitch.confine.flatMap(\.listeners) {
        require(name != "wallet.0" || configuration.wallets.first?.isOutsideLoopback == false, "confined to the world")
    }
    for node in wallet.nodes {
        let isPlain = node.tls == nil
        require(node.kind != .clearnet || !isPlain || node.isInsecure && !node.isTrusted, "plain HTTP by mistake")
        require(!node.isInsecure || node.kind == .clearnet && isPlain, "insecure where it means nothing")
        require(node.destination.port != 0, "port 0")
        if case .fingerprint(let bytes) = node.tls { require(bytes.count == 32, "no SHA-256") }
        guard case .address(let address) = node.destination.host else { continue }
        require(!ours.contains(.tcp(address, port: node.destination.port)), "the router dials itself")
        require(
            node.kind == .loopback || !address.isPrivate || configuration.route.allowsPrivate, "a LAN by an exit")
    }
}

/// Files of every fate. The hash answers with the checksum of the onion address in the corpus, so that the fuzzer
/// gets past it.
private let world = ConfigurationContext(
    routerUser: "xmr-routed", secretOwners: [0],
    readFile: { name in
        switch name {
        case "a": .contents(FileContents(path: "a", bytes: [0x61], owner: 0, mode: 0o600))
        case "b": .contents(FileContents(path: "b", bytes: Array("192.0.2.0/24\n".utf8), owner: 1, mode: 0o644))
        case "c": .contents(FileContents(path: "c", bytes: [], owner: 1, mode: 0o600, isCredential: true))
        case "p": .contents(FileContents(path: "p", bytes: Array(pem.utf8), owner: 0, mode: 0o600))
        default: .failure("No such file or directory")
        }
    },
    sha3_256: { _ in [0xdd, 0xd9] + [UInt8](repeating: 0, count: 30) })

private let pem = "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n-----BEGIN PRIVATE KEY-----\n"

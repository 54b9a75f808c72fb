internal import Protocols

extension Configuration {
    /// What the guard does with this configuration, for `xmr-routed check`.
    var guardLines: [String] {
        switch killSwitch.guardMode {
        case .off:
            return ["Guard: off, UNGUARDED. The router fails closed, but nothing holds the node to it."] + confineIsIdle
        case .required:
            let names = confinedUsers.joined(separator: ", ")
            return [
                "Guard: required. Nothing passes unless it is proven to hold \(names.isEmpty ? "the node's user" : names)."
            ] + confinedUsers.flatMap(lines(of:)) + redirectionLines + [routerLine]
        }
    }

    private var confineIsIdle: [String] {
        killSwitch.confine.isEmpty ? [] : ["  [[kill-switch.confine]] holds nobody while the guard is off."]
    }

    private func lines(of user: String) -> [String] {
        [reach(user)] + (user == node.user ? [strayLine, nameLine] : [])
    }

    private func reach(_ user: String) -> String {
        var places = allowedEndpoints(of: user).map(\.description)
        if user == node.user { places += node.localPorts.map { "port \($0) of loopback" } }
        return "  \(user) reaches: \(places.isEmpty ? "nothing" : places.joined(separator: ", "))"
    }

    private var strayLine: String {
        switch node.strays {
        case .count: "  its other TCP: counted and refused"
        case .redirect: "  its other TCP: sent into the router, where the routes hold for it"
        }
    }

    private var nameLine: String {
        node.dns.map { "  its questions for names: asked of \($0) over TCP, \(clearnetWords)" }
            ?? "  its questions for names: counted and stopped"
    }

    private var clearnetWords: String {
        switch route.clearnet {
        case .egress(let name): "through \(name)"
        case .block: "but [route] blocks that: none is answered"
        }
    }

    /// Answers to a redirected connection come from their real source before systemd looks at them, and it drops them.
    private var redirectionLines: [String] {
        guard node.strays == .redirect || node.dns != nil else { return [] }
        return [
            "  WARNING: with redirection, systemd's IPAddressDeny cannot stand in monerod's unit beside the guard: take "
                + "the drop-in that leaves it out, xmr-routed-redirect.conf."
        ]
    }

    private var routerLine: String {
        let programs = startedPrograms
        guard programs.isEmpty else {
            let (verb, whose) = programs.count == 1 ? ("has", "dials whom it wants") : ("have", "dial whom they want")
            return "  the router's own user is not held: the \(programs.joined(separator: " and ")) that it starts "
                + "\(verb) that user, and \(whose)"
        }
        let further =
            (loopbackWalletNodes.isEmpty ? "" : ", wallet nodes on this machine")
            + (inbound.isEmpty ? "" : ", the ends of the services")
        let remote = wallets.filter(\.isOutsideLoopback).map(\.listen.description)
        let answers =
            remote.isEmpty ? "" : "; it answers wallets of other machines at \(remote.joined(separator: ", "))"
        return "  the router's own user reaches the proxies\(further) and interfaces above, and nothing else\(answers)"
    }
}

import CTestSystem
import EventLoop
import Netlink
import NftablesSample
import Protocols
import Testing

/// Tables in the real kernel, each test in a network namespace of its own.
@Suite(.enabled(if: PrivateNamespace.isPossible, PrivateNamespace.needs))
struct NftablesSocketTests {
    private let name = "xmr_routed"
    private let table = NftablesSample.table()

    private func load(_ text: String) throws {
        try PrivateNamespace.shell("nft -f - <<'END'\n\(text)\nEND")
    }

    /// All that nft shows, but for whose it is.
    private func listing() throws -> String {
        try PrivateNamespace.shell("nft list ruleset").split(separator: "\n")
            .filter { !$0.hasPrefix("table ") && !$0.hasPrefix("\tflags ") }.joined(separator: "\n")
    }

    /// Also by its digest's bytes.
    private func expect(_ socket: NftablesSocket, holds table: NftTable) throws {
        let holding = try #require(try socket.read(table.name))
        #expect(holding.contents.difference(from: table.contents) == nil)
        #expect(holding.contents == table.contents)
        #expect(holding.contents.bytes == table.contents.bytes)
    }

    @Test func whatWasSentIsReadBack() throws {
        try PrivateNamespace.run {
            let socket = try NftablesSocket()
            #expect(try socket.read(name) == nil)
            for owned in [true, false, true] {
                try socket.replace(table, owned: owned)
                try expect(socket, holds: table)
                let holding = try #require(try socket.read(name))
                #expect(holding.isOurs == owned && holding.isPersistent == owned && !holding.isAnothers)
            }
            try socket.remove(name)
            #expect(try socket.read(name) == nil)
            #expect(try PrivateNamespace.shell("nft list ruleset") == "")
            try socket.remove(name)
        }
    }

    @Test func textMakesTheSame() throws {
        try PrivateNamespace.run {
            let socket = try NftablesSocket()
            try socket.replace(table, owned: true)
            let byNetlink = try listing()
            try socket.remove(name)
            try load(table.text)
            let byText = try listing()
            #expect(byText == byNetlink)
            try expect(socket, holds: table)
        }
    }

    /// Whoever may change the ruleset changes a table that is nobody's; each change is seen.
    @Test func whatIsForeignIsSeen() throws {
        try PrivateNamespace.run {
            let socket = try NftablesSocket()
            let changes = [
                ("add rule inet xmr_routed refuse accept", "3 rules in the chain refuse"),
                ("insert rule inet xmr_routed user_107 ip daddr 203.0.113.9 accept", "18 rules in the chain user_107"),
                ("flush chain inet xmr_routed refuse", "0 rules in the chain refuse"),
                ("add chain inet xmr_routed more", "a chain more, more"),
                ("delete chain inet xmr_routed empty", "lacks the chain empty"),
                ("add set inet xmr_routed more { type ipv4_addr; elements = { 203.0.113.9 } }", "a set more, more"),
                ("add chain inet xmr_routed input { policy drop; }", "its chain input"),
                ("add counter inet xmr_routed more", "an object more, more"),
                ("add quota inet xmr_routed more { over 5 mbytes }", "an object more, more"),
                ("add table inet xmr_routed { flags dormant; }", "switched off"),
                ("delete table inet xmr_routed; add table inet xmr_routed", "lacks the chain empty"),
            ]
            for (change, difference) in changes {
                try socket.replace(table, owned: false)
                try expect(socket, holds: table)
                try PrivateNamespace.shell("nft '\(change)'")
                let holding = try #require(try socket.read(name))
                #expect(holding.contents.bytes != table.contents.bytes)
                let said = holding.contents.difference(from: table.contents)
                #expect(said?.contains(difference) == true, "\(change): \(said ?? "no difference")")
            }
            try socket.replace(table, owned: false)
            try PrivateNamespace.shell("nft flush ruleset")
            #expect(try socket.read(name) == nil)
        }
    }

    /// One rule in the place of another, with no more and no fewer of them.
    @Test func aRuleThatIsReplacedIsSeen() throws {
        try PrivateNamespace.run {
            let socket = try NftablesSocket()
            try socket.replace(table, owned: false)
            let rules = try PrivateNamespace.shell("nft -a list chain inet xmr_routed refuse")
            let handle = try #require(rules.split(separator: "drop # handle ").last?.split(separator: "\n").first)
            try PrivateNamespace.shell("nft replace rule inet xmr_routed refuse handle \(handle) accept")
            let holding = try #require(try socket.read(name))
            #expect(holding.contents.difference(from: table.contents) == "has another rule 2 in the chain refuse")
        }
    }

    @Test func nobodyElseChangesWhatIsOwned() throws {
        try PrivateNamespace.run {
            let socket = try NftablesSocket()
            try socket.replace(table, owned: true)
            for change in [
                "add rule inet xmr_routed refuse accept", "delete table inet xmr_routed",
                "add chain inet xmr_routed more", "flush table inet xmr_routed",
                "add table inet xmr_routed { flags dormant; }", "add element inet xmr_routed other_107 { 1 }",
            ] {
                #expect(PrivateNamespace.refuses("nft '\(change)'", "Operation not permitted"), "\(change)")
            }
            try PrivateNamespace.shell("nft flush ruleset")
            try expect(socket, holds: table)
            let other = try NftablesSocket()
            #expect(try #require(try other.read(name)).isAnothers)
            for attempt in [
                { try other.replace(table, owned: true) }, { try other.replace(table, owned: false) },
                { try other.remove(name) }, { try other.adopt(name) },
            ] {
                let failure = #expect(throws: NftablesFailure.self) { try attempt() }
                #expect(failure?.kind == .anothers, "\(failure?.description ?? "")")
            }
            try expect(socket, holds: table)
        }
    }

    @Test func anOrphanIsTakenOver() throws {
        try PrivateNamespace.run {
            var socket: NftablesSocket? = try NftablesSocket()
            try socket?.replace(table, owned: true)
            // A copy of the descriptor keeps the owner alive, and is the owner.
            let copy = test_duplicate(try #require(socket).raw)
            socket = nil
            let other = try NftablesSocket()
            #expect(try #require(try other.read(name)).isAnothers)
            socket = try NftablesSocket(adopting: Descriptor(owning: copy))
            let kept = try #require(try socket?.read(name))
            #expect(kept.isOurs && kept.contents == table.contents)
            try socket?.adopt(name)
            socket = nil

            // What other tests start at this moment has a copy of every descriptor until it runs its own program.
            var orphan = try #require(try other.read(name))
            for _ in 0..<1000 where orphan.isAnothers { orphan = try #require(try other.read(name)) }
            #expect(!orphan.isOurs && !orphan.isAnothers && orphan.isPersistent)
            #expect(orphan.contents == table.contents && orphan.handle == kept.handle)
            try other.adopt(name)
            let adopted = try #require(try other.read(name))
            #expect(adopted.isOurs && adopted.contents == table.contents && adopted.handle == kept.handle)
            #expect(PrivateNamespace.refuses("nft delete table inet xmr_routed", "Operation not permitted"))
            try other.replace(table, owned: true)
            #expect(try #require(try other.read(name)).handle != kept.handle)
            try other.remove(name)
            let missing = #expect(throws: NftablesFailure.self) { try other.adopt(name) }
            #expect(missing?.kind == .missing)
            #expect(try other.read(name) == nil, "and none is made by the try")
            try other.replace(table, owned: false)
            let nobodys = #expect(throws: NftablesFailure.self) { try other.adopt(name) }
            #expect(nobodys?.kind == .other)
        }
    }

    @Test func aTableThatTheKernelRefusesLeavesTheOldOne() throws {
        try PrivateNamespace.run {
            let socket = try NftablesSocket()
            try socket.replace(table, owned: true)
            var wrong = table
            wrong.chains[4].rules.append([.goTo("nowhere")])
            let failure = #expect(throws: NftablesFailure.self) { try socket.replace(wrong, owned: true) }
            #expect(failure?.description.contains("add rule 3 to the chain refuse") == true)
            try expect(socket, holds: table)
        }
    }

    @Test func aDescriptorOfAnotherKindIsRefused() throws {
        let socket = try NetlinkSocket(.route)
        #expect(throws: SystemError.self) {
            try NftablesSocket(adopting: Descriptor(owning: test_duplicate(socket.raw)))
        }
    }

    /// Packets count, and are no news.
    @Test func packetsAreCounted() throws {
        try PrivateNamespace.run {
            let user: UInt32 = 4107
            let chain = NftTable.Chain(
                name: "output", hook: .filterOutput,
                rules: [
                    [.user(user), .hasPorts, .update(set: "stopped", .transportAndPort)],
                    [.user(user), .hasPorts, .update(set: "stopped4", .destinationIPv4)],
                    [.user(user), .hasPorts, .update(set: "stopped6", .destinationIPv6)],
                    [.user(user), .count("all"), .drop],
                ])
            let table = NftTable(
                name: name, counters: ["all"],
                sets: [
                    .init(name: "stopped", key: .transportAndPort, size: 2),
                    .init(name: "stopped4", key: .destinationIPv4, size: 9),
                    .init(name: "stopped6", key: .destinationIPv6, size: 9),
                ], chains: [chain])
            let socket = try NftablesSocket()
            let watcher = try NftablesWatcher()
            #expect(try watcher.takeNews() == false)
            try socket.replace(table, owned: true)
            #expect(try watcher.takeNews())
            for (address, port) in [("127.0.0.1", 53), ("127.0.0.1", 53), ("::1", 54), ("127.0.0.1", 55)] {
                let before = test_acts_as()
                test_act_as(user)
                let descriptor = unsafe test_connect_datagram(address, UInt16(port), address == "::1" ? 1 : 0)
                test_act_as(before)
                try #require(descriptor >= 0)
                let sent = unsafe test_send(descriptor, "hello", 5)
                #expect(sent == -1)
                test_close(descriptor)
            }
            let tally = try socket.tally(of: table)
            #expect(tally.counters["all"]?.packets == 4)
            let found = tally.elements["stopped"]?.sorted { ($0.port ?? 0) < ($1.port ?? 0) } ?? []
            #expect(found.map(\.port) == [53, 54], "the set is full then")
            #expect(found.map(\.count.packets) == [2, 1] && found.allSatisfy { $0.transport == 17 })
            let four = IPAddress.v4(IPv4Address(127, 0, 0, 1))
            let places = tally.elements["stopped4"]?.sorted { ($0.port ?? 0) < ($1.port ?? 0) } ?? []
            #expect(places.map(\.destination) == [four, four] && places.map(\.port) == [53, 55])
            #expect(tally.elements["stopped6"]?.map(\.destination) == [.v6(IPv6Address(high: 0, low: 1))])
            try expect(socket, holds: table)
            #expect(try watcher.takeNews() == false)
            try PrivateNamespace.shell("nft add table inet other")
            #expect(try watcher.takeNews())
        }
    }

    /// Read again and again while another table is changed: each reading is of one moment.
    @Test func aReadingIsOfOneMoment() throws {
        try PrivateNamespace.run {
            let socket = try NftablesSocket()
            try socket.replace(table, owned: true)
            try PrivateNamespace.shell(
                "(for i in 1 2 3 4 5 6 7 8 9; do nft add table inet t$i; done) >/dev/null 2>&1 &")
            for _ in 0..<200 { try expect(socket, holds: table) }
        }
    }
}

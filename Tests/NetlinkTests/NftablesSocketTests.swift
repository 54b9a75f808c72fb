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

    private func listing() throws -> String {
        try PrivateNamespace.shell("nft list ruleset")
            .split(separator: "\n", omittingEmptySubsequences: false)
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
}

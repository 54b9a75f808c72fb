import EventLoop
import LoopTurns
import Policy
import Protocols
import Testing

@testable import Router

/// The resolver inside a VPN, whose tunnel is nothing here.
@Suite struct NameResolverTests {
    @Test func aResolverThatWasStoppedTellsOfItsAnswersAgain() throws {
        let loop = try EventLoop()
        let resolver = NameResolver(loop: loop) { () throws(SystemError) in throw SystemError.noWay("connect") }
        var told = 0
        resolver.onAnswer = { told += 1 }
        let name = try #require(DNSName("peer.example"))
        let families = NameResolution.Families(v4: true, v6: false)
        for round in 1...2 {
            guard case .pending = resolver.lookUp(name, families) else {
                Issue.record("it is known without having been asked")
                return
            }
            #expect(loop.turn(for: .seconds(30)) { told >= round })
            resolver.stop()
        }
    }
}

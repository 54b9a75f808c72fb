import EventLoop
import Guard
import Netlink
import Policy
import Protocols
import Settings
import Testing

/// The guard's life against a kernel that is not there: what it makes of files and of what is at its place.
@Suite(.serialized) struct GuardDaemonTests {
    /// Holds what it is given.
    private final class Kernel: GuardKernel {
        var table: NftTable?
        var handle: UInt64 = 0
        var keeper = GuardReading.Keeper.us
        var isBusy = false

        func read(_ wished: NftTable?) throws(NftablesFailure) -> GuardReading? {
            guard let table else { return nil }
            let counters = Dictionary(table.counters.map { ($0, UInt64(0)) }) { first, _ in first }
            return GuardReading(
                digest: digest(of: table), handle: handle, keeper: keeper, counts: GuardCounts(counters: counters))
        }
        func replace(_ table: NftTable, owned: Bool) -> GuardMachine.WriteEnd {
            self.table = table
            handle += 1
            keeper = owned ? .us : .anybody
            return .done
        }
        func adopt() -> GuardMachine.WriteEnd {
            keeper = .us
            return .done
        }
        func remove() throws(NftablesFailure) { if !isBusy { table = nil } }
        func destroyFlows(
            of users: [UInt32], outward: [UInt32], marks: [UInt32: UInt32]
        ) -> (sockets: UInt64, problem: String?) { (0, nil) }
        func digest(of table: NftTable) -> String { "\(table.hashValue)" }
        var ownersDescriptor: Int32 { -1 }
        func watch(on loop: EventLoop, _ changed: @escaping () -> Void) throws(SystemError) {}
    }

    private let bench: GuardBench
    private let kernel = Kernel()
    private let options: GuardOptions

    init() throws {
        bench = try GuardBench()
        options = GuardOptions(
            file: ConfigurationFile(named: bench.path("x.toml")), routerUser: "no-such-user",
            socket: bench.path("guard.sock"), isOwned: true)
        try write()
    }

    /// With secrets and lists that are not there: the guard asks for none.
    private func write(user: String = "daemon", mode: String = "required") throws {
        let text = """
            [tor]
            socks = "127.0.0.1:9050"
            [proxy.work]
            socks = "192.0.2.7:1080"
            username = "me"
            password-file = "/nonexistent/pass"
            [node]
            user = "\(user)"
            proxy = "127.0.0.1:18950"
            ban-list = "/nonexistent/list"
            [kill-switch]
            guard = "\(mode)"
            """
        try Files.replace(bench.path("x.toml"), with: Array(text.utf8))
    }

    private func daemon() throws(GuardFailure) -> GuardDaemon {
        try GuardDaemon(options, kernel: kernel, isInherited: false, loop: bench.loop) { _ in }
    }

    private func kind(_ body: () throws(GuardFailure) -> Void) -> GuardFailure.Kind? {
        do throws(GuardFailure) {
            try body()
            return nil
        } catch {
            return error.kind
        }
    }

    @Test func itAppliesAndSpeaksAtBothPlaces() throws {
        let daemon = try daemon()
        #expect(kernel.table != nil)
        let client = try bench.client("guard.sock")
        #expect(bench.run { client.lines.count == 1 })
        #expect(client.lines.first?.contains(#""name":"daemon""#) == true)
        let canary = try bench.client("canary.sock")
        canary.say(#"{"verb":"canary"}"#)
        #expect(bench.run { canary.hasEnded }, "who runs the tests is not held")
        withExtendedLifetime(daemon) {}
    }

    @Test(arguments: ["root", "off"]) func withoutAGoodConfigurationAndATableItDoesNotStart(_ what: String) throws {
        try what == "off" ? write(mode: "off") : write(user: "root")
        #expect(kind { () throws(GuardFailure) in _ = try daemon() } == .configuration)
        #expect(kernel.table == nil)
    }

    @Test(arguments: ["root", "off"]) func aTableThatIsThereIsKeptHoweverBadTheConfiguration(_ what: String) throws {
        kernel.table = NftTable(name: Ruleset.tableName, counters: ["rest_1"])
        kernel.keeper = .orphan
        try what == "off" ? write(mode: "off") : write(user: "root")
        let daemon = try daemon()
        #expect(kernel.table == NftTable(name: Ruleset.tableName, counters: ["rest_1"]))
        #expect(kernel.keeper == .us)
        let client = try bench.client("guard.sock")
        #expect(bench.run { client.lines.count == 1 })
        #expect(client.lines.first?.contains(#""proven":false"#) == true)
        withExtendedLifetime(daemon) {}
    }

    @Test func aSecondGuardChangesNothing() throws {
        let first = try daemon()
        let handle = kernel.handle
        #expect(kind { () throws(GuardFailure) in _ = try daemon() } == .socket)
        #expect(kernel.handle == handle)
        #expect(kind { () throws(GuardFailure) in _ = try GuardErrands.remove(options, kernel: kernel) } == .socket)
        #expect(kernel.table != nil)
        withExtendedLifetime(first) {}
    }

    @Test func removeProvesThatItIsGone() throws {
        kernel.table = NftTable(name: Ruleset.tableName, counters: ["rest_1"])
        kernel.keeper = .orphan
        kernel.isBusy = true
        #expect(kind { () throws(GuardFailure) in _ = try GuardErrands.remove(options, kernel: kernel) } == .kernel)
        kernel.isBusy = false
        let sentence = try GuardErrands.remove(options, kernel: kernel)
        #expect(sentence.contains("daemon (user 1)"))
        #expect(kernel.table == nil)
        #expect(try GuardErrands.remove(options, kernel: kernel).contains("nobody"))
        kernel.table = NftTable(name: Ruleset.tableName)
        kernel.keeper = .another
        #expect(kind { () throws(GuardFailure) in _ = try GuardErrands.remove(options, kernel: kernel) } == .socket)
    }

    @Test func onceLeavesWhatTheNextGuardTakesUp() throws {
        let sentence = try GuardErrands.apply(options, kernel: kernel, loop: bench.loop) { _ in }
        #expect(sentence.contains("daemon"))
        let handle = kernel.handle
        kernel.keeper = .orphan
        let daemon = try daemon()
        #expect(kernel.handle == handle)
        #expect(kernel.keeper == .us)
        withExtendedLifetime(daemon) {}
    }

    @Test func textNeedsNoKernel() throws {
        try write(mode: "off")
        let (text, problem) = try GuardErrands.text(of: options)
        #expect(text.contains("chain user_1 {"))
        #expect(problem == nil)
        try write(user: "no-such-user-2")
        #expect(try GuardErrands.text(of: options).problem?.contains("no-such-user-2") == true)
    }
}

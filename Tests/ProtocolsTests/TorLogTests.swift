import Protocols
import Testing

/// Tor's log, as lines of a real one.
@Suite struct TorLogTests {
    private func read(_ text: String, size: Int = .max) -> [TorLogLine] {
        var reader = TorLogReader()
        var lines: [TorLogLine] = []
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let part = Array(rest.prefix(size))
            rest = rest.dropFirst(part.count)
            lines += reader.receive(part.span)
        }
        return lines
    }

    private static let log = """
        Nov 25 15:45:07.781 [notice] Tor 0.4.9.11 running on Linux with Libevent 2.1.12-stable.
        Nov 25 15:45:07.000 [warn] You are running Tor as root. You don't need to, and you probably shouldn't.
        Configuration was valid
        Nov 25 15:45:07 [notice] Bootstrapped 45% (requesting_descriptors): Asking for relay descriptors
        Nov 25 15:45:09.834 [err] Reading config failed--see warnings above.
        Nov 25 15:45:09.834 [info] nothing
        not finished
        """

    @Test(arguments: [1, 7, 1000])
    func isReadByLines(_ size: Int) {
        let lines = read(Self.log, size: size)
        #expect(lines.map(\.severity) == [.notice, .warn, .notice, .err, .info])
        #expect(lines[0].message == "Tor 0.4.9.11 running on Linux with Libevent 2.1.12-stable.")
        #expect(
            lines.map { $0.bootstrap?.sentence } == [
                nil, nil, "bootstrapped 45 %: asking for relay descriptors", nil, nil,
            ])
    }

    @Test func theControlPortsOpeningIsSeen() {
        let lines = read(
            "Nov 25 15:45:07.815 [notice] Opening Control listener on /x/control\n"
                + "Nov 25 15:45:07.815 [notice] Opened Socks listener connection (ready) on /x/socks\n"
                + "Nov 25 15:45:07.815 [notice] Opened Control listener connection (ready) on /x/control\n")
        #expect(lines.map(\.opensControl) == [false, false, true])
    }

    @Test func whatIsNoLineIsNone() {
        #expect(read("\n\n[] x\n[oops] x\nthis line has its bracket too late for a date [warn] x\n").isEmpty)
        #expect(read("[warn]\n") == [TorLogLine(.warn, "")])
        #expect(read("Nov 25 15:45:07.815 [notice] Bootstrapped 101% (x): y\n").first?.bootstrap == nil)
        #expect(read("Nov 25 15:45:07.815 [notice] Bootstrapped (x): y\n").first?.bootstrap == nil)
        #expect(read("Nov 25 15:45:07.815 [notice] Bootstrapped 7%\n").first?.bootstrap?.sentence == "bootstrapped 7 %")
    }

    @Test func aLongLineIsCutAndAnOddOneMadePrintable() {
        let lines = read(
            "Nov 25 15:45:07.815 [warn] " + String(repeating: "x", count: 5000)
                + "\nNov 25 15:45:07.815 [warn] a\u{1b}[2Jb\n")
        #expect(lines.count == 2)
        #expect(lines[0].message.utf8.count == TorLogReader.longestLine - 27)
        #expect(lines[1].message == "a\u{fffd}[2Jb")
    }
}

import Policy
import Protocols
import Testing

/// /proc/net as the kernel writes it, and who of the confined users waits for others than this machine.
@Suite struct ListenerAuditTests {
    private static let tcp = """
          sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
           0: 0100007F:46A1 00000000:0000 0A 00000000:00000000 00:00000000 00000000   107        0 12345 1 0 100 0 0 10 0
           1: 00000000:46A0 00000000:0000 0A 00000000:00000000 00:00000000 00000000   107        0 12346 1 0 100 0 0 10 0
           2: 00000000:0016 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 12347 1 0 100 0 0 10 0
           3: 0100007F:46A1 0100007F:D431 01 00000000:00000000 00:00000000 00000000   107        0 12348 1 0 100 0 0 10 0
        """
    private static let tcp6 = """
           0: 00000000000000000000000001000000:46A1 00000000000000000000000000000000:0000 0A 0:0 0:0 0   107        0 1
           1: 00000000000000000000000000000000:46A0 00000000000000000000000000000000:0000 0A 0:0 0:0 0   107        0 2
           2: 0000000000000000FFFF00000100007F:46A2 00000000000000000000000000000000:0000 0A 0:0 0:0 0   107        0 3
        """
    private static let udp = """
           0: 00000000:076C 00000000:0000 07 00000000:00000000 00:00000000 00000000   107        0 12349 2 0 0
        """

    private func read(_ text: String, isTCP: Bool = true) -> [WaitingSocket] {
        WaitingSocket.read(Array(text.utf8), isTCP: isTCP)
    }

    @Test func listenersAreRead() {
        #expect(
            read(Self.tcp).map { "\($0.address):\($0.port) \($0.user)" } == [
                "127.0.0.1:18081 107", "0.0.0.0:18080 107", "0.0.0.0:22 0",
            ])
        #expect(read(Self.tcp6).map { "\($0.address)" } == ["::1", "::", "::ffff:7f00:1"])
        #expect(read(Self.udp, isTCP: false).map(\.port) == [1900])
        #expect(read(Self.udp).isEmpty)
    }

    @Test func nonsenseIsPassedOver() {
        for line in [
            "", "x", "0: 0100007F 0 0A 0 0 0 107", "0: 0100007F:46A 0 0A 0 0 0 107", "0: 010000:46A1 0 0A 0 0 0 107",
            "0: 0100007G:46A1 0 0A 0 0 0 107", "0: 0100007F:46A1 0 0A 0 0 0 -1", "0: 0100007F:46A1 0 0A 0 0 0",
        ] { #expect(read(line).isEmpty, "\(line)") }
        #expect(WaitingSocket.read([0xff, 0x20, 0x0a], isTCP: true).isEmpty)
    }

    private func found(
        _ sockets: [WaitingSocket], _ evidence: GuardEvidence = DoctorSamples.proven, unread: [String] = [],
        cookies: Int? = 1, fastOpen: Int? = 1
    ) -> [String] {
        ListenerAudit.findings(
            sockets, unread: unread, guard: evidence,
            kernel: ListenerAudit.Kernel(synCookies: cookies, fastOpen: fastOpen)
        ).map { "\($0.severity.rawValue): \($0.reveals)" }
    }

    @Test func onlyTheirsOutsideLoopback() {
        #expect(
            found(read(Self.tcp)) == [
                "warning: 0.0.0.0:18080 answers whoever reaches this machine; the guard stops it"
            ])
        #expect(
            found(read(Self.tcp6)) == ["warning: [::]:18080 answers whoever reaches this machine; the guard stops it"])
        #expect(
            found(read(Self.tcp), DoctorSamples.canaryFailed) == [
                "leak: 0.0.0.0:18080 answers whoever reaches this machine"
            ])
        #expect(
            found(read(Self.udp, isTCP: false)).first?.hasPrefix("warning: it has UDP sockets at port 1900") == true)
        #expect(found([]) == ["ok: none outside loopback"])
    }

    /// Of what could not be looked at nothing is said to be in order.
    @Test func whatCannotBeReadIsNotCalledEmpty() {
        let unread = ["/proc/net/udp cannot be read (Permission denied)"]
        let said = "warning: not all are examined: /proc/net/udp cannot be read (Permission denied)"
        #expect(found([], unread: unread) == [said])
        let some = found(read(Self.tcp), unread: unread)
        #expect(some.count == 2 && some.first?.contains("0.0.0.0:18080") == true && some.last == said)
    }

    /// The kernel's own answers have no socket by which a user could be known.
    @Test func whatTheKernelAnswersItself() {
        let sockets = read(Self.tcp)
        #expect(found(sockets, cookies: 2).contains { $0.hasPrefix("warning: with tcp_syncookies=2") })
        #expect(found(sockets, fastOpen: 3).contains { $0.hasPrefix("warning: with tcp_fastopen=3") })
        #expect(found(sockets, cookies: nil, fastOpen: nil).count == 1)
        #expect(found([], cookies: 2, fastOpen: 3) == ["ok: none outside loopback"])
    }
}

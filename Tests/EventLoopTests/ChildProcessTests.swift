import CTestSystem
import EventLoop
import Protocols
import Testing

/// What a child process is given, and how its end is noticed.
@Suite(.serialized) struct ChildProcessTests {
    private let loop: EventLoop

    init() throws {
        loop = try EventLoop()
    }

    private func shell(_ script: String, environment: [String] = ["PATH=/usr/bin:/bin"]) -> ChildProcess.Program {
        ChildProcess.Program(path: "/bin/sh", arguments: ["-c", script], environment: environment, directory: "/")
    }

    /// Runs it to its end, at most 10 s.
    private func run(
        _ program: ChildProcess.Program, usesProcessDescriptor: Bool = true, then: (ChildProcess) -> Void = { _ in }
    ) throws -> (said: String, ending: ChildProcess.Ending?) {
        var said: [UInt8] = []
        var ending: ChildProcess.Ending?
        let child = try ChildProcess(program, loop: loop, usesProcessDescriptor: usesProcessDescriptor)
        child.onOutput = { bytes in for index in bytes.indices { said.append(bytes[index]) } }
        child.onEnded = {
            ending = $0
            loop.stop()
        }
        then(child)
        let limit = Watch.timer(on: loop) { loop.stop() }
        limit.schedule(after: .seconds(10))
        loop.run()
        return (String(decoding: said, as: UTF8.self), ending)
    }

    @Test(arguments: [true, false])
    func itsWordsAndItsEndAreTold(_ usesProcessDescriptor: Bool) throws {
        let (said, ending) = try run(
            shell("echo out; echo err >&2; exit 3"), usesProcessDescriptor: usesProcessDescriptor)
        #expect(said == "out\nerr\n")
        #expect(ending == .exited(3))
        #expect("\(ChildProcess.Ending.exited(3))" == "exit status 3")
        let killed = try run(shell("kill -9 $$"), usesProcessDescriptor: usesProcessDescriptor)
        #expect(killed.ending == .killed(signal: 9))
        #expect(killed.ending.map { "\($0)" } == "killed by signal 9 (Killed)")
    }

    @Test func allThatItSaysIsHandedOver() throws {
        let (said, ending) = try run(shell("i=0; while [ $i -lt 20000 ]; do echo $i; i=$((i+1)); done"))
        #expect(said.split(separator: "\n").count == 20000)
        #expect(ending == .exited(0))
    }

    /// Descriptors, signals, environment, directory, session, mask: all as written down here, whatever ours are.
    @Test func nothingOfOursReachesIt() throws {
        let script = """
            ls -l /proc/self/fd | sed -n 's/.* \\([0-9]*\\) -> \\([^:]*\\).*/\\1 \\2/p' | grep -v /proc
            sed -n '/^Sig[BIC]/p' /proc/self/status
            env | grep -v -e ^PWD= -e ^_= -e ^SHLVL= | sort
            pwd
            umask
            read -r pid comm state parent group session rest </proc/$$/stat
            [ $$ = $pid ] && [ $pid = $group ] && [ $pid = $session ] && echo alone
            """
        // One that exec would keep.
        let leaked = Descriptor(owning: test_open_inheritable())
        var program = shell(script, environment: ["PATH=/usr/bin:/bin", "A=b c"])
        program.directory = "/usr"
        let (said, ending) = try run(program)
        #expect(leaked.raw > 0)
        #expect(ending == .exited(0))
        let nothing = "0000000000000000"
        #expect(
            said == """
                0 /dev/null
                1 pipe
                2 pipe
                SigBlk:\t\(nothing)
                SigIgn:\t\(nothing)
                SigCgt:\t\(nothing)
                A=b c
                PATH=/usr/bin:/bin
                /usr
                0077
                alone

                """)
    }

    @Test func whatCannotBeStartedIsAnError() {
        func failure(_ program: ChildProcess.Program) -> String {
            do throws(SystemError) {
                _ = try ChildProcess(program, loop: loop)
                return "started"
            } catch {
                return error.description
            }
        }
        var program = shell("true")
        program.path = "/nonexistent/program"
        #expect(failure(program) == "start /nonexistent/program: No such file or directory")
        program.path = "/etc/passwd"
        #expect(failure(program) == "start /etc/passwd: Permission denied")
        program = shell("true")
        program.directory = "/nonexistent"
        #expect(failure(program) == "start /bin/sh: No such file or directory")
        program = shell("true\u{0}false")
        #expect(failure(program) == "start /bin/sh: Invalid argument")
    }

    @Test func whoDoesNotEndWhenAskedIsKilled() throws {
        let (_, ending) = try run(shell("trap '' TERM; echo up; while :; do sleep 1; done")) { child in
            child.onOutput = { _ in child.end(within: .milliseconds(50)) }
        }
        #expect(ending == .killed(signal: 9))
        let polite = try run(shell("echo up; sleep 60")) { child in
            child.onOutput = { _ in child.end(within: .seconds(5)) }
        }
        #expect(polite.ending == .killed(signal: 15))
    }

    /// A program that it left behind keeps neither the pipe nor itself.
    @Test func itsOwnChildrenEndWithIt() throws {
        let (said, ending) = try run(shell("sleep 60 & echo $!; exit 0"))
        #expect(ending == .exited(0))
        let left = try #require(said.split(separator: "\n").first)
        // Dead, or a zombie that whoever it fell to has not looked at.
        for _ in 0..<100 where isRunning(left) { turn(.milliseconds(10)) }
        #expect(!isRunning(left))
    }

    @Test func theEndOfTheLoopEndsAll() throws {
        let stubborn = try ChildProcess(shell("trap '' TERM; while :; do sleep 1; done"), loop: loop)
        let polite = try ChildProcess(shell("exec sleep 60"), loop: loop)
        stubborn.onEnded = { _ in Issue.record("a handler was called") }
        // Time for the trap to be set.
        turn(.milliseconds(200))
        let began = loop.now
        loop.endChildren(within: .milliseconds(300))
        #expect(loop.now - began < .seconds(3))
        #expect(!isRunning("\(stubborn.id)") && !isRunning("\(polite.id)"))
        polite.send(ChildProcess.terminate)
        turn(.milliseconds(20))
    }

    private func isRunning(_ id: some StringProtocol) -> Bool {
        guard let stat = try? Files.read("/proc/\(id)/stat", limit: 4096) else { return false }
        return !String(decoding: stat.bytes, as: UTF8.self).contains(") Z ")
    }

    private func turn(_ time: Duration) {
        let end = Watch.timer(on: loop) { loop.stop() }
        end.schedule(after: time)
        loop.run()
    }
}

/// Where programs are found.
@Suite struct ProgramSearchTests {
    @Test func looksInAbsoluteDirectoriesOnly() {
        #expect(ProgramSearch.places(of: "tor", path: "/a:b::./c:/d e:") == ["/a/tor", "/d e/tor"])
        #expect(ProgramSearch.places(of: "tor", path: "") == [])
        #expect(ProgramSearch.places(of: "tor", path: nil) == ["/usr/sbin/tor", "/usr/bin/tor"])
    }

    @Test func findsTheFirstThatCanBeExecuted() {
        #expect(ProgramSearch.find("env", path: "/nonexistent:/etc:/usr/bin:/bin") == "/usr/bin/env")
        // A directory, and a file that is no program.
        #expect(ProgramSearch.find("bin", path: "/usr") == nil)
        #expect(ProgramSearch.find("passwd", path: "/etc") == nil)
    }
}

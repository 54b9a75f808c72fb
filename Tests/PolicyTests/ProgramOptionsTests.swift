import Policy
import Testing

/// Options are read as Boost reads them: the command line first, then the file.
@Suite struct ProgramOptionsTests {
    private func read(_ arguments: [String], _ file: String? = nil) -> ProgramOptions {
        ProgramOptions(.monerod, arguments: arguments, file: file.map { Array($0.utf8) })
    }

    @Test func valuesAndFlagsOfTheCommandLine() {
        let options = read(["--proxy", "127.0.0.1:1", "--p2p-bind-ip=127.0.0.2", "--no-igd", "--offline", "status"])
        #expect(options.text("proxy") == "127.0.0.1:1")
        #expect(options.text("p2p-bind-ip") == "127.0.0.2")
        #expect(options.isSet("no-igd") && options.isSet("offline") && !options.isSet("no-zmq"))
        #expect(options.unknown.isEmpty)
    }

    @Test func theFileWithCommentsSpacesAndRepeatedKeys() {
        let file = """
            # a node
              proxy = 127.0.0.1:18950  # the router
            add-peer=192.0.2.1:18080
            add-peer = node.example:18080
            no-igd=1\r
            offline=FALSE
            hide-my-port=
            nonsense
            =1
            """
        let options = read([], file)
        #expect(options.text("proxy") == "127.0.0.1:18950")
        #expect(options.all("add-peer").map(\.value) == ["192.0.2.1:18080", "node.example:18080"])
        #expect(options.all("add-peer").map(\.line) == [3, 4])
        #expect(options.isSet("no-igd") && options.isSet("hide-my-port") && !options.isSet("offline"))
    }

    /// Of an option with several values too: Boost takes them from one source.
    @Test func theCommandLineOverridesTheFile() {
        let options = read(
            ["--proxy", "127.0.0.1:1", "--add-peer", "192.0.2.1:1"], "proxy=127.0.0.1:2\nadd-peer=x.example\noffline=1")
        #expect(options.text("proxy") == "127.0.0.1:1")
        #expect(options.all("add-peer").map(\.value) == ["192.0.2.1:1"])
        #expect(options.isSet("offline"))
    }

    /// Boost takes a name that is cut short, as far as it means one option.
    @Test func shortenedNames() {
        #expect(read(["--proxy-allow"]).isSet("proxy-allow-dns-leaks"))
        #expect(read(["--p2p-bind-i=x"]).text("p2p-bind-ip") == nil, "p2p-bind-ip or p2p-bind-ipv6-address")
        #expect(read(["--p2p-bind-i=x"]).unknown == ["p2p-bind-i"])
        #expect(read(["--add-pr", "y"]).text("add-priority-node") == "y")
        #expect(read([], "proxy-allow=1").unknown == ["proxy-allow"], "not in a file")
    }

    @Test func whatIsNotKnownIsNamedAndItsValueIsNot() {
        let options = read(["--brand-new", "secret", "--proxy", "127.0.0.1:1"], "[a]\nproxy=1\n[b\nother=2")
        #expect(options.unknown == ["brand-new", "a.proxy", "a.other"])
        #expect(options.text("proxy") == "127.0.0.1:1")
    }

    @Test func whatStandsLastOrAlone() {
        #expect(read(["--proxy"]).text("proxy") == "")
        #expect(read(["--", "--offline"]).isSet("offline") == false)
        #expect(read(["", "-", "--", "--="]).settings.isEmpty)
        #expect(read([], "").settings.isEmpty)
        #expect(ProgramOptions(.monerod, arguments: [], file: [0xff, 0x3d, 0xfe, 0x0a, 0x00]).settings.isEmpty)
    }

    @Test func processArgumentsAreEndedByZeros() {
        #expect(processArguments(Array("monerod\0--proxy\0\0x\0".utf8)) == ["monerod", "--proxy", "", "x"])
        #expect(processArguments([]).isEmpty)
        #expect(processArguments(Array("a".utf8)) == ["a"])
    }

    @Test func theFileThatARunningMonerodHasRead() {
        let environment = Array("PATH=/bin\0HOME=/var/lib/monero\0".utf8)
        func file(_ arguments: [String], _ environment: [UInt8]?, _ directory: String?) -> String? {
            MonerodPlaces.file(read(arguments), environment: environment, directory: directory).path
        }
        #expect(file([], environment, "/") == "/var/lib/monero/.bitmonero/bitmonero.conf")
        #expect(file(["--stagenet"], environment, nil) == "/var/lib/monero/.bitmonero/stagenet/bitmonero.conf")
        #expect(file(["--config-file", "/etc/m.conf"], nil, nil) == "/etc/m.conf")
        #expect(file(["--config-file=m.conf"], environment, "/srv") == "/srv/m.conf")
        #expect(file(["--config-file=m.conf"], environment, nil) == nil)
        #expect(file([], nil, "/") == nil)
        #expect(file([], [], "/") == "/.bitmonero/bitmonero.conf", "as without HOME")
    }
}

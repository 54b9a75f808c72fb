import CTestSystem
import EventLoop
import Protocols
import Testing

@testable import Router

/// Where things are, by who runs and what the environment says.
@Suite(.serialized) struct PlacesTests {
    private static let names = ["STATE_DIRECTORY", "XDG_STATE_HOME", "XDG_RUNTIME_DIR", "HOME"]

    /// Runs `body` in an environment of these variables alone.
    private func with<Value>(_ environment: [String: String], _ body: () -> Value) -> Value {
        let before = Self.names.map { ($0, ThisProcess.environment($0)) }
        defer { for (name, value) in before { set(name, value) } }
        for name in Self.names { set(name, environment[name]) }
        return body()
    }

    private func set(_ name: String, _ value: String?) {
        unsafe test_set_environment(name, value)
    }

    private var isRoot: Bool { ThisProcess.user == 0 }

    private func stateDirectory(_ environment: [String: String]) -> String? {
        with(environment) { try? Places.stateDirectory() }
    }

    @Test func theServiceManagersFirstStateDirectoryIsOurs() {
        #expect(
            stateDirectory(["STATE_DIRECTORY": "/var/lib/xmr-routed:/var/lib/other", "HOME": "/h"])
                == "/var/lib/xmr-routed")
    }

    @Test func aUsersStateIsUnderTheirHomeAndRootsIsThePackages() {
        let root = "/var/lib/xmr-routed"
        #expect(
            stateDirectory(["XDG_STATE_HOME": "/x/state", "HOME": "/h"])
                == (isRoot ? root : "/x/state/xmr-routed"))
        #expect(stateDirectory(["HOME": "/h"]) == (isRoot ? root : "/h/.local/state/xmr-routed"))
        #expect(stateDirectory([:]) == (isRoot ? root : nil), "a user without a home is told what to set")
    }

    @Test func theControlSocketIsTheOneThatIsNamed() {
        with(["XDG_RUNTIME_DIR": "/run/user/1000"]) {
            #expect(Places.controlSocket(configured: "/x/c.sock") == "/x/c.sock")
            #expect(Places.controlSocketToAsk(option: "/o", configured: "/c") == "/o")
            #expect(Places.controlSocketToAsk(option: nil, configured: "/c") == "/c")
            let own = isRoot ? "/run/xmr-routed/control.sock" : "/run/user/1000/xmr-routed/control.sock"
            #expect(Places.controlSocket(configured: nil) == own)
        }
        with([:]) {
            #expect(Places.controlSocket(configured: nil) == "/run/xmr-routed/control.sock")
            #expect(Places.controlSocketToAsk(option: nil, configured: nil) == "/run/xmr-routed/control.sock")
        }
    }

    @Test func aUsersOwnRouterIsAskedOnlyWhereThereIsOne() throws {
        let directory = try TemporaryDirectory()
        func asked() -> String {
            with(["XDG_RUNTIME_DIR": directory.path]) { Places.controlSocketToAsk(option: nil, configured: nil) }
        }
        #expect(asked() == "/run/xmr-routed/control.sock")
        try Files.makeDirectory(directory.path + "/xmr-routed", mode: 0o700)
        let path = directory.path + "/xmr-routed/control.sock"
        let listener = try Socket.listen(at: .unix(path))
        #expect(asked() == (isRoot ? "/run/xmr-routed/control.sock" : path), "root's is the package's")
        _ = listener.raw
    }
}

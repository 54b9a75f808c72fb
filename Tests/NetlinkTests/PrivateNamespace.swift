import CTestSystem
import EventLoop
import Testing

/// A network namespace of the test's own, on the thread that runs it: tests in one must not suspend.
enum PrivateNamespace {
    /// Whether one can be made, and nft is there to look at it with.
    static let isPossible: Bool = {
        let old = test_enter_namespace()
        guard old >= 0 else { return false }
        defer { test_leave_namespace(old) }
        return (try? shell("nft --version && ip link set lo up")) != nil
    }()

    /// What to say where it cannot.
    static let needs: Comment = "needs root, network namespaces, nft and ip"

    /// Runs `body` in a new one, with loopback up.
    static func run(_ body: () throws -> Void) throws {
        let old = test_enter_namespace()
        try #require(old >= 0, "no namespace")
        defer { test_leave_namespace(old) }
        try shell("ip link set lo up")
        try body()
    }

    /// A shell's command failed.
    struct Failure: Error {
        let output: String
    }

    /// Runs a command there: what it printed.
    @discardableResult
    static func shell(_ command: String) throws -> String {
        var status: Int32 = 0
        guard let text = unsafe test_run("{ \(command)\n} 2>&1", &status) else { throw Failure(output: command) }
        defer { unsafe test_free(text) }
        let output = unsafe String(cString: text)
        guard status == 0 else { throw Failure(output: output) }
        return output
    }

    /// Whether a command fails, and says why with this in it.
    static func refuses(_ command: String, _ reason: String) -> Bool {
        do {
            try shell(command)
            return false
        } catch {
            return (error as? Failure)?.output.contains(reason) ?? false
        }
    }
}

import EventLoop
import Policy
import Testing

@testable import Router

/// The lock on disk: it outlives the process, and whatever is wrong with it locks.
@Suite struct LockStoreTests {
    private let directory: TemporaryDirectory
    private let store: LockStore
    private var state: String { directory.path + "/a/state" }

    init() throws {
        directory = try TemporaryDirectory()
        store = LockStore(stateDirectory: directory.path + "/a/state")
    }

    private func put(_ text: String) throws {
        try Files.makeDirectory(state, mode: 0o700)
        try Files.replace(store.path, with: Array(text.utf8))
    }

    private func contents() throws -> String {
        String(decoding: try Files.read(store.path, limit: 100).bytes, as: UTF8.self)
    }

    @Test func theFirstStartIsUnlockedAndMakesItsDirectory() throws {
        #expect(store.read() == .unlocked)
        #expect(mode(of: state) == 0o700)
        #expect(mode(of: store.path) == 0o600)
        #expect(try contents() == "unlocked\n")
    }

    @Test func whatIsWrittenIsReadByTheNextStart() throws {
        for state in [LockState.locked, .unlocked, .locked] {
            try store.write(state)
            #expect(LockStore(stateDirectory: self.state).read() == state)
            #expect(mode(of: store.path) == 0o600)
        }
        try store.write(.unknown("why"))
        #expect(store.read() == .locked)
    }

    /// Reading proves that it could write, and leaves no trace of that.
    @Test func readingChangesNothing() throws {
        for word in ["locked\n", "unlocked\n", "garbage"] {
            try put(word)
            _ = store.read()
            #expect(try contents() == word)
            #expect(Files.kind(of: state + "/probe") == .missing)
            #expect(Files.kind(of: store.path + ".new") == .missing)
        }
    }

    @Test(arguments: ["", "unlocked", "unlocked\n\n", "UNLOCKED\n", "locked\nunlocked\n", "\0\0\0\0\0\0\0\0\0"])
    func aCorruptFileLocksAndAnUnlockMendsIt(_ text: String) throws {
        try put(text)
        guard case .unknown(let sentence) = store.read() else {
            Issue.record("\(text.debugDescription) is believed")
            return
        }
        #expect(sentence.contains(store.path))
        try store.write(.unlocked)
        #expect(store.read() == .unlocked)
    }

    @Test func aFileThatIsTooLongLocks() throws {
        try put(String(repeating: "unlocked\n", count: 1000))
        #expect(store.read().isLocked)
    }

    @Test func whatIsNoFileLocks() throws {
        try Files.makeDirectory(store.path, mode: 0o700)
        #expect(store.read().isLocked)
        #expect(throws: SystemError.self) { try store.write(.unlocked) }
        #expect(store.read().isLocked)
    }

    @Test func aDirectoryThatIsAFileLocks() throws {
        try Files.makeDirectory(directory.path + "/a", mode: 0o700)
        try Files.replace(state, with: [1])
        #expect(store.read().isLocked)
        #expect(throws: SystemError.self) { try store.write(.unlocked) }
    }

    @Test(arguments: [0o722, 0o702, 0o720, 0o777, 0o770] as [UInt32])
    func aPlaceThatOthersMayWriteIsNotBelieved(_ mode: UInt32) throws {
        try put("unlocked\n")
        setMode(of: state, mode)
        #expect(store.read().isLocked)
        setMode(of: state, 0o700)
        #expect(store.read() == .unlocked)
        setMode(of: store.path, mode & 0o666)
        #expect(store.read().isLocked)
    }

    /// systemd's DynamicUser keeps the state directory behind a link: the link's own mode means nothing.
    @Test func aDirectoryBehindALinkIsJudgedByWhatItLinksTo() throws {
        try put("unlocked\n")
        let link = directory.path + "/link"
        #expect(makeLink(at: link, to: state))
        #expect(LockStore(stateDirectory: link).read() == .unlocked)
        setMode(of: state, 0o777)
        #expect(LockStore(stateDirectory: link).read().isLocked)
        setMode(of: state, 0o700)
        try LockStore(stateDirectory: link).write(.locked)
        #expect(store.read() == .locked)
    }

    /// A lock file that is a link may point to what others write.
    @Test func aLockThatIsALinkLocks() throws {
        try put("unlocked\n")
        let elsewhere = directory.path + "/elsewhere"
        try Files.replace(elsewhere, with: Array("unlocked\n".utf8))
        Files.remove(store.path)
        #expect(makeLink(at: store.path, to: elsewhere))
        #expect(store.read().isLocked)
        Files.remove(elsewhere)
        #expect(store.read().isLocked, "a link to nothing is no first start")
    }
}

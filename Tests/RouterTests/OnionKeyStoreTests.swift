import EventLoop
import Policy
import Protocols
import Testing

@testable import Router

@Suite struct OnionKeyStoreTests {
    private func made() throws -> (OnionKeyStore, TemporaryDirectory, path: String, OnionKeyFile) {
        let directory = try TemporaryDirectory()
        let store = OnionKeyStore(directory: directory.path + "/state/inbound")
        let key = try #require(TorOnionKey(FakeTor.key.utf8))
        return (
            store, directory, store.directory + "/tor.p2p.key",
            OnionKeyFile(address: FakeTor.address + ".onion", key: key)
        )
    }

    @Test func aKeyIsKeptForItsOwnerAlone() throws {
        let (store, directory, path, file) = try made()
        #expect(store.read(path) == .success(nil))
        #expect(store.write(file, to: path) == nil)
        #expect(store.read(path) == .success(file))
        #expect(store.write(file, to: path) != nil, "never over another")
        #expect(mode(of: path) & 0o7777 == 0o600)
        #expect(mode(of: store.directory) & 0o7777 == 0o700)
        withExtendedLifetime(directory) {}
    }

    @Test(arguments: [0o640, 0o604, 0o620, 0o602] as [UInt32])
    func aKeyThatOthersCanReadOrWriteIsNotTaken(_ wrong: UInt32) throws {
        let (store, directory, path, file) = try made()
        #expect(store.write(file, to: path) == nil)
        setMode(of: path, wrong)
        #expect(store.read(path) == .failure(.exposed(path: path)))
        withExtendedLifetime(directory) {}
    }

    @Test func whatIsNoKeyIsDamagedAndStays() throws {
        let (store, directory, path, file) = try made()
        #expect(store.write(file, to: path) == nil)
        try Files.replace(path, with: [1, 2, 3])
        #expect(store.read(path) == .failure(.malformed(path: path)))
        #expect(try Files.read(path, limit: 10).bytes == [1, 2, 3])
        try Files.replace(path, with: [UInt8](repeating: 0x61, count: OnionKeyFile.limit + 1))
        guard case .failure(.unreadable) = store.read(path) else {
            Issue.record("read whole")
            return
        }
        Files.remove(path)
        try Files.makeDirectory(path, mode: 0o700)
        guard case .failure(.unreadable) = store.read(path) else {
            Issue.record("a directory is a key")
            return
        }
        #expect(store.write(file, to: path) != nil)
        withExtendedLifetime(directory) {}
    }

    /// Nobody's link leads us to write or read elsewhere.
    @Test func aLinkInPlaceOfTheDirectoryIsRefused() throws {
        let directory = try TemporaryDirectory()
        try Files.makeDirectory(directory.path + "/elsewhere", mode: 0o700)
        #expect(makeLink(at: directory.path + "/inbound", to: directory.path + "/elsewhere"))
        let store = OnionKeyStore(directory: directory.path + "/inbound")
        let key = try #require(TorOnionKey(FakeTor.key.utf8))
        let file = OnionKeyFile(address: FakeTor.address + ".onion", key: key)
        #expect(store.write(file, to: store.directory + "/tor.p2p.key") != nil)
        #expect(Files.kind(of: directory.path + "/elsewhere/tor.p2p.key") == .missing)
    }
}

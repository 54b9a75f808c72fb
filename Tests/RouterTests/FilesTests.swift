import EventLoop
import Testing

/// Directories for one user alone, and locks.
@Suite struct FilesTests {
    @Test func aPrivateDirectoryIsMadeOrClosed() throws {
        let place = try TemporaryDirectory()
        let path = place.path + "/a/b"
        try Files.makePrivateDirectory(path)
        #expect(mode(of: path) & 0o777 == 0o700)
        setMode(of: path, 0o755)
        try Files.makePrivateDirectory(path)
        #expect(mode(of: path) & 0o777 == 0o700)
    }

    @Test func aLinkOrAFileIsNone() throws {
        let place = try TemporaryDirectory()
        #expect(makeLink(at: place.path + "/link", to: "/tmp"))
        #expect(throws: SystemError.self) { try Files.makePrivateDirectory(place.path + "/link") }
        try Files.replace(place.path + "/file", with: [])
        #expect(throws: SystemError.self) { try Files.makePrivateDirectory(place.path + "/file") }
    }

    @Test func aLockIsOneHoldersUntilItIsLetGo() throws {
        let place = try TemporaryDirectory()
        let path = place.path + "/lock"
        func isFree() throws -> Bool {
            switch try FileLock.take(path) {
            case .some: true
            case .none: false
            }
        }
        do {
            let held = try FileLock.take(path)
            #expect(try !isFree())
            _ = consume held
        }
        #expect(try isFree())
        #expect(mode(of: path) & 0o777 == 0o600)
        #expect(throws: SystemError.self) { _ = try FileLock.take(place.path + "/missing/lock") }
    }
}

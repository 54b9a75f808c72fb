import CTestSystem
import EventLoop
import Testing

/// Users as /etc/passwd has them, and what tells that a file has changed.
@Suite struct UsersTests {
    @Test func namesAndNumbersLeadToEachOther() throws {
        #expect(ThisProcess.userName(of: 0) == "root")
        #expect(try ThisProcess.userID(of: "root") == 0)
        #expect(try ThisProcess.userID(of: "daemon").flatMap { ThisProcess.userName(of: $0) } == "daemon")
    }

    @Test func whoIsNotThereHasNeither() throws {
        #expect(ThisProcess.userName(of: 4_000_101) == nil)
        for name in ["", "roo", "root:x", "0", "no-such-user"] { #expect(try ThisProcess.userID(of: name) == nil) }
    }

    @Test func groupsHaveNumbersToo() {
        #expect(ThisProcess.groupID(of: "root") == 0)
        #expect(ThisProcess.groupID(of: "no-such-group") == nil)
        #expect(ThisProcess.groupID(of: "") == nil)
    }

    @Test func aStampChangesWithItsFile() throws {
        var template = Array("/tmp/xmr-routed-stamp.XXXXXX".utf8CString)
        try #require(unsafe template.withUnsafeMutableBufferPointer { unsafe test_make_directory($0.baseAddress) } == 0)
        let directory = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        defer { unsafe test_remove(directory) }
        let path = directory + "/file"
        #expect(Files.stamp(of: path) == nil)
        try Files.replace(path, with: [1])
        let first = try #require(Files.stamp(of: path))
        #expect(Files.stamp(of: path) == first)
        try Files.replace(path, with: [2])
        #expect(Files.stamp(of: path) != first, "another file of the same size")
        #expect(unsafe test_make_link(directory + "/link", path) == 1)
        #expect(Files.stamp(of: directory + "/link") == Files.stamp(of: path))
    }
}

import CTestSystem
import EventLoop

/// A directory that is gone after the test.
final class TemporaryDirectory {
    let path: String

    init() throws {
        var template = Array("/tmp/xmr-routed-test-XXXXXX".utf8CString)
        let failure = unsafe template.withUnsafeMutableBufferPointer { unsafe test_make_directory($0.baseAddress) }
        guard failure == 0 else { throw SystemError("make a temporary directory", code: failure) }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit {
        unsafe test_remove(path)
    }
}

/// The permission bits of a file.
func mode(of path: String) -> UInt32 { unsafe test_mode(path) }

func setMode(of path: String, _ mode: UInt32) { unsafe test_set_mode(path, mode) }

/// - Returns: whether it was made.
func makeLink(at path: String, to target: String) -> Bool { unsafe test_make_link(path, target) != 0 }

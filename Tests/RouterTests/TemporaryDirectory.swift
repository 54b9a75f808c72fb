import EventLoop
import Glibc

/// A directory that is gone after the test.
final class TemporaryDirectory {
    let path: String

    init() throws {
        var template = Array("/tmp/xmr-routed-test-XXXXXX".utf8CString)
        let made = unsafe template.withUnsafeMutableBufferPointer { buffer in
            guard let name = buffer.baseAddress else { return false }
            return unsafe mkdtemp(name) != nil
        }
        guard made else { throw SystemError("make a temporary directory", code: errno) }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit {
        remove(path)
    }

    private func remove(_ path: String) {
        _ = unsafe chmod(path, 0o700)
        if unsafe unlink(path) == 0 { return }
        if let directory = unsafe opendir(path) {
            while let entry = unsafe readdir(directory) {
                let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) {
                    unsafe String(cString: UnsafeRawPointer($0).assumingMemoryBound(to: CChar.self))
                }
                if name != ".", name != ".." { remove(path + "/" + name) }
            }
            unsafe closedir(directory)
        }
        _ = unsafe rmdir(path)
    }
}

/// The mode of a file as octal digits, and its type apart.
func mode(of path: String) -> UInt32 {
    var status = stat()
    _ = unsafe lstat(path, &status)
    return status.st_mode & 0o7777
}

func setMode(of path: String, _ mode: UInt32) {
    _ = unsafe chmod(path, mode)
}

/// - Returns: whether it was made.
func makeLink(at path: String, to target: String) -> Bool {
    unsafe symlink(target, path) == 0
}

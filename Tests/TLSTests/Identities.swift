import CTestSystem
import TLS

/// Certificates in a directory that is gone after the test.
final class Identities {
    let directory: String

    struct Identity {
        /// The paths of its files.
        let certificate: String
        let key: String
        let fingerprint: [UInt8]

        var server: TLSContext { TLSContext(certificate: certificate, key: key) }
    }

    struct NotMade: Error {}

    init() throws {
        var template = Array("/tmp/xmr-routed-tls-XXXXXX".utf8CString)
        let failure = unsafe template.withUnsafeMutableBufferPointer { unsafe test_make_directory($0.baseAddress) }
        guard failure == 0 else { throw NotMade() }
        directory = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit {
        unsafe test_remove(directory)
    }

    /// - Parameters:
    ///   - forWhom: "DNS:node.example", "IP:192.0.2.1"; nil: an authority.
    ///   - days: its time, from today.
    ///   - issuer: the name of the one made before that signs it; nil: itself.
    func make(
        _ name: String, for forWhom: String?, days: ClosedRange<Int> = -1...1, signedBy issuer: String? = nil
    ) throws -> Identity {
        var fingerprint = [UInt8](repeating: 0, count: 32)
        let day = 86400
        let made = unsafe test_make_certificate(
            directory, name, forWhom, days.lowerBound * day, days.upperBound * day, issuer, &fingerprint)
        guard made == 1 else { throw NotMade() }
        return Identity(
            certificate: "\(directory)/\(name).pem", key: "\(directory)/\(name).key", fingerprint: fingerprint)
    }
}

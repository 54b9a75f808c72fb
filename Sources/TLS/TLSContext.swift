internal import COpenSSL

/// What the TLS sessions of one node, or of one listener, have in common: whom they trust, or who they are.
///
/// A thin wrapper over OpenSSL's libssl; this module alone of its users says `unsafe`. TLS 1.2 or newer, no session
/// taken up again (a ticket is a name by which the node would know us), no renegotiation, no compression, no client
/// certificate. OpenSSL's part is made when it is first needed: it costs 3 ms.
@safe
public final class TLSContext {
    /// How a server's certificate is verified. There is no way not to.
    public enum Trust: Hashable, Sendable {
        /// The SHA-256 of the whole certificate (DER), 32 bytes. Nothing else of it counts: neither who signed it, nor
        /// its name, nor its dates.
        case fingerprint([UInt8])
        /// The certificate authorities of the system, and the server's name.
        case systemAuthorities
        /// The certificate authorities in this file (PEM), and the server's name.
        case authorities(file: String)
    }

    private enum Role {
        case client(Trust)
        case server(certificate: String, key: String)
    }

    private let role: Role
    private var made: OpaquePointer?
    /// Where a record is decrypted to: whoever is handed it is done with it before the next.
    let scratch: UnsafeMutableRawPointer
    /// As long as a record's content can be.
    static let scratchSize = 16384

    /// For sessions with a server that is verified like this.
    public convenience init(client trust: Trust) { self.init(.client(trust)) }

    /// For sessions with clients of ours.
    ///
    /// - Parameters:
    ///   - certificate: the file of the certificate and its chain, PEM.
    ///   - key: the file of its private key, PEM, without a password.
    public convenience init(certificate: String, key: String) {
        self.init(.server(certificate: certificate, key: key))
    }

    private init(_ role: Role) {
        self.role = role
        unsafe scratch = .allocate(byteCount: Self.scratchSize, alignment: 16)
    }

    deinit {
        unsafe SSL_CTX_free(made)
        unsafe scratch.deallocate()
    }

    /// Reads the files that it needs, so that what is wrong with them shows now, and not with the first session.
    public func prepare() throws(TLSFailure) {
        _ = try unsafe openSSL()
    }

    var isClient: Bool { if case .client = role { true } else { false } }

    /// What a server's certificate must have; nil where authorities speak for it.
    var fingerprint: [UInt8]? { if case .client(.fingerprint(let wanted)) = role { wanted } else { nil } }

    func openSSL() throws(TLSFailure) -> OpaquePointer {
        if let made = unsafe made { return unsafe made }
        ERR_clear_error()
        defer { ERR_clear_error() }
        let method = unsafe isClient ? TLS_client_method() : TLS_server_method()
        guard let context = unsafe SSL_CTX_new(method) else { throw .unavailable }
        do throws(TLSFailure) {
            guard unsafe setTLSRules(context) == 1 else { throw .unavailable }
            switch role {
            case .client(let trust): try unsafe trust.apply(to: context)
            case .server(let certificate, let key): try unsafe Self.present(certificate, key, by: context)
            }
        } catch {
            unsafe SSL_CTX_free(context)
            throw error
        }
        unsafe made = context
        return unsafe context
    }

    private static func present(
        _ certificate: String, _ key: String, by context: OpaquePointer
    ) throws(TLSFailure) {
        // Without this OpenSSL would ask the terminal for a key's password.
        unsafe SSL_CTX_set_default_passwd_cb(context) { _, _, _, _ in -1 }
        guard unsafe SSL_CTX_use_certificate_chain_file(context, certificate) == 1 else {
            throw .file(certificate, "holds no certificate that can be read")
        }
        guard unsafe SSL_CTX_use_PrivateKey_file(context, key, SSL_FILETYPE_PEM) == 1 else {
            let error = ERR_peek_last_error()
            let isOther = libraryOfError(error) == ERR_LIB_X509 && reasonOfError(error) == X509_R_KEY_VALUES_MISMATCH
            throw .file(
                key,
                isOther
                    ? "is not the key of the certificate" : "holds no private key that can be read without a password")
        }
        guard unsafe SSL_CTX_check_private_key(context) == 1 else {
            throw .file(key, "is not the key of the certificate")
        }
    }
}

extension TLSContext.Trust {
    fileprivate func apply(to context: OpaquePointer) throws(TLSFailure) {
        unsafe SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nil)
        switch self {
        case .fingerprint:
            unsafe SSL_CTX_set_cert_verify_callback(context, { unsafe judgeCertificate($0, $1) }, nil)
        case .systemAuthorities:
            guard unsafe SSL_CTX_set_default_verify_paths(context) == 1 else { throw .unavailable }
        case .authorities(let file):
            guard unsafe SSL_CTX_load_verify_file(context, file) == 1 else {
                throw .file(file, "holds no certificates that can be read")
            }
        }
    }
}

/// OpenSSL's question in the middle of the handshake, before anything is sent but the greeting: is it the one?
private func judgeCertificate(_ verification: OpaquePointer?, _: UnsafeMutableRawPointer?) -> Int32 {
    guard let verification = unsafe verification, let ssl = unsafe sessionOfVerification(verification),
        let me = unsafe SSL_get_ex_data(ssl, 0)
    else { return 0 }
    let isRight = unsafe Unmanaged<TLSSession>.fromOpaque(me)._withUnsafeGuaranteedRef { session in
        unsafe X509_STORE_CTX_get0_cert(verification).map { unsafe session.judge($0) } ?? false
    }
    unsafe X509_STORE_CTX_set_error(verification, isRight ? X509_V_OK : X509_V_ERR_APPLICATION_VERIFICATION)
    return isRight ? 1 : 0
}

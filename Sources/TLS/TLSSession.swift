internal import COpenSSL
public import Protocols

/// One TLS session, over whatever carries its bytes: they are handed in and taken out. A thin wrapper over libssl.
///
/// ```
/// socket ──receive──▶ plaintext        send ──▶ outgoing ──withOutgoing──▶ socket
/// ```
/// It holds no more than what one call brought and the beginning of a record. After a failure nothing passes any more.
@safe
public final class TLSSession {
    private let context: TLSContext
    private let session: OpaquePointer
    private let incoming: OpaquePointer
    private let outgoing: OpaquePointer
    private var failure: TLSFailure?
    /// The certificate that came instead of the right one.
    private var otherFingerprint: [UInt8]?
    private var isFingerprintRight = false
    private var isClosed = false
    private var isLending = false

    /// Whether the handshake is over and the other side verified: from now on bytes pass.
    public private(set) var isEstablished = false
    /// Whether the other side has said that it sends no more.
    public private(set) var hasEnded = false

    /// A session that has not begun.
    ///
    /// - Parameter serverName: whom a client speaks to. A name is sent in clear (SNI), a number is not; where
    ///   authorities verify the certificate, it must be for this host.
    /// - Throws: `TLSFailure` where the context cannot be made.
    public init(_ context: TLSContext, serverName: Host? = nil) throws(TLSFailure) {
        let shared = try unsafe context.openSSL()
        ERR_clear_error()
        guard let session = unsafe SSL_new(shared), let incoming = unsafe BIO_new(BIO_s_mem()) else {
            throw .unavailable
        }
        guard let outgoing = unsafe BIO_new(BIO_s_mem()) else {
            unsafe BIO_free(incoming)
            unsafe SSL_free(session)
            throw .unavailable
        }
        self.context = context
        unsafe self.session = session
        unsafe self.incoming = incoming
        unsafe self.outgoing = outgoing
        // The session owns both from here on.
        unsafe SSL_set_bio(session, incoming, outgoing)
        unsafe SSL_set_ex_data(session, 0, Unmanaged.passUnretained(self).toOpaque())
        if context.isClient { unsafe SSL_set_connect_state(session) } else { unsafe SSL_set_accept_state(session) }
        guard !context.isClient || (unsafe expect(serverName, session)) else { throw .unavailable }
    }

    deinit {
        unsafe SSL_free(session)
    }

    /// Begins: a client's greeting is there to be sent. A server waits for it.
    public func start() throws(TLSFailure) {
        guard context.isClient, !isEstablished else { return }
        try prepareCall()
        try shakeHands()
    }

    /// Takes bytes of the other side.
    ///
    /// - Parameters:
    ///   - ciphertext: bytes not given before, split anywhere.
    ///   - plaintext: is handed what they hold. It may end the session, and must hand nothing to another session of
    ///     the same context while it looks.
    public func receive(_ ciphertext: Span<UInt8>, _ plaintext: (Span<UInt8>) -> Void) throws(TLSFailure) {
        try prepareCall()
        var start = 0
        // In parts, so that little is held.
        while start < ciphertext.count, !isClosed, !hasEnded {
            let part = ciphertext.extracting(start..<min(start + TLSContext.scratchSize, ciphertext.count))
            start += part.count
            let taken = unsafe part.withUnsafeBytes { unsafe BIO_write(incoming, $0.baseAddress, Int32($0.count)) }
            guard Int(taken) == part.count else { throw fail(.unavailable) }
            if !isEstablished { try shakeHands() }
            if isEstablished { try read(plaintext) }
        }
    }

    /// Encrypts these bytes for the other side.
    public func send(_ plaintext: Span<UInt8>) throws(TLSFailure) {
        try prepareCall()
        guard isEstablished, !isClosed, !isLending else { throw .notOpen }
        var start = 0
        while start < plaintext.count {
            let part = plaintext.extracting(start..<min(start + 1 << 20, plaintext.count))
            let sent = unsafe part.withUnsafeBytes { unsafe SSL_write(session, $0.baseAddress, Int32($0.count)) }
            guard sent > 0 else { throw fail(.ofQueue()) }
            start += Int(sent)
        }
    }

    /// Hands over what is to be sent, if anything is, and forgets it. The session is not used in between.
    public func withOutgoing(_ body: (Span<UInt8>) -> Void) {
        guard !isLending else { return }
        var bytes: UnsafePointer<UInt8>?
        let count = unsafe memoryBytes(outgoing, &bytes)
        guard count > 0 else { return }
        isLending = true
        unsafe body(UnsafeBufferPointer(start: bytes, count: Int(count)).span)
        isLending = false
        _ = unsafe forgetMemoryBytes(outgoing)
    }

    /// Says that no more will be sent, where there is somebody to say it to. Nothing passes any more.
    public func close() {
        guard !isClosed else { return }
        isClosed = true
        guard isEstablished, failure == nil, !isLending else { return }
        ERR_clear_error()
        unsafe SSL_shutdown(session)
        ERR_clear_error()
    }

    /// The connection has ended: what that means; nil where the other side had said that it would.
    public func connectionEnded() -> TLSFailure? {
        if let failure { return failure }
        if hasEnded || isClosed { return nil }
        return isEstablished ? .truncated : .closedInHandshake
    }

    /// Whether this is the certificate that is expected.
    func judge(_ certificate: OpaquePointer) -> Bool {
        guard let wanted = context.fingerprint else { return false }
        var digest = [UInt8](repeating: 0, count: 32)
        var length: UInt32 = 0
        guard unsafe X509_digest(certificate, EVP_sha256(), &digest, &length) == 1, length == 32, wanted.count == 32
        else { return false }
        isFingerprintRight = unsafe CRYPTO_memcmp(digest, wanted, 32) == 0
        otherFingerprint = isFingerprintRight ? nil : digest
        return isFingerprintRight
    }

    /// Sets whom a client expects; false where OpenSSL does not take it.
    private func expect(_ host: Host?, _ session: OpaquePointer) -> Bool {
        let isByName = context.fingerprint == nil
        guard let host, let wanted = unsafe SSL_get0_param(session) else { return !isByName }
        switch host {
        case .address(let address):
            let octets =
                switch address {
                case .v4(let address): address.octets
                case .v6(let address): address.octets
                }
            return !isByName || (unsafe X509_VERIFY_PARAM_set1_ip(wanted, octets, octets.count) == 1)
        case .onion(let name), .i2p(let name), .name(let name):
            guard unsafe setTLSName(session, name) == 1 else { return false }
            unsafe X509_VERIFY_PARAM_set_hostflags(wanted, UInt32(X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS))
            return !isByName || (unsafe X509_VERIFY_PARAM_set1_host(wanted, name, 0) == 1)
        }
    }

    private func prepareCall() throws(TLSFailure) {
        if let failure { throw failure }
        ERR_clear_error()
    }

    private func fail(_ failure: TLSFailure) -> TLSFailure {
        self.failure = failure
        isEstablished = false
        return failure
    }

    private func shakeHands() throws(TLSFailure) {
        let result = unsafe SSL_do_handshake(session)
        if result == 1 {
            // OpenSSL has verified it, or there would be no such result. That it has is looked at nevertheless.
            guard !context.isClient || isVerified else { throw fail(.untrusted) }
            isEstablished = true
            return
        }
        guard unsafe SSL_get_error(session, result) != SSL_ERROR_WANT_READ else { return }
        if let otherFingerprint { throw fail(.otherFingerprint(otherFingerprint)) }
        let isAboutCertificate =
            context.isClient && libraryOfError(ERR_peek_error()) == ERR_LIB_SSL
            && reasonOfError(ERR_peek_error()) == SSL_R_CERTIFICATE_VERIFY_FAILED
        let failure: TLSFailure =
            isAboutCertificate ? TLSFailure(verification: unsafe SSL_get_verify_result(session)) : .ofQueue()
        ERR_clear_error()
        throw fail(failure)
    }

    private var isVerified: Bool {
        guard unsafe SSL_get0_peer_certificate(session) != nil else { return false }
        if context.fingerprint != nil { return isFingerprintRight }
        return unsafe SSL_get_verify_result(session) == Int(X509_V_OK)
    }

    private func read(_ plaintext: (Span<UInt8>) -> Void) throws(TLSFailure) {
        while !isClosed {
            let count = unsafe SSL_read(session, context.scratch, Int32(TLSContext.scratchSize))
            guard count > 0 else {
                switch unsafe SSL_get_error(session, count) {
                case SSL_ERROR_WANT_READ: return
                case SSL_ERROR_ZERO_RETURN:
                    hasEnded = true
                    return
                default: throw fail(.ofQueue())
                }
            }
            let bytes = unsafe UnsafeRawBufferPointer(start: context.scratch, count: Int(count))
            unsafe plaintext(bytes.bindMemory(to: UInt8.self).span)
        }
    }
}

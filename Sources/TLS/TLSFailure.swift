internal import COpenSSL
import Protocols

/// Why there is no TLS session, or not any more.
public enum TLSFailure: Error, Hashable, Sendable {
    /// The certificate is another one than that which is configured; this is its SHA-256.
    case otherFingerprint([UInt8])
    /// The certificate's time is over.
    case expired
    /// The certificate's time has not come.
    case notYetValid
    /// The certificate is for another name.
    case otherName
    /// Nobody that is trusted has signed the certificate.
    case untrusted
    /// The certificate will not do, in OpenSSL's words.
    case badCertificate(String)
    /// What is spoken there is no TLS.
    case notTLS
    /// Nothing newer than TLS 1.1 is spoken there.
    case tooOld
    /// The other side ended the handshake or the session with an alert, in OpenSSL's words.
    case refused(String)
    /// The connection was closed before the handshake was over.
    case closedInHandshake
    /// The connection was closed without the word that all was sent: something may have been cut off.
    case truncated
    /// Bytes came that are none of the session's, or OpenSSL could not go on; in its words.
    case broken(String)
    /// Something was to be sent before the session stood, or after it.
    case notOpen
    /// A file of ours, and what is wrong with it.
    case file(String, String)
    /// OpenSSL gives no context or session.
    case unavailable

    /// What it means for a person. It names neither the other side nor where it is.
    public var sentence: String {
        switch self {
        case .otherFingerprint(let digest):
            "its certificate has another fingerprint: sha256:\(digest.hexadecimal)"
        case .expired: "its certificate has expired"
        case .notYetValid: "its certificate is not valid yet; is this machine's clock right?"
        case .otherName: "its certificate is for another name"
        case .untrusted:
            "its certificate is signed by nobody that is trusted for it; give its fingerprint, or its authority's file"
        case .badCertificate(let reason): "its certificate will not do: \(reason)"
        case .notTLS: "it speaks no TLS"
        case .tooOld: "it speaks nothing newer than TLS 1.1"
        case .refused(let reason): "it refused the TLS session: \(reason)"
        case .closedInHandshake: "it closed the connection in the TLS handshake"
        case .truncated: "it cut the connection off without TLS's word for the end"
        case .broken(let reason): "what it sends is no good TLS: \(reason)"
        case .notOpen: "the TLS session is not open"
        case .file(let path, let what): "\(path) \(what)"
        case .unavailable:
            "OpenSSL has no TLS to give: install libssl3 as the distribution ships it, and look at OPENSSL_CONF"
        }
    }
}

extension TLSFailure {
    /// What a verification that failed says (`X509_V_ERR_…`).
    init(verification code: Int) {
        switch Int32(truncatingIfNeeded: code) {
        case X509_V_ERR_CERT_HAS_EXPIRED: self = .expired
        case X509_V_ERR_CERT_NOT_YET_VALID: self = .notYetValid
        case X509_V_ERR_HOSTNAME_MISMATCH, X509_V_ERR_IP_ADDRESS_MISMATCH: self = .otherName
        case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT, X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN,
            X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT, X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY,
            X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE, X509_V_ERR_CERT_UNTRUSTED:
            self = .untrusted
        default:
            self = .badCertificate(unsafe String(cString: X509_verify_cert_error_string(code)))
        }
    }

    /// What OpenSSL's error queue says, which is emptied.
    static func ofQueue() -> TLSFailure {
        defer { ERR_clear_error() }
        let code = ERR_peek_error()
        guard libraryOfError(code) == ERR_LIB_SSL else { return .broken(words(code)) }
        let reason = reasonOfError(code)
        switch reason {
        case SSL_R_WRONG_VERSION_NUMBER, SSL_R_HTTP_REQUEST, SSL_R_HTTPS_PROXY_REQUEST, SSL_R_PACKET_LENGTH_TOO_LONG,
            SSL_R_RECORD_TOO_SMALL, SSL_R_BAD_PROTOCOL_VERSION_NUMBER, SSL_R_UNKNOWN_PROTOCOL, SSL_R_BAD_RECORD_TYPE:
            return .notTLS
        case SSL_R_UNSUPPORTED_PROTOCOL, SSL_R_VERSION_TOO_LOW, SSL_R_TLSV1_ALERT_PROTOCOL_VERSION: return .tooOld
        case SSL_AD_REASON_OFFSET...: return .refused(words(code))
        default: return .broken(words(code))
        }
    }

    private static func words(_ code: UInt) -> String {
        guard code != 0, let words = unsafe ERR_reason_error_string(code) else { return "no reason given" }
        return unsafe String(cString: words)
    }
}

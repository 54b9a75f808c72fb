// OpenSSL's headers, and functions for what they have as macros, which Swift does not see.
#pragma once
#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

/// What holds for each session, of a client and of a server. No session is ever taken up again: a ticket is a name by
/// which the other side knows us again. Nothing older than TLS 1.2, whatever OpenSSL's configuration file says.
static inline int setTLSRules(SSL_CTX *context) {
    SSL_CTX_set_options(
        context, SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
    // Where the configuration file bars one of the versions that are wanted.
    SSL_CTX_clear_options(context, SSL_OP_NO_TLSv1_2 | SSL_OP_NO_TLSv1_3 | SSL_OP_IGNORE_UNEXPECTED_EOF);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_AUTO_RETRY);
    return SSL_CTX_set_num_tickets(context, 0) == 1 && SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) == 1
        && SSL_CTX_set_max_proto_version(context, 0) == 1;
}

/// Says whom it wants to speak to (SNI). Only for names.
static inline int setTLSName(SSL *session, const char *name) {
    return SSL_set_tlsext_host_name(session, name) == 1;
}

/// The bytes in a memory BIO, which stay its own until it is written to, read or reset.
static inline size_t memoryBytes(BIO *bio, const unsigned char **bytes) {
    char *start = NULL;
    long count = BIO_get_mem_data(bio, &start);
    *bytes = (const unsigned char *)start;
    return count > 0 && start != NULL ? (size_t)count : 0;
}

static inline int forgetMemoryBytes(BIO *bio) { return BIO_reset(bio) == 1; }

/// The session whose handshake verifies this chain.
static inline SSL *sessionOfVerification(X509_STORE_CTX *verification) {
    return (SSL *)X509_STORE_CTX_get_ex_data(verification, SSL_get_ex_data_X509_STORE_CTX_idx());
}

static inline int libraryOfError(unsigned long code) { return ERR_GET_LIB(code); }
static inline int reasonOfError(unsigned long code) { return ERR_GET_REASON(code); }

#include "CTestSystem.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <string.h>

static int extend(X509 *certificate, X509 *issuer, int kind, const char *value) {
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, issuer, certificate, NULL, NULL, 0);
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &context, kind, value);
    int done = extension && X509_add_ext(certificate, extension, -1);
    X509_EXTENSION_free(extension);
    return done;
}

static FILE *open_in(const char *directory, const char *name, const char *kind, const char *mode) {
    char path[512];
    snprintf(path, sizeof path, "%s/%s.%s", directory, name, kind);
    return fopen(path, mode);
}

int test_make_certificate(
    const char *directory, const char *name, const char *for_whom, long from, long until, const char *issuer,
    unsigned char *fingerprint) {
    EVP_PKEY *key = EVP_EC_gen("P-256"), *signer = key;
    X509 *certificate = X509_new(), *above = certificate;
    FILE *file;
    if (issuer) {
        if (!(file = open_in(directory, issuer, "key", "r"))) return 0;
        signer = PEM_read_PrivateKey(file, NULL, NULL, NULL);
        fclose(file);
        if (!(file = open_in(directory, issuer, "pem", "r"))) return 0;
        above = PEM_read_X509(file, NULL, NULL, NULL);
        fclose(file);
    }
    static long serial;
    X509_set_version(certificate, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), ++serial);
    X509_gmtime_adj(X509_getm_notBefore(certificate), from);
    X509_gmtime_adj(X509_getm_notAfter(certificate), until);
    X509_set_pubkey(certificate, key);
    X509_NAME_add_entry_by_txt(
        X509_get_subject_name(certificate), "CN", MBSTRING_ASC, (const unsigned char *)name, -1, -1, 0);
    X509_set_issuer_name(certificate, X509_get_subject_name(above));
    int done = for_whom ? extend(certificate, above, NID_subject_alt_name, for_whom)
                        : extend(certificate, above, NID_basic_constraints, "critical,CA:TRUE");
    done = done && X509_sign(certificate, signer, EVP_sha256()) > 0;
    unsigned length = 32;
    done = done && X509_digest(certificate, EVP_sha256(), fingerprint, &length);
    if (done && (file = open_in(directory, name, "pem", "w"))) {
        done = PEM_write_X509(file, certificate);
        fclose(file);
    }
    if (done && (file = open_in(directory, name, "key", "w"))) {
        done = PEM_write_PrivateKey(file, key, NULL, NULL, 0, NULL, NULL);
        fclose(file);
    }
    if (issuer) {
        EVP_PKEY_free(signer);
        X509_free(above);
    }
    EVP_PKEY_free(key);
    X509_free(certificate);
    return done;
}

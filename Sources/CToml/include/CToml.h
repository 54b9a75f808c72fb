#pragma once

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// What a node is.
enum ctoml_kind {
    CTOML_TABLE,
    CTOML_ARRAY,
    CTOML_STRING,
    CTOML_INTEGER,
    CTOML_FLOAT,
    CTOML_BOOLEAN,
    CTOML_DATE_TIME,
};

/// One value. Nodes stand in preorder: a table or an array is followed by its children, each with its own.
/// A table's children are in no order of the file: their keys' places give it.
struct ctoml_node {
    int32_t kind;                    // an enum ctoml_kind
    uint32_t line, column;           // where the value begins, from 1
    uint32_t key_line, key_column;   // where its key begins; 0 in an array and at the root
    size_t key_start, key_length;    // the key's bytes in ctoml_document.text
    size_t text_start, text_length;  // a string's or a date-time's bytes there
    size_t children;                 // how many direct children a table or an array has
    int64_t integer;                 // an integer; a boolean's 0 or 1
    double floating;                 // a float
};

/// A file as a list of nodes, the first of which is the root table; or, where there are none, why it is no TOML.
struct ctoml_document {
    const struct ctoml_node *nodes;
    size_t node_count;
    const char *text;                   // the bytes of all keys and strings; or the error's description
    size_t text_length;
    uint32_t error_line, error_column;  // from 1; meaningful without nodes
};

/// Reads a file. NULL only where memory ends. No exception comes out, and nothing but ctoml_free is needed after.
const struct ctoml_document *ctoml_read(const char *bytes, size_t count);

/// Takes back what ctoml_read gave.
void ctoml_free(const struct ctoml_document *document);

#ifdef __cplusplus
}
#endif

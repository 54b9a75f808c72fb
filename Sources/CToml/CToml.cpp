// toml++ behind a C interface: the only C++ there is. It flattens the parsed tree into one list of nodes and one
// run of text, so that the caller copies and frees once.

#undef NDEBUG  // toml++ turns its assertions into "assume" (undefined behaviour) under NDEBUG

namespace {
/// toml++ found itself in a state that it says cannot be.
struct broken_assertion {};
}  // namespace

#define TOML_ASSERT(condition) ((condition) ? void() : throw broken_assertion{})
#define TOML_EXCEPTIONS 0
#define TOML_ENABLE_FORMATTERS 0
#define TOML_MAX_NESTED_VALUES 32
#include <toml++/toml.h>

#include <sstream>
#include <string>
#include <vector>

#include "CToml.h"

namespace {

/// No configuration is nested deeper; every reader after this one may recurse.
constexpr int max_depth = 64;

struct too_deep {
    toml::source_position at;
};

struct document : ctoml_document {
    std::vector<ctoml_node> list;
    std::string bytes;

    void refuse(uint32_t line, uint32_t column, std::string_view description) {
        list.clear();
        bytes = description;
        error_line = line;
        error_column = column;
    }

    /// The start of these bytes in `bytes`.
    size_t keep(std::string_view piece) {
        bytes.append(piece);
        return bytes.size() - piece.size();
    }

    template <typename DateTime>
    void keep_date_time(const DateTime &value, ctoml_node &node) {
        std::ostringstream text;
        text << value;
        node.text_start = keep(text.str());
        node.text_length = bytes.size() - node.text_start;
    }

    void add(const toml::node &value, const toml::key *key, int depth) {
        const auto begin = value.source().begin;
        if (depth > max_depth) throw too_deep{key ? key->source().begin : begin};
        ctoml_node node{};
        node.line = begin.line;
        node.column = begin.column;
        if (key) {
            node.key_line = key->source().begin.line;
            node.key_column = key->source().begin.column;
            node.key_start = keep(key->str());
            node.key_length = key->str().size();
        }
        if (auto table = value.as_table()) {
            node.kind = CTOML_TABLE;
            node.children = table->size();
            list.push_back(node);
            for (auto &&[name, child] : *table) add(child, &name, depth + 1);
            return;
        }
        if (auto array = value.as_array()) {
            node.kind = CTOML_ARRAY;
            node.children = array->size();
            list.push_back(node);
            for (auto &&child : *array) add(child, nullptr, depth + 1);
            return;
        }
        if (auto string = value.as_string()) {
            node.kind = CTOML_STRING;
            node.text_start = keep(string->get());
            node.text_length = string->get().size();
        } else if (auto integer = value.as_integer()) {
            node.kind = CTOML_INTEGER;
            node.integer = integer->get();
        } else if (auto floating = value.as_floating_point()) {
            node.kind = CTOML_FLOAT;
            node.floating = floating->get();
        } else if (auto boolean = value.as_boolean()) {
            node.kind = CTOML_BOOLEAN;
            node.integer = boolean->get();
        } else {
            node.kind = CTOML_DATE_TIME;
            if (auto date = value.as_date()) keep_date_time(date->get(), node);
            if (auto time = value.as_time()) keep_date_time(time->get(), node);
            if (auto both = value.as_date_time()) keep_date_time(both->get(), node);
        }
        list.push_back(node);
    }

    void read(std::string_view file) {
        const auto result = toml::parse(file);
        if (!result) {
            const auto &error = result.error();
            return refuse(error.source().begin.line, error.source().begin.column, error.description());
        }
        add(result.table(), nullptr, 0);
    }
};

}  // namespace

const ctoml_document *ctoml_read(const char *bytes, size_t count) {
    document *answer = nullptr;
    try {
        answer = new document{};
        answer->read(std::string_view{bytes, count});
    } catch (const too_deep &error) {
        answer->refuse(error.at.line, error.at.column, "tables and arrays are nested more than 64 deep");
    } catch (...) {  // out of memory, or a broken assertion
        delete answer;
        return nullptr;
    }
    answer->nodes = answer->list.data();
    answer->node_count = answer->list.size();
    answer->text = answer->bytes.data();
    answer->text_length = answer->bytes.size();
    return answer;
}

void ctoml_free(const ctoml_document *answer) { delete static_cast<const document *>(answer); }

#include "word_tokenizer.h"

#include <sqlite3.h>

#include <array>
#include <new>
#include <string_view>

#include "akin/base/unspaced.h"

namespace akin::store {
namespace {

using TakeToken = int (*)(void*, int, const char*, int, int, int);

/// FTS5's tokenizer for everything else.
struct WordTokenizer {
  fts5_tokenizer words{};
  Fts5Tokenizer* instance = nullptr;
};

/// A part of a text is tokenized as if it were the text: its places are moved to where it stands.
struct Shifted {
  void* context;
  TakeToken take;
  int shift;
};

int take_shifted(void* context, int flags, const char* token, int size, int begin, int end) {
  const auto* to = static_cast<const Shifted*>(context);
  return to->take(to->context, flags, token, size, begin + to->shift, end + to->shift);
}

void destroy(Fts5Tokenizer* tokenizer) {
  auto* own = reinterpret_cast<WordTokenizer*>(tokenizer);
  if (own->instance != nullptr) own->words.xDelete(own->instance);
  delete own;
}

int create(void* api_of_connection, const char** /*arguments*/, int /*n*/, Fts5Tokenizer** out) {
  auto* own = new (std::nothrow) WordTokenizer;
  if (own == nullptr) return SQLITE_NOMEM;
  auto* api = static_cast<fts5_api*>(api_of_connection);
  void* data = nullptr;
  int rc = api->xFindTokenizer(api, "porter", &data, &own->words);
  // Marks belong to words: without them those of Devanagari and its kin would fall apart at every vowel sign.
  std::array<const char*, 5> arguments = {"unicode61", "remove_diacritics", "2", "categories", "L* N* Co M*"};
  if (rc == SQLITE_OK) rc = own->words.xCreate(data, arguments.data(), static_cast<int>(arguments.size()), &own->instance);
  if (rc != SQLITE_OK) {
    delete own;
    return rc;
  }
  *out = reinterpret_cast<Fts5Tokenizer*>(own);
  return SQLITE_OK;
}

int tokenize(Fts5Tokenizer* tokenizer, void* context, int flags, const char* data, int size, TakeToken take) {
  auto* own = reinterpret_cast<WordTokenizer*>(tokenizer);
  const std::string_view text(data, data == nullptr ? 0 : static_cast<std::size_t>(size));
  const bool is_query = (flags & FTS5_TOKENIZE_QUERY) != 0;
  for (std::size_t from = 0; from < text.size();) {
    const UnspacedRun run = next_unspaced(text, from);
    if (run.begin > from) {
      Shifted to{context, take, static_cast<int>(from)};
      const int rc = own->words.xTokenize(own->instance, &to, flags, data + from, static_cast<int>(run.begin - from), take_shifted);
      if (rc != SQLITE_OK) return rc;
    }
    int rc = SQLITE_OK;
    if (run.group != 0) {
      for_each_group(text, run, is_query, [&](std::size_t begin, std::size_t end) {
        if (rc == SQLITE_OK)
          rc = take(context, 0, data + begin, static_cast<int>(end - begin), static_cast<int>(begin), static_cast<int>(end));
      });
    }
    if (rc != SQLITE_OK) return rc;
    from = run.end;
  }
  return SQLITE_OK;
}

}  // namespace

int add_word_tokenizer(sqlite3* db) noexcept {
  sqlite3_stmt* ask = nullptr;
  int rc = sqlite3_prepare_v2(db, "SELECT fts5(?1)", -1, &ask, nullptr);
  if (rc != SQLITE_OK) return rc;
  fts5_api* api = nullptr;
  sqlite3_bind_pointer(ask, 1, static_cast<void*>(&api), "fts5_api_ptr", nullptr);
  sqlite3_step(ask);
  rc = sqlite3_finalize(ask);
  if (rc != SQLITE_OK || api == nullptr) return rc == SQLITE_OK ? SQLITE_ERROR : rc;
  fts5_tokenizer ours{create, destroy, tokenize};
  return api->xCreateTokenizer(api, kWordTokenizer, api, &ours, nullptr);
}

}  // namespace akin::store

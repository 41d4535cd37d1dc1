// Filters over whole collections: whatever the filter and the documents, the chunks that pass and the hits among them are those that
// looking at every document finds; and k hits come back whenever k chunks pass.
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "akin/base/rng.h"
#include "akin/store/filter.h"
#include "akin/store/store.h"
#include "base/temporary_folder.h"
#include "store_fixture.h"

namespace akin {
namespace {

using testing::Draft;
using testing::kDim;
using testing::random_vector;
using testing::space_of;
using testing::TemporaryFolder;
using Ids = std::vector<std::uint64_t>;

/// A value with what it is worth, told by the test itself: texts, numbers, dates (as days since 1970-01-01, of that day's begin).
struct Value {
  std::string text;
  enum class Kind { text, number, day, year } kind = Kind::text;
  double worth = 0;
};
constexpr int kDaysToYear2020 = 18'262;

Value random_value(Rng& rng) {
  static const std::vector<std::string> words = {"ann", "anna", "bob", "Zoe", "ärger", "x y", ""};
  switch (rng.below(4)) {
    case 0:
      return {words[rng.below(words.size())], Value::Kind::text, 0};
    case 1: {
      const auto n = static_cast<int>(rng.below(7)) - 3;
      return {rng.below(2) == 0 ? std::to_string(n) : std::to_string(n) + ".0", Value::Kind::number, static_cast<double>(n)};
    }
    case 2: {
      const auto day = static_cast<int>(rng.below(31));
      const std::string digits = std::to_string(day + 1);
      return {"2020-01-" + std::string(digits.size() < 2 ? "0" : "") + digits, Value::Kind::day,
              static_cast<double>(kDaysToYear2020 + day)};
    }
    default: {
      const int year = 2019 + static_cast<int>(rng.below(3));
      return {std::to_string(year), Value::Kind::year, static_cast<double>(year)};
    }
  }
}

/// Days since 1970-01-01 at the begin of 2019 … 2022.
double begin_of(double year) { return kDaysToYear2020 + (year == 2019 ? -365 : year == 2020 ? 0 : year == 2021 ? 366 : 731); }

template <class T>
bool compares(FilterOperator op, const T& a, const T& b) {
  switch (op) {
    case FilterOperator::less:
      return a < b;
    case FilterOperator::less_equal:
      return a <= b;
    case FilterOperator::greater:
      return a > b;
    case FilterOperator::greater_equal:
      return a >= b;
    default:
      return a == b;
  }
}

/// A day against the span [begin, end).
bool compares_span(FilterOperator op, double day, double begin, double end) {
  switch (op) {
    case FilterOperator::less:
      return day < begin;
    case FilterOperator::less_equal:
      return day < end;
    case FilterOperator::greater:
      return day >= end;
    case FilterOperator::greater_equal:
      return day >= begin;
    default:
      return day >= begin && day < end;
  }
}

/// Whether one value of a document passes; `asked` is written without quotation marks.
bool passes(FilterOperator op, const Value& has, const Value& asked, bool quoted) {
  const bool has_number = has.kind == Value::Kind::number || has.kind == Value::Kind::year;
  if (quoted || asked.kind == Value::Kind::text) return compares(op, has.text, asked.text);
  if (asked.kind == Value::Kind::day) return has.kind == Value::Kind::day && compares_span(op, has.worth, asked.worth, asked.worth + 1);
  if (has_number) return compares(op, has.worth, asked.worth);
  return asked.kind == Value::Kind::year && has.kind == Value::Kind::day &&
         compares_span(op, has.worth, begin_of(asked.worth), begin_of(asked.worth + 1));
}

struct Document {
  std::string uri;
  std::map<std::string, std::vector<Value>> metadata;
  Ids chunks;
};

/// A filter as text and what it means.
struct Asked {
  std::string text;
  std::function<bool(const Document&, std::uint64_t page)> passes;
};

std::string written(const Value& value, bool quoted) {
  const bool needs = quoted || value.text.empty() || value.text.find(' ') != std::string::npos;
  return needs ? "\"" + value.text + "\"" : value.text;
}

Asked random_condition(Rng& rng) {
  static const std::vector<std::string> fields = {"a", "b", "c", "none"};
  static const std::vector<std::pair<std::string, FilterOperator>> signs = {
      {"=", FilterOperator::equal},       {"!=", FilterOperator::not_equal}, {"<", FilterOperator::less},
      {"<=", FilterOperator::less_equal}, {">", FilterOperator::greater},    {">=", FilterOperator::greater_equal}};
  const std::string field = fields[rng.below(fields.size())];
  const auto any_value = [field](const Document& document, const std::function<bool(const Value&)>& test) {
    const auto at = document.metadata.find(field);
    return at != document.metadata.end() && std::any_of(at->second.begin(), at->second.end(), test);
  };
  const Value value = random_value(rng), other = random_value(rng);
  const bool quoted = rng.below(4) == 0 || value.text.empty();
  switch (rng.below(6)) {
    case 0:
      return {"exists " + field, [=](const Document& d, std::uint64_t) { return any_value(d, [](const Value&) { return true; }); }};
    case 1:
      return {field + " ^= \"" + value.text.substr(0, 2) + "\"", [=](const Document& d, std::uint64_t) {
                return any_value(d, [&](const Value& v) { return v.text.starts_with(value.text.substr(0, 2)); });
              }};
    case 2:
      return {field + " in (" + written(value, quoted) + ", " + written(other, false) + ")", [=](const Document& d, std::uint64_t) {
                return any_value(d, [&](const Value& v) {
                  return passes(FilterOperator::equal, v, value, quoted) || passes(FilterOperator::equal, v, other, other.text.empty());
                });
              }};
    case 3: {
      const std::uint64_t page = 1 + rng.below(3);
      return {"page <= " + std::to_string(page), [=](const Document&, std::uint64_t its) { return its <= page; }};
    }
    default: {
      const auto& [sign, op] = signs[rng.below(signs.size())];
      const FilterOperator meant = op;
      const bool opposite = op == FilterOperator::not_equal;
      return {field + " " + sign + " " + written(value, quoted), [=](const Document& d, std::uint64_t) {
                const FilterOperator positive = opposite ? FilterOperator::equal : meant;
                return any_value(d, [&](const Value& v) { return passes(positive, v, value, quoted); }) != opposite;
              }};
    }
  }
}

Asked random_filter(Rng& rng, int depth) {
  if (depth == 0 || rng.below(3) == 0) return random_condition(rng);
  const Asked a = random_filter(rng, depth - 1), b = random_filter(rng, depth - 1);
  switch (rng.below(3)) {
    case 0:
      return {"not (" + a.text + ")", [=](const Document& d, std::uint64_t page) { return !a.passes(d, page); }};
    case 1:
      return {"(" + a.text + ") and (" + b.text + ")",
              [=](const Document& d, std::uint64_t page) { return a.passes(d, page) && b.passes(d, page); }};
    default:
      return {"(" + a.text + ") or (" + b.text + ")",
              [=](const Document& d, std::uint64_t page) { return a.passes(d, page) || b.passes(d, page); }};
  }
}

/// Adds random documents in one commit.
std::vector<Document> fill(Store& store, Rng& rng, std::size_t n, std::uint64_t& next_chunk) {
  std::vector<Document> documents;
  Draft draft;
  for (std::size_t i = 0; i < n; ++i) {
    Document document;
    document.uri = "d" + std::to_string(next_chunk) + "/" + std::to_string(i);
    draft.put(document.uri, 1 + rng.below(3), rng.below(1000));
    StoredDocument& stored = draft.last();
    stored.metadata.clear();
    for (const char* field : {"a", "b", "c"}) {
      for (std::size_t v = rng.below(3); v > 0; --v) {
        const Value value = random_value(rng);
        stored.metadata.emplace_back(field, value.text);
        document.metadata[field].push_back(value);
      }
    }
    for (std::size_t c = 0; c < stored.chunks.size(); ++c) {
      stored.chunks[c].page = static_cast<std::uint32_t>(c + 1);
      document.chunks.push_back(next_chunk++);
    }
    documents.push_back(std::move(document));
  }
  store.apply(draft.change());
  return documents;
}

Ids ids_of(const std::vector<ScoredChunk>& hits) {
  Ids ids;
  for (const ScoredChunk& hit : hits) ids.push_back(hit.chunk_id);
  return ids;
}

TEST(Select, FindsWhatLookingAtEveryDocumentFinds) {
  Context context(1);
  std::size_t n_some = 0;
  for (std::uint64_t seed = 1; seed <= 4; ++seed) {
    Rng rng(seed);
    const TemporaryFolder folder;
    Store store = Store::create(folder.path(), space_of());
    std::uint64_t next_chunk = 1;
    std::vector<Document> documents = fill(store, rng, 60, next_chunk);
    for (Document& more : fill(store, rng, 30, next_chunk)) documents.push_back(std::move(more));
    store.apply(Draft().remove(documents[7].uri).remove(documents[70].uri).change());
    documents.erase(documents.begin() + 70);
    documents.erase(documents.begin() + 7);
    const Snapshot snapshot = store.snapshot();
    for (int round = 0; round < 150; ++round) {
      const Asked asked = random_filter(rng, 3);
      Ids wanted;
      for (const Document& document : documents)
        for (std::size_t c = 0; c < document.chunks.size(); ++c)
          if (asked.passes(document, c + 1)) wanted.push_back(document.chunks[c]);
      const ChunkSet among = snapshot.select(parse_filter(asked.text));
      ASSERT_EQ(Ids(among.ids().begin(), among.ids().end()), wanted) << asked.text;
      n_some += !wanted.empty() && wanted.size() < next_chunk - 3 ? 1 : 0;

      // The hits: those of a search of everything that pass, in the same order.
      const std::vector<float> query = random_vector(rng);
      const auto only = [&](Ids all, std::size_t k) {
        std::erase_if(all, [&](std::uint64_t id) { return !std::binary_search(wanted.begin(), wanted.end(), id); });
        all.resize(std::min(all.size(), k));
        return all;
      };
      const std::size_t k = 1 + rng.below(20);
      const Ids dense = ids_of(snapshot.search_dense(query, k, among, context));
      EXPECT_EQ(dense, only(ids_of(snapshot.search_dense(query, 1000, {}, context)), k)) << asked.text;
      EXPECT_EQ(dense.size(), std::min(k, wanted.size())) << "k hits whenever k pass";
      EXPECT_EQ(ids_of(snapshot.search_text("piece seed1 seed2", k, among)),
                only(ids_of(snapshot.search_text("piece seed1 seed2", 1000, {})), k));
    }
  }
  EXPECT_GT(n_some, 200U) << "the filters must tell documents apart";
}

TEST(Select, GivesKHitsWheneverKPassAtEveryShare) {
  const TemporaryFolder folder;
  Store store = Store::create(folder.path(), space_of());
  constexpr std::size_t n = 6000;
  Draft draft;
  for (std::size_t i = 0; i < n; ++i) {
    draft.put("d" + std::to_string(i), 1, i);
    draft.last().metadata = {{"n", std::to_string((i * 7919) % n)}};  // each number once, in no order
  }
  store.apply(draft.change());
  const Snapshot snapshot = store.snapshot();
  Context context(1);
  Rng rng(9);
  for (const std::size_t kept : {n / 2, n / 10, n / 100, n / 1000, std::size_t{3}, std::size_t{1}, std::size_t{0}}) {
    const ChunkSet among = snapshot.select(parse_filter("n < " + std::to_string(kept)));
    ASSERT_EQ(among.ids().size(), kept);
    const DensePlan plan = snapshot.plan_dense(among, context);
    EXPECT_EQ(plan.n_rows, n);
    EXPECT_EQ(plan.n_kept, kept);
    for (const std::size_t k : {std::size_t{1}, std::size_t{10}, std::size_t{100}}) {
      const std::vector<float> query = random_vector(rng);
      Ids wanted = ids_of(snapshot.search_dense(query, n, {}, context));
      std::erase_if(wanted, [&](std::uint64_t id) { return !std::binary_search(among.ids().begin(), among.ids().end(), id); });
      wanted.resize(std::min(wanted.size(), k));
      EXPECT_EQ(ids_of(snapshot.search_dense(query, k, among, context)), wanted) << kept << " pass, k = " << k;
      EXPECT_EQ(wanted.size(), std::min(k, kept));
      EXPECT_EQ(snapshot.search_text("piece", k, among).size(), std::min(k, kept));
    }
  }
}

TEST(Select, KnowsTheFieldsThatThereAre) {
  const TemporaryFolder folder;
  Store store = Store::create(folder.path(), space_of());
  EXPECT_TRUE(store.snapshot().metadata_fields().empty());
  Draft draft;
  draft.put("x", 1, 1);
  draft.last().metadata = {{"year", "1"}, {"author", "2"}, {"author", "3"}};
  draft.put("y", 1, 2);
  store.apply(draft.change());
  EXPECT_EQ(store.snapshot().metadata_fields(), (std::vector<std::string>{"author", "seed", "year"}));
}

TEST(Select, KnowsWhichChunksADocumentHas) {
  const TemporaryFolder folder;
  Store store = Store::create(folder.path(), space_of());
  store.apply(Draft().put("x", 2, 1).put("y", 1, 2).change());
  const Snapshot snapshot = store.snapshot();
  EXPECT_EQ(snapshot.chunk_ids_of("x"), (Ids{1, 2}));
  EXPECT_EQ(snapshot.chunk_ids_of("z"), Ids{});
  EXPECT_EQ(snapshot.document_of(1), snapshot.document_of(2));
  EXPECT_NE(snapshot.document_of(1), snapshot.document_of(3));
  EXPECT_EQ(snapshot.document_of(4), std::nullopt);
}

}  // namespace
}  // namespace akin

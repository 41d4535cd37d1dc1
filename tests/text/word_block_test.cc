#include "word_block.h"

#include <gtest/gtest.h>

#include <limits>

namespace akin::text {
namespace {

using Cache = WordTable<CachedWord, 4>;
constexpr std::size_t kAll = std::numeric_limits<std::size_t>::max();
constexpr std::string_view kText = "one two three";

struct Token {
  std::int32_t id;
};

void put(Cache& cache, std::string_view word, const std::vector<Token>& tokens) {
  const TextWord key = word_of(word, 0, word.size());
  CachedWord& cached = cache.look_up(key.low, key.high, word.size());
  cached = {.low = key.low, .high = key.high};
  cached.keep(word.size(), tokens);
}

// The ids of "one", "two", "three"; those that add() is asked for are 100 + where the word begins.
TokenList ids(const Cache& cache, std::size_t keep, bool offsets) {
  TokenList list;
  TokenSink sink(list, keep, offsets);
  WordBlock block(kText, cache, sink, [&](const TextWord& word) { sink.add(100 + static_cast<std::int32_t>(word.begin), {}); });
  block.cut(0, 3);
  block.cut(4, 7);
  block.cut(8, 13);
  block.give_out();
  return list;
}

TEST(WordBlock, GivesOutWhatTheCacheHasAndAsksForTheRestInOrder) {
  Cache cache;
  EXPECT_EQ(ids(cache, kAll, false).ids, (std::vector<std::int32_t>{100, 104, 108}));
  put(cache, "two", {{7}, {8}});
  EXPECT_EQ(ids(cache, kAll, false).ids, (std::vector<std::int32_t>{100, 7, 8, 108}));
  put(cache, "one", {{5}});
  put(cache, "three", {{1}, {2}, {3}});
  EXPECT_EQ(ids(cache, kAll, false).ids, (std::vector<std::int32_t>{5, 7, 8, 1, 2, 3}));
  EXPECT_EQ(ids(cache, kAll, false).n_seen, 6U);
}

TEST(WordBlock, AsksForAllWhereIdsAreNotAllThatIsWanted) {
  Cache cache;
  put(cache, "two", {{7}, {8}});
  EXPECT_EQ(ids(cache, kAll, true).ids, (std::vector<std::int32_t>{100, 104, 108}));
  EXPECT_EQ(ids(cache, 2, false).ids, (std::vector<std::int32_t>{100, 104})) << "there is no room for all";
  EXPECT_EQ(ids(cache, 2, false).n_seen, 3U);
}

TEST(WordBlock, TakesNoLongWordForOneWithPackedIds) {
  Cache cache;
  std::string text = "ab";
  text.resize(CachedWord::kMaxPacked + 200, '\0');
  put(cache, "ab", std::vector<Token>(4, {9}));
  TokenList list;
  TokenSink sink(list, kAll, false);
  for (std::size_t length = 17; length <= text.size(); ++length) {
    WordBlock block(text, cache, sink, [&](const TextWord&) { sink.add(1, {}); });
    block.cut(0, length);
    block.give_out();
  }
  EXPECT_EQ(list.ids, std::vector<std::int32_t>(list.n_seen, 1));
}

}  // namespace
}  // namespace akin::text

#include "pipeline.h"

#include <gtest/gtest.h>

#include "load.h"

namespace akin::text {
namespace {

TEST(Pipeline, LooksForNormalizedTokensInTheNormalizedText) {
  const PipelineParts parts = load_json(R"({"normalizer": {"type": "Lowercase"}, "pre_tokenizer": {"type": "Whitespace"},
    "model": {"type": "WordPiece", "vocab": {"[UNK]": 0, "a": 1}},
    "added_tokens": [{"id": 5, "content": "Foo", "normalized": true}, {"id": 6, "content": "BAR", "normalized": false}]})",
                                        "t.json");
  const AddedTokens added(parts.added, parts.normalizer.get());
  TokenList list;
  TokenSink sink(list, 100, true);
  Pipeline(parts, added).tokenize("A fOO bar BAR", sink);
  EXPECT_EQ(list.ids, (std::vector<std::int32_t>{1, 5, 0, 6}));
  EXPECT_EQ(list.offsets, (std::vector<TextSpan>{{0, 1}, {2, 5}, {6, 9}, {10, 13}}));
}

TEST(TokenSink, GoesBackToAMark) {
  TokenList list;
  TokenSink sink(list, 2, false);
  sink.add(1, {});
  const TokenSink::Mark mark = sink.mark();
  sink.add(2, {});
  sink.add(3, {});
  sink.rewind(mark);
  EXPECT_EQ(list.ids.size(), 1U);
  EXPECT_EQ(list.n_seen, 1U);
}

}  // namespace
}  // namespace akin::text

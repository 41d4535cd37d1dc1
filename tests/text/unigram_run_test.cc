#include "unigram_run.h"

#include <gtest/gtest.h>

#include "golden_files.h"

namespace akin::text {
namespace {

using Ids = std::vector<std::int32_t>;

const Unigram& model() {
  static const Unigram unigram({{"<unk>", 0}, {"▁", -3}, {"▁the", -1}, {"a", -2}, {"the", -4}, {"▁aa", -3}}, {.unknown_id = 0}, "test");
  return unigram;
}

struct Given {
  bool done = false;
  TokenList list;
};
Given run(const UnigramRules& rules, std::string_view text, std::size_t offset = 0) {
  static UnigramScratch scratch;
  scratch = {};
  Given out;
  TokenSink sink(out.list, 1000, true);
  out.done = UnigramRun(rules, text, offset, sink, scratch).run();
  return out;
}

TEST(UnigramRun, PutsAMarkInFrontByItsScheme) {
  EXPECT_EQ(run({nullptr, PrependScheme::always, -1, model()}, "the aa").list.ids, (Ids{2, 5}));
  EXPECT_EQ(run({nullptr, PrependScheme::never, -1, model()}, "the aa").list.ids, (Ids{4, 5}));
  EXPECT_EQ(run({nullptr, PrependScheme::first, -1, model()}, "the aa").list.ids, (Ids{2, 5}));
  EXPECT_EQ(run({nullptr, PrependScheme::first, -1, model()}, "the aa", 4).list.ids, (Ids{4, 5}));
}

TEST(UnigramRun, TakesTheLastOfSeveralSpacesForTheMarkAndNoneAtTheEnd) {
  const Given given = run({nullptr, PrependScheme::always, -1, model()}, "the   the  ", 10);
  EXPECT_TRUE(given.done);
  EXPECT_EQ(given.list.ids, (Ids{2, 2}));
  EXPECT_EQ(given.list.offsets, (std::vector<TextSpan>{{10, 13}, {15, 19}}));
}

TEST(UnigramRun, LeavesWhatIsRareToThePipelineAndGivesNothingOut) {
  for (const char* text : {"the ▁the", "the\tthe", "the \u0085", "the <mask>"}) {
    const Given given = run({nullptr, PrependScheme::always, '<', model()}, text);
    EXPECT_FALSE(given.done) << text;
    EXPECT_TRUE(given.list.ids.empty()) << text;
    EXPECT_EQ(given.list.n_seen, 0U) << text;
  }
}

TEST(UnigramRules, WantPrintableAsciiToStayAsItIs) {
  EXPECT_TRUE(UnigramRules(nullptr, PrependScheme::always, '<', model()).keeps_ascii());
  const Charsmap map =
      read_charsmap(golden::json(golden::path("models/t5-relu/tokenizer.json")).at("normalizer").at("normalizers")[0], "t5");
  EXPECT_TRUE(UnigramRules(&map, PrependScheme::always, '<', model()).keeps_ascii());
}

}  // namespace
}  // namespace akin::text

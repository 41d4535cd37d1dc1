// Which characters run on without spaces, where such runs are, and into which groups they fall.
#include "akin/base/unspaced.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "akin/base/rng.h"

namespace akin {
namespace {

using Texts = std::vector<std::string>;

Texts runs(std::string_view text) {
  Texts found;
  for (std::size_t from = 0; from < text.size();) {
    const UnspacedRun run = next_unspaced(text, from);
    if (run.group != 0) found.emplace_back(text.substr(run.begin, run.end - run.begin));
    from = run.end;
  }
  return found;
}

Texts groups(std::string_view text, bool whole_only) {
  Texts found;
  const UnspacedRun run = next_unspaced(text, 0);
  for_each_group(text, run, whole_only, [&](std::size_t begin, std::size_t end) { found.emplace_back(text.substr(begin, end - begin)); });
  return found;
}

TEST(Unspaced, KnowsTheScripts) {
  for (const char32_t c : {U'日', U'々', U'か', U'カ', U'ー', U'ｶ', U'한', U'ㄅ', U'\U00020000'})
    EXPECT_EQ(group_size(c), 2U) << std::hex << +c;
  for (const char32_t c : {U'ก', U'ิ', U'ກ', U'ក', U'က'}) EXPECT_EQ(group_size(c), 3U) << std::hex << +c;
  for (const char32_t c : {U'a', U'é', U'Ж', U'ש', U'ع', U'क', U'、', U'。', U'・', U'๕', U'—', U'€', U'😀', char32_t{0}, U'\U0010FFFF'})
    EXPECT_EQ(group_size(c), 0U) << std::hex << +c;
}

TEST(Unspaced, FindsRunsAmongOtherText) {
  EXPECT_EQ(runs("Java言語と“C”言語。"), (Texts{"言語と", "言語"}));
  EXPECT_EQ(runs("ไทย日本"), (Texts{"ไทย", "日本"})) << "groups of other sizes are other runs";
  EXPECT_EQ(runs("no such — text"), Texts{});
  EXPECT_EQ(runs(""), Texts{});
  EXPECT_EQ(runs("日"), Texts{"日"});
}

TEST(Unspaced, CutsRunsIntoGroupsThatOverlap) {
  EXPECT_EQ(groups("日本語", false), (Texts{"日本", "本語", "語"}));
  EXPECT_EQ(groups("日本語", true), (Texts{"日本", "本語"}));
  EXPECT_EQ(groups("日", false), Texts{"日"});
  EXPECT_EQ(groups("日", true), Texts{"日"});
  EXPECT_EQ(groups("กขคง", false), (Texts{"กขค", "ขคง", "คง", "ง"}));
  EXPECT_EQ(groups("กขคง", true), (Texts{"กขค", "ขคง"}));
  EXPECT_EQ(groups("กข", false), (Texts{"กข", "ข"}));
  EXPECT_EQ(groups("กข", true), Texts{"กข"});
}

TEST(Unspaced, TakesAnyBytes) {
  Rng rng(1);
  for (int round = 0; round < 5'000; ++round) {
    std::string text(rng.below(24), ' ');
    for (char& c : text) c = static_cast<char>(0xE0 + rng.below(round % 2 == 0 ? 32 : 4) - (rng.below(2) == 0 ? 0x50 : 0));
    std::size_t last = 0;
    for (std::size_t from = 0; from < text.size();) {
      const UnspacedRun run = next_unspaced(text, from);
      ASSERT_LE(from, run.begin);
      ASSERT_TRUE(run.begin < run.end || run.begin == text.size());
      ASSERT_LE(run.end, text.size());
      for_each_group(text, run, round % 3 == 0, [&](std::size_t begin, std::size_t end) {
        ASSERT_LE(last, begin);
        ASSERT_LT(begin, end);
        ASSERT_LE(end, run.end);
        last = begin;
      });
      from = run.end;
    }
  }
}

}  // namespace
}  // namespace akin

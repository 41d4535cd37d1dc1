#include "charsmap_plan.h"

#include <gtest/gtest.h>

#include "akin/base/utf8.h"
#include "golden_files.h"

namespace akin::text {
namespace {

using Kind = CharsmapPlan::Kind;

const Charsmap& nmt_nfkc() {
  static const Charsmap map =
      read_charsmap(golden::json(golden::path("models/t5-relu/tokenizer.json")).at("normalizer").at("normalizers")[0], "t5");
  return map;
}

TEST(CharsmapPlan, SaysWhatBecomesOfACodePointThatStandsAlone) {
  const CharsmapPlan plan(&nmt_nfkc(), '<');
  EXPECT_EQ(plan.at(U'a').kind, Kind::same);
  EXPECT_EQ(plan.at(U'\u4E2D').kind, Kind::same);
  EXPECT_EQ(plan.at(U'\uFB01').kind, Kind::mapped);
  EXPECT_EQ(plan.at(U'\uFB01').to, "fi");
  EXPECT_EQ(plan.at(U'\u3000').to, " ");
  EXPECT_EQ(plan.at(U'\t').to, " ");
  EXPECT_EQ(plan.at(U'\x01').kind, Kind::mapped);
  EXPECT_EQ(plan.at(U'\x01').to, "");
  EXPECT_EQ(plan.at(U'\u0301').kind, Kind::cluster);
  EXPECT_EQ(plan.at(U'\r').kind, Kind::cluster);
  EXPECT_EQ(plan.at(U'\u1161').kind, Kind::cluster);
  EXPECT_EQ(plan.at(U'<').kind, Kind::rare);
  EXPECT_EQ(plan.at(U'\u0085').kind, Kind::rare);  // white space that stays
}

TEST(CharsmapPlan, ChangesNothingWithoutAMap) {
  const CharsmapPlan plan(nullptr, -1);
  EXPECT_EQ(plan.at(U'\uFB01').kind, Kind::same);
  EXPECT_EQ(plan.at(U'\u0301').kind, Kind::same);
  EXPECT_EQ(plan.at(U'<').kind, Kind::same);
  EXPECT_EQ(plan.at(U'\t').kind, Kind::rare);
  EXPECT_EQ(plan.at(U'\u2581').kind, Kind::rare);
  EXPECT_EQ(plan.at(U'\U0010FFFF').kind, Kind::same);
}

TEST(CharsmapPlan, AgreesWithTheMapOnEveryCodePoint) {
  const CharsmapPlan plan(&nmt_nfkc(), -1);
  for (char32_t c = 0; c < 0x11000; ++c) {
    if (c >= 0xD800 && c < 0xE000) continue;
    std::string text;
    append_utf8(text, c);
    const CharsmapPlan::Entry entry = plan.at(c);
    if (entry.kind == Kind::same) {
      ASSERT_EQ(nmt_nfkc().find(text), std::nullopt) << static_cast<std::uint32_t>(c);
    } else if (entry.kind == Kind::mapped) {
      ASSERT_EQ(nmt_nfkc().find(text), entry.to) << static_cast<std::uint32_t>(c);
    }
  }
}

}  // namespace
}  // namespace akin::text

// What full text finds in which language: English as FTS5's own tokenizer finds it, other scripts by their words or their characters.
#include "word_tokenizer.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "sqlite.h"
#include "text_query.h"

namespace akin::store {
namespace {

using Ids = std::vector<std::int64_t>;
using Texts = std::vector<std::string>;

class WordTokenizer : public ::testing::Test {
 protected:
  WordTokenizer() : db_(":memory:", OpenMode::create) { db_.exec("CREATE VIRTUAL TABLE t USING fts5(body, tokenize='akin')"); }
  void put(std::string_view text) { db_.statement("INSERT INTO t(body) VALUES(?1)").bind(text).run(); }
  /// The words that the index holds, sorted.
  Texts words() {
    db_.exec("DROP TABLE IF EXISTS v; CREATE VIRTUAL TABLE v USING fts5vocab('t', 'row')");
    Texts found;
    Statement query(db_, "SELECT term FROM v ORDER BY term");
    while (query.step()) found.emplace_back(query.text(0));
    return found;
  }
  /// What people type, through match_expression().
  Ids find(std::string_view query) {
    const std::string match = match_expression(query);
    Ids ids;
    Statement search(db_, "SELECT rowid FROM t WHERE t MATCH ?1 ORDER BY rowid");
    search.bind(std::string_view(match));
    while (search.step()) ids.push_back(search.integer(0));
    return ids;
  }
  Connection db_;
};

TEST_F(WordTokenizer, MakesOfEnglishWhatFts5Makes) {
  constexpr std::string_view text =
      "Running ships' captains weren't naïve: the café's 1,234 “indexed” e-mails — résumés, O'Neil & Sons (1999).";
  put(text);
  const Texts ours = words();
  db_.exec("DROP TABLE t; CREATE VIRTUAL TABLE t USING fts5(body, tokenize='porter unicode61 remove_diacritics 2')");
  db_.statement("INSERT INTO t(body) VALUES(?1) ").bind(text).run();
  EXPECT_EQ(ours, words());
  EXPECT_GT(ours.size(), 12U);
}

TEST_F(WordTokenizer, FindsJapaneseAndChineseByAnyPart) {
  put("吾輩は猫である。名前はまだ無い。");
  put("東京タワーは高さ三百三十三メートルの電波塔である。");
  put("北京是中华人民共和国的首都。");
  EXPECT_EQ(find("東京タワー"), Ids{2});
  EXPECT_EQ(find("首都"), Ids{3});
  EXPECT_EQ(find("中华"), Ids{3});
  EXPECT_EQ(find("猫"), Ids{1}) << "one character, in the middle of a run";
  EXPECT_EQ(find("塔"), Ids{2});
  EXPECT_EQ(find("輩"), Ids{1});
  EXPECT_EQ(find("無い"), Ids{1});
  EXPECT_EQ(find("い"), Ids{1}) << "the last character of a run";
  EXPECT_EQ(find("犬"), Ids{});
  EXPECT_EQ(find("高さはどこ"), Ids{2}) << "any group may match, as any word may";
}

TEST_F(WordTokenizer, TakesAQuotedPhraseAsItStands) {
  put("東京都の人口");
  put("京都と東京");
  EXPECT_EQ(find("\"東京都\""), Ids{1});
  EXPECT_EQ(find("\"京都と東京\""), Ids{2});
  EXPECT_EQ(find("\"東京と京都\""), Ids{});
  EXPECT_EQ(find("\"口\""), Ids{1});
}

TEST_F(WordTokenizer, FindsKoreanThaiLaoKhmerAndBurmese) {
  put("대한민국의 수도는 서울이다");
  put("กรุงเทพมหานครเป็นเมืองหลวงของประเทศไทย");
  put("ວຽງຈັນເປັນນະຄອນຫຼວງຂອງລາວ");
  put("ភ្នំពេញគឺជារាជធានី");
  put("ရန်ကုန်မြို့သည်");
  EXPECT_EQ(find("서울"), Ids{1});
  EXPECT_EQ(find("수도"), Ids{1});
  EXPECT_EQ(find("เมืองหลวง"), Ids{2});
  EXPECT_EQ(find("ไทย"), Ids{2});
  EXPECT_EQ(find("ย"), Ids{2}) << "shorter than a group";
  EXPECT_EQ(find("ລາວ"), Ids{3});
  EXPECT_EQ(find("ភ្នំពេញ"), Ids{4});
  EXPECT_EQ(find("ရန်ကုန်"), Ids{5});
}

TEST_F(WordTokenizer, KeepsWordsWithVowelSignsWhole) {
  put("हिन्दी भाषा");
  put("தமிழ் மொழி");
  put("اللُّغَةُ العَرَبِيَّة");
  EXPECT_EQ(words(), (Texts{"العَرَبِيَّة", "اللُّغَةُ", "भाषा", "हिन्दी", "தமிழ்", "மொழி"}));
  EXPECT_EQ(find("हिन्दी"), Ids{1});
  EXPECT_EQ(find("मोदी"), Ids{}) << "shares a vowel sign only";
}

TEST_F(WordTokenizer, TakesCaseAndAccentsOffInOtherLanguages) {
  put("Große Äpfel, ΑΘΗΝΑ, Москва, İstanbul, Ångström, Tiếng Việt");
  for (const char* query : {"apfel", "αθηνα", "МОСКВА", "istanbul", "angstrom", "tieng viet"}) EXPECT_EQ(find(query), Ids{1}) << query;
}

TEST_F(WordTokenizer, PartsScriptsThatStandTogether) {
  put("Java言語とCプログラミングsystems");
  EXPECT_EQ(find("java"), Ids{1});
  EXPECT_EQ(find("言語"), Ids{1});
  EXPECT_EQ(find("system"), Ids{1});
  EXPECT_EQ(find("java言語"), Ids{1});
}

TEST_F(WordTokenizer, ForgetsWhatItIndexed) {
  put("東京タワー and ships");
  db_.exec("DELETE FROM t");
  EXPECT_EQ(words(), Texts{});
  db_.exec("INSERT INTO t(t) VALUES('integrity-check')");
}

}  // namespace
}  // namespace akin::store

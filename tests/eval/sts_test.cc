#include "akin/eval/sts.h"

#include <cmath>

#include "akin/eval/scores.h"
#include "temporary_files.h"

namespace akin {
namespace {

TEST(Sts, ReadsCommaSeparatedPairsWithQuotes) {
  const TemporaryFiles files;
  const auto quoted = read_sts(files.write("b.csv", "\"A man, \"\"old\"\".\",plain \"inside\",4.75\n\n\"two\nlines\",b,0\n"));
  ASSERT_EQ(quoted.size(), 2U);
  EXPECT_EQ(quoted[0].first, "A man, \"old\".");
  EXPECT_EQ(quoted[0].second, "plain \"inside\"");
  EXPECT_EQ(quoted[0].score, 4.75);
  EXPECT_EQ(quoted[1].first, "two\nlines");
}

TEST(Sts, ReadsTabSeparatedPairsPackedOrNot) {
  const TemporaryFiles files;
  const std::string text = "5.0\tA \"b\tC, d\n2.5\te\tf\tsource\t7\n";
  for (const auto& path : {files.write("a.tsv", text), files.write_gz("b.tsv.gz", text)}) {
    const auto pairs = read_sts(path);
    ASSERT_EQ(pairs.size(), 2U);
    EXPECT_EQ(pairs[0].first, "A \"b");
    EXPECT_EQ(pairs[0].second, "C, d");
    EXPECT_EQ(pairs[0].score, 5);
    EXPECT_EQ(pairs[1].second, "f");
  }
}

TEST(Sts, NamesTheLineThatIsWrong) {
  const TemporaryFiles files;
  const struct {
    const char *name, *text, *wanted;
  } cases[] = {
      {"a.csv", "a,b,1\nc,d,many\n", "a.csv:2: the score is 'many', a number was wanted"},
      {"b.csv", "a,b\n", "b.csv:1: 2 columns"},
      {"c.csv", "a,b,1\n\"c,d,2\n", "c.csv:2: a quotation mark is not closed"},
      {"d.tsv", "1\ta\tb\n\n2\tc\n", "d.tsv:3: fewer than three columns"},
      {"e.tsv", "nan\ta\tb\n", "e.tsv:1: the score is 'nan'"},
      {"f.csv", "\"two\nlines\",b,1\na,b,\n", "f.csv:3: the score is ''"},
  };
  for (const auto& wrong : cases) {
    const Error error = error_of([&] { read_sts(files.write(wrong.name, wrong.text)); });
    EXPECT_EQ(error.code(), ErrorCode::corrupt) << wrong.name;
    EXPECT_NE(std::string(error.what()).find(wrong.wanted), std::string::npos) << error.what();
  }
  EXPECT_EQ(error_of([&] { read_sts(files.write("a.txt", "")); }).code(), ErrorCode::unsupported);
  EXPECT_EQ(error_of([&] { read_sts(files.folder() / "none.csv"); }).code(), ErrorCode::not_found);
}

TEST(Sts, ScoresAModelByTheCosinesOfItsVectors) {
  const TemporaryFiles files;
  const auto path = files.write("a.csv", "a cat sat,a cat sat,5\nthe river,a bank of money,1\none,two,2\nhello world,hello there,3\n");
  Context context(1);
  const Embedder embedder = Embedder::load(std::string(AKIN_GOLDEN) + "/sentence-transformers/pool-mean", {}, context);
  std::vector<double> cosines, gold;
  for (const StsPair& pair : read_sts(path)) {
    const std::vector<float> a = embedder.embed_one(pair.first, TextRole::plain, context);
    const std::vector<float> b = embedder.embed_one(pair.second, TextRole::plain, context);
    double ab = 0, aa = 0, bb = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
      ab += static_cast<double>(a[i]) * b[i];
      aa += static_cast<double>(a[i]) * a[i];
      bb += static_cast<double>(b[i]) * b[i];
    }
    cosines.push_back(ab / std::sqrt(aa * bb));
    gold.push_back(pair.score);
  }
  EXPECT_NEAR(cosines[0], 1, 1e-12);
  const StsScores scores = evaluate_sts(embedder, path, context);
  EXPECT_EQ(scores.n_pairs, 4U);
  EXPECT_NEAR(scores.pearson, pearson(cosines, gold), 1e-12);  // the cosines are rounded in another order
  EXPECT_DOUBLE_EQ(scores.spearman, spearman(cosines, gold));
}

TEST(Sts, NeedsTwoPairs) {
  const TemporaryFiles files;
  Context context(1);
  const Embedder embedder = Embedder::load(std::string(AKIN_GOLDEN) + "/sentence-transformers/pool-mean", {}, context);
  EXPECT_EQ(error_of([&] { evaluate_sts(embedder, files.write("a.csv", "a,b,1\n"), context); }).code(), ErrorCode::corrupt);
}

}  // namespace
}  // namespace akin

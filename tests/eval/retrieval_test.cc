#include "akin/eval/retrieval.h"

#include <cmath>

#include "temporary_files.h"

namespace akin {
namespace {

// Each query shares its telling word with one document, which is judged relevant.
void write_small_set(const TemporaryFiles& files) {
  files.write("corpus.jsonl", R"({"_id": "a", "title": "Boats", "text": "The ferry crosses the harbour every morning."}
{"_id": "b", "title": "", "text": "Bread is baked before the sun comes up."}
{"_id": "c", "title": "Stars", "text": "A telescope gathers the light of galaxies."}
)");
  files.write("queries.jsonl", R"({"_id": "1", "text": "when are loaves baked?"}
{"_id": "2", "text": "telescopes and galaxies"}
)");
  files.write("qrels/test.tsv", "query-id\tcorpus-id\tscore\n1\tb\t1\n2\tc\t1\n");
}

Embedder small_model(Context& context) {
  return Embedder::load(std::string(AKIN_GOLDEN) + "/sentence-transformers/pool-mean", {}, context);
}

TEST(Retrieval, ScoresRankingsByTheMeanOverTheQueries) {
  BeirSet set;
  set.documents.resize(4);
  set.queries = {{"x", "", {0}}, {"y", "", {2, 3}}};
  const RetrievalScores scores = score_rankings(set, {{1, 0}, {2}});
  const double second = 1 / std::log2(3);
  EXPECT_DOUBLE_EQ(scores.ndcg_at_10, (second + 1 / (1 + second)) / 2);
  EXPECT_DOUBLE_EQ(scores.recall_at_100, (1 + 0.5) / 2);
  EXPECT_DOUBLE_EQ(scores.mrr_at_10, (0.5 + 1) / 2);
  EXPECT_EQ(scores.n_documents, 4U);
  EXPECT_EQ(scores.n_queries, 2U);
  EXPECT_EQ(scores.ndcg_of_query[0], (std::pair<std::string, double>("x", second)));
  EXPECT_THROW(score_rankings(set, {{1}}), Error);
}

TEST(Retrieval, FindsByWordsWithoutAModel) {
  const TemporaryFiles files;
  write_small_set(files);
  Context context(1);
  const RetrievalScores scores = evaluate_retrieval(nullptr, files.folder(), {.mode = SearchMode::text}, context);
  EXPECT_EQ(scores.n_queries, 2U);
  EXPECT_EQ(scores.ndcg_at_10, 1);
  EXPECT_EQ(scores.mrr_at_10, 1);
}

TEST(Retrieval, RanksEveryDocumentByTheModel) {
  const TemporaryFiles files;
  write_small_set(files);
  Context one(1), two(2);
  const Embedder embedder = small_model(one);
  const RetrievalScores scores = evaluate_retrieval(&embedder, files.folder(), {.mode = SearchMode::dense}, one);
  EXPECT_EQ(scores.recall_at_100, 1) << "three documents all come back";
  EXPECT_GE(scores.mrr_at_10, 1.0 / 3);
  EXPECT_EQ(scores.ndcg_of_query, evaluate_retrieval(&embedder, files.folder(), {.mode = SearchMode::dense}, two).ndcg_of_query);
}

TEST(Retrieval, FusesBothWays) {
  const TemporaryFiles files;
  write_small_set(files);
  Context context(1);
  const Embedder embedder = small_model(context);
  const RetrievalScores scores = evaluate_retrieval(&embedder, files.folder(), {.mode = SearchMode::hybrid}, context);
  EXPECT_EQ(scores.recall_at_100, 1);
  EXPECT_EQ(scores.ndcg_at_10, 1) << "the only document in both lists comes first";
}

TEST(Retrieval, NeedsAModelForVectorsAndAJudgedQuery) {
  const TemporaryFiles files;
  write_small_set(files);
  Context context(1);
  EXPECT_EQ(error_of([&] { evaluate_retrieval(nullptr, files.folder(), {.mode = SearchMode::dense}, context); }).code(),
            ErrorCode::invalid_argument);
  files.write("qrels/test.tsv", "query-id\tcorpus-id\tscore\n");
  EXPECT_EQ(error_of([&] { evaluate_retrieval(nullptr, files.folder(), {.mode = SearchMode::text}, context); }).code(), ErrorCode::corrupt);
}

TEST(Retrieval, LetsARerankerOrderTheFirstDocumentsAnew) {
  const TemporaryFiles files;
  write_small_set(files);
  Context context(1);
  const Embedder embedder = small_model(context);
  const CrossEncoder reranker = CrossEncoder::load(std::string(AKIN_GOLDEN) + "/sentence-transformers/cross-encoder", {}, context);
  RetrievalOptions options{.reranker = &reranker};
  const RetrievalScores scores = evaluate_retrieval(&embedder, files.folder(), options, context);
  EXPECT_EQ(scores.recall_at_100, 1) << "none is lost";
  // By hand: the reranker's own order of all three documents.
  const BeirSet set = read_beir(files.folder());
  std::vector<std::vector<std::uint64_t>> wanted(set.queries.size());
  for (std::size_t q = 0; q < set.queries.size(); ++q) {
    std::vector<std::string> texts;
    for (const BeirDocument& document : set.documents) texts.push_back(document.title + " " + document.text);
    const std::vector<std::string_view> views(texts.begin(), texts.end());
    for (const RankedText& ranked : reranker.rank(set.queries[q].text, views, 0, "", context)) wanted[q].push_back(ranked.index);
  }
  EXPECT_EQ(scores.ndcg_of_query, score_rankings(set, wanted).ndcg_of_query);
  options.rerank.k = 1;
  EXPECT_EQ(evaluate_retrieval(&embedder, files.folder(), options, context).ndcg_of_query,
            evaluate_retrieval(&embedder, files.folder(), {}, context).ndcg_of_query)
      << "one document alone stays where it is";
}

}  // namespace
}  // namespace akin

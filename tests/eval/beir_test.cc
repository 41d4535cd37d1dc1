#include "akin/eval/beir.h"

#include "temporary_files.h"

namespace akin {
namespace {

const std::string kCorpus = R"({"_id": "d1", "title": "One", "text": "first"})"
                            "\n"
                            R"({"_id": "d2", "text": "second"})"
                            "\n"
                            R"({"_id": 3, "title": null, "text": "third"})"
                            "\n";
const std::string kQueries = R"({"_id": "q1", "text": "ask"})"
                             "\n"
                             R"({"_id": "q2", "text": "nobody judged this"})"
                             "\n"
                             R"({"_id": "q3", "text": "more"})"
                             "\n";
const std::string kJudgements = "query-id\tcorpus-id\tscore\nq1\td2\t1\nq1\t3\t2\nq1\td1\t0\nq3\td1\t1\r\n";

TEST(Beir, ReadsAFolderAndKeepsTheJudgedQueries) {
  const TemporaryFiles files;
  files.write_gz("corpus.jsonl.gz", kCorpus);
  files.write("queries.jsonl", kQueries);
  files.write("qrels/test.tsv", kJudgements);
  const BeirSet set = read_beir(files.folder());
  ASSERT_EQ(set.documents.size(), 3U);
  EXPECT_EQ(set.documents[0].title, "One");
  EXPECT_EQ(set.documents[1].title, "");
  EXPECT_EQ(set.documents[2].id, "3");
  ASSERT_EQ(set.queries.size(), 2U);
  EXPECT_EQ(set.queries[0].relevant, (RelevantRows{1, 2}));
  EXPECT_EQ(set.queries[1].id, "q3");
  EXPECT_EQ(set.queries[1].relevant, (RelevantRows{0}));
  EXPECT_EQ(set.n_queries_unjudged, 1U);
  EXPECT_EQ(set.n_documents_missing, 0U);
}

TEST(Beir, CountsJudgedDocumentsThatTheCorpusLacks) {
  const TemporaryFiles files;
  files.write("corpus.jsonl", kCorpus);
  files.write("queries.jsonl", kQueries);
  files.write("qrels/test.tsv", kJudgements + "q3\tgone\t1\nq1\tgone\t1\nq1\tneither\t0\n");
  const BeirSet set = read_beir(files.folder());
  EXPECT_EQ(set.n_documents_missing, 1U);
  EXPECT_EQ(set.documents.size(), 3U);
  EXPECT_EQ(set.queries[1].relevant, (RelevantRows{0, 3}));
}

TEST(Beir, NamesTheFileThatIsMissing) {
  const TemporaryFiles files;
  files.write("corpus.jsonl", kCorpus);
  files.write("queries.jsonl", kQueries);
  const Error error = error_of([&] { read_beir(files.folder()); });
  EXPECT_EQ(error.code(), ErrorCode::not_found);
  EXPECT_NE(std::string(error.what()).find("no qrels/test.tsv"), std::string::npos) << error.what();
}

TEST(Beir, NamesTheLineThatIsWrong) {
  const struct {
    std::string corpus, queries, judgements, wanted;
  } cases[] = {
      {kCorpus + "{\"_id\": ", kQueries, kJudgements, "corpus.jsonl:4: not a JSON object"},
      {kCorpus + "[1]", kQueries, kJudgements, "corpus.jsonl:4: not a JSON object"},
      {kCorpus + R"({"title": "a", "text": "b"})", kQueries, kJudgements, "corpus.jsonl:4: no '_id'"},
      {kCorpus + R"({"_id": "x", "text": 7})", kQueries, kJudgements, "corpus.jsonl:4: no text in 'text'"},
      {kCorpus + R"({"_id": "x", "title": {}, "text": "y"})", kQueries, kJudgements, "corpus.jsonl:4: no text in 'title'"},
      {kCorpus + R"({"_id": "d1", "text": "again"})", kQueries, kJudgements, "corpus.jsonl:4: the id 'd1' comes twice"},
      {kCorpus, R"({"_id": "q1"})", kJudgements, "queries.jsonl:1: no text in 'text'"},
      {kCorpus, kQueries, kJudgements + "q9\td1\t1\n", "test.tsv:6: no query 'q9' in queries.jsonl"},
      {kCorpus, kQueries, kJudgements + "q1 d1 1\n", "test.tsv:6: fewer than three columns"},
      {kCorpus, kQueries, kJudgements + "q1\td1\tyes\n", "test.tsv:6: the score is not a whole number"},
  };
  for (const auto& wrong : cases) {
    const TemporaryFiles files;
    files.write("corpus.jsonl", wrong.corpus);
    files.write("queries.jsonl", wrong.queries);
    files.write("qrels/test.tsv", wrong.judgements);
    const Error error = error_of([&] { read_beir(files.folder()); });
    EXPECT_EQ(error.code(), ErrorCode::corrupt) << wrong.wanted;
    EXPECT_NE(std::string(error.what()).find(wrong.wanted), std::string::npos) << error.what();
  }
}

}  // namespace
}  // namespace akin

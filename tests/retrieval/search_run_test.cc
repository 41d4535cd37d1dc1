// What becomes of two rankings: fused, apart from each other, one a document, like another; on collections without a model.
#include "search_run.h"

#include <algorithm>
#include <cmath>
#include <mutex>
#include <set>

#include "base/temporary_folder.h"
#include "base/throws.h"

namespace akin::retrieval {
namespace {

using testing::expect_error;
using testing::TemporaryFolder;

/// Documents "d0", "d1", … with a chunk a vector of two numbers.
class SearchRun : public ::testing::Test {
 protected:
  SearchRun() : store_(Store::create(folder_.path() / "c", {"m", "f", 2, "cosine"})) {}

  struct Chunk {
    std::string text;
    double degrees = 0;  // direction of its vector
  };
  void put(const std::string& uri, const std::vector<Chunk>& chunks, const std::string& kind = "a") {
    StoredDocument document;
    document.uri = uri;
    document.metadata = {{"kind", kind}};
    Matrix<float> vectors(chunks.size(), 2);
    for (std::size_t i = 0; i < chunks.size(); ++i) {
      document.chunks.push_back({chunks[i].text, {}, 0, static_cast<std::uint32_t>(i + 1), 1});
      const double angle = chunks[i].degrees * 3.14159265358979 / 180;
      vectors(i, 0) = static_cast<float>(std::cos(angle));
      vectors(i, 1) = static_cast<float>(std::sin(angle));
    }
    StoreChange change;
    change.put.push_back(std::move(document));
    change.vectors = std::as_const(vectors).view();
    store_.apply(change);
  }
  std::vector<Hit> search(std::string_view text, const SearchOptions& options) {
    return run_search(store_.snapshot(), {.text = text, .vector = {1, 0}, .apart = {}}, options, context_);
  }
  static std::vector<std::string> uris(const std::vector<Hit>& hits) {
    std::vector<std::string> out;
    for (const Hit& hit : hits) out.push_back(hit.uri);
    return out;
  }

  TemporaryFolder folder_;
  Store store_;
  Context context_{1};
};

using Uris = std::vector<std::string>;

TEST_F(SearchRun, JoinsMeaningAndWordsByRanksOrByScores) {
  put("near", {{"nothing of note", 1}});
  put("word", {{"the lamp", 80}});
  put("both", {{"a lamp and a long text about other things beside", 30}});
  EXPECT_EQ(uris(search("lamp", {.mode = SearchMode::dense, .where = {}})), (Uris{"near", "both", "word"}));
  EXPECT_EQ(uris(search("lamp", {.mode = SearchMode::text, .where = {}})), (Uris{"word", "both"}));
  EXPECT_EQ(uris(search("lamp", {.where = {}})).back(), "near") << "first in one list, missing in the other";
  const auto weighted = [&](double weight) { return search("lamp", {.fusion = Fusion::weighted, .dense_weight = weight}); };
  EXPECT_EQ(uris(weighted(1)), (Uris{"near", "both", "word"}));
  EXPECT_EQ(uris(weighted(0)).front(), "word");
  EXPECT_DOUBLE_EQ(weighted(0.7)[0].score, 0.7);
  expect_error(ErrorCode::invalid_argument, "dense_weight", [&] { (void)weighted(1.5); });
}

TEST_F(SearchRun, ChoosesHitsThatDiffer) {
  put("a", {{"x", 0}});
  put("a again", {{"x", 1}});
  put("other", {{"x", 60}});
  put("far", {{"x", 170}});
  const SearchOptions plain{.k = 2, .mode = SearchMode::dense, .where = {}};
  SearchOptions diverse = plain;
  diverse.mmr = 0.5;
  EXPECT_EQ(uris(search("", plain)), (Uris{"a", "a again"}));
  EXPECT_EQ(uris(search("", diverse)), (Uris{"a", "other"}));
  diverse.mmr = 1;
  EXPECT_EQ(uris(search("", diverse)), uris(search("", plain)));
  diverse.mmr = -0.1;
  expect_error(ErrorCode::invalid_argument, "mmr", [&] { (void)search("", diverse); });
}

TEST_F(SearchRun, GroupsByDocumentUntilThereAreEnough) {
  std::vector<Chunk> many;
  for (int i = 0; i < 60; ++i) many.push_back({"a lamp", i * 0.1});
  put("long", many);
  put("second", {{"a lamp", 20}, {"none", 90}});
  put("third", {{"a lamp", 30}});
  for (const SearchMode mode : {SearchMode::dense, SearchMode::text, SearchMode::hybrid}) {
    const auto hits = search("lamp", {.k = 3, .mode = mode, .group_by_document = true});
    ASSERT_EQ(hits.size(), 3U) << "sixty chunks of one document stand before the others";
    const auto found = uris(hits);
    EXPECT_EQ(std::set<std::string>(found.begin(), found.end()).size(), 3U);
    const auto at = std::find(found.begin(), found.end(), "long") - found.begin();
    EXPECT_EQ(hits[static_cast<std::size_t>(at)].more.size(), 2U) << "three chunks of each at most";
  }
  const auto dense = search("", {.k = 9, .mode = SearchMode::dense, .group_by_document = true, .chunks_per_document = 2});
  EXPECT_EQ(uris(dense), (Uris{"long", "second", "third"}));
  EXPECT_EQ(dense[0].line, 1U);
  ASSERT_EQ(dense[0].more.size(), 1U);
  EXPECT_EQ(dense[0].more[0].line, 2U);
  EXPECT_EQ(dense[2].more.size(), 0U);
}

TEST_F(SearchRun, GroupsAndDiffersTogether) {
  put("a", {{"x", 0}, {"x", 0.5}});
  put("b", {{"x", 1}});
  put("c", {{"x", 70}});
  put("d", {{"x", 170}});
  const auto hits = search("", {.k = 2, .mode = SearchMode::dense, .mmr = 0.5, .group_by_document = true});
  EXPECT_EQ(uris(hits), (Uris{"a", "c"}));
  EXPECT_EQ(hits[0].more.size(), 1U);
}

TEST_F(SearchRun, FindsMoreLikeADocumentOrAChunk) {
  put("a", {{"x", 0}, {"x", 40}});
  put("b", {{"x", 42}});
  put("c", {{"x", 22}});
  put("d#7", {{"x", 120}});
  const Snapshot snapshot = store_.snapshot();
  const auto like = [&](std::string_view place) {
    Likeness likeness = likeness_of(snapshot, place);
    return uris(run_search(snapshot, {.vector = likeness.vector, .apart = likeness.own}, {.k = 9, .mode = SearchMode::dense, .where = {}},
                           context_));
  };
  EXPECT_EQ(like("a"), (Uris{"c", "b", "d#7"})) << "by its mean, at 20 degrees";
  EXPECT_EQ(like("a#2"), (Uris{"b", "c", "d#7"}));
  EXPECT_EQ(like("a#1").front(), "c");
  EXPECT_EQ(like("d#7").front(), "b") << "a uri of that very name comes first";
  EXPECT_EQ(like("d#7#1").front(), "b");
  expect_error(ErrorCode::not_found, "'nothing' is no document", [&] { (void)likeness_of(snapshot, "nothing"); });
  expect_error(ErrorCode::not_found, "chunks 1 to 2", [&] { (void)likeness_of(snapshot, "a#3"); });
  expect_error(ErrorCode::not_found, "'a#x'", [&] { (void)likeness_of(snapshot, "a#x"); });
}

TEST_F(SearchRun, GivesAllHitsThatAreLeftBesideADocument) {
  std::vector<Chunk> many(30, {"x", 0});
  put("own", many);
  for (int i = 0; i < 4; ++i) put("other" + std::to_string(i), {{"x", 100.0 + i}});
  const Snapshot snapshot = store_.snapshot();
  const Likeness likeness = likeness_of(snapshot, "own");
  EXPECT_EQ(likeness.own.size(), 30U);
  const auto hits =
      run_search(snapshot, {.vector = likeness.vector, .apart = likeness.own}, {.k = 3, .mode = SearchMode::dense, .where = {}}, context_);
  EXPECT_EQ(uris(hits), (Uris{"other0", "other1", "other2"}));
}

TEST_F(SearchRun, TellsItsPlan) {
  for (int i = 0; i < 10; ++i) put("d" + std::to_string(i), {{"a lamp", i * 1.0}, {"x", 50}}, i < 3 ? "a" : "b");
  SearchPlan plan;
  (void)search("lamp", {.k = 2, .where = parse_filter("kind=a"), .plan = &plan});
  EXPECT_EQ(plan.filter, "kind = a");
  EXPECT_EQ(plan.n_chunks, 20U);
  EXPECT_EQ(plan.n_kept, 6U);
  EXPECT_EQ(plan.dense, "exact, the rows marked");
  EXPECT_EQ(plan.text, "BM25, the chunks that pass");
  EXPECT_EQ(plan.n_dense, 6U);
  EXPECT_EQ(plan.n_text, 3U);
  EXPECT_GT(plan.seconds, 0);
  SearchPlan words;
  (void)search("lamp", {.mode = SearchMode::text, .plan = &words});
  EXPECT_EQ(words.filter, "");
  EXPECT_EQ(words.n_kept, 20U);
  EXPECT_EQ(words.dense, "");
  EXPECT_EQ(words.text, "BM25");
}

TEST_F(SearchRun, WarnsOfAFieldThatNoDocumentHas) {
  put("a", {{"x", 0}});
  std::vector<std::string> warnings;
  context_.log = [&](LogLevel, std::string_view line) { warnings.emplace_back(line); };
  const SearchOptions options{.mode = SearchMode::text, .where = parse_filter("knid = a or exists publisher or kind = b")};
  EXPECT_TRUE(search("x", options).empty());
  ASSERT_EQ(warnings.size(), 2U);
  EXPECT_EQ(warnings[0], "the filter asks for 'knid', a field that no document has, did you mean 'kind'?");
  EXPECT_EQ(warnings[1], "the filter asks for 'publisher', a field that no document has");
}

}  // namespace
}  // namespace akin::retrieval

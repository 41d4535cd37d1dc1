#include "akin/eval/retrieval.h"

#include <algorithm>
#include <cstdlib>
#include <system_error>

#include "akin/base/error.h"
#include "akin/index/flat.h"
#include "akin/retrieval/fusion.h"
#include "akin/space/metric.h"
#include "akin/store/store.h"

namespace akin {
namespace {

using Rankings = std::vector<std::vector<std::uint64_t>>;

// What recall@100 looks at; fusion goes as deep.
constexpr std::size_t kDepth = kFusionDepth;
// Documents of one commit while the collection for text search is made.
constexpr std::size_t kCommitDocuments = 5000;

// The title may be empty: then the text begins with a space, as in the reference figures.
std::string embedded_text(const BeirDocument& document) { return document.title + " " + document.text; }

Rankings rank_dense(const Embedder& embedder, const BeirSet& set, std::size_t& n_truncated, Context& context) {
  std::vector<std::string> documents, queries;
  for (const BeirDocument& document : set.documents) documents.push_back(embedded_text(document));
  for (const BeirQuery& query : set.queries) queries.push_back(query.text);
  const EmbedResult rows = embedder.embed(documents, TextRole::document, context);
  const EmbedResult asked = embedder.embed(queries, TextRole::query, context);
  for (const TextReport& report : rows.reports) n_truncated += report.n_tokens_dropped > 0 ? 1 : 0;

  const FlatIndex index = build_flat(VectorSet(rows.vectors.view()), {metric_from(embedder.info().similarity)}, context);
  const auto hits = index.searcher()->search_batch(asked.vectors.view(), {kDepth, {}}, context);
  Rankings rankings(hits.size());
  for (std::size_t q = 0; q < hits.size(); ++q)
    for (const Neighbor& hit : hits[q]) rankings[q].push_back(hit.id);
  return rankings;
}

// A folder of its own that goes away with it.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "akin-eval-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) throw_errno(pattern, "create a folder");
    path_ = pattern;
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }

 private:
  std::filesystem::path path_;
};

// One chunk a document, without vectors that mean anything: only its text is searched. The uri is the row.
void fill_store(Store& store, const BeirSet& set, Context& context) {
  for (std::size_t begin = 0; begin < set.documents.size(); begin += kCommitDocuments) {
    context.cancel.check();
    const std::size_t end = std::min(begin + kCommitDocuments, set.documents.size());
    const Matrix<float> vectors(end - begin, 1);
    StoreChange change;
    for (std::size_t row = begin; row < end; ++row) {
      StoredDocument document;
      document.uri = std::to_string(row);
      document.title = set.documents[row].title;
      document.format = "text";
      document.content_hash = document.uri;
      document.chunks.push_back({set.documents[row].text, {}, 0, 0, 0});
      change.put.push_back(std::move(document));
    }
    change.vectors = vectors.view();
    store.apply(change);
  }
}

Rankings rank_text(const BeirSet& set, Context& context) {
  const TemporaryFolder folder;
  Store store = Store::create(folder.path() / "collection", {.model = "none", .fingerprint = "none", .dim = 1, .metric = "dot"});
  fill_store(store, set, context);
  const Snapshot snapshot = store.snapshot();
  Rankings rankings(set.queries.size());
  for (std::size_t q = 0; q < set.queries.size(); ++q) {
    context.cancel.check();
    for (const ScoredChunk& hit : snapshot.search_text(set.queries[q].text, kDepth, {}))
      if (const auto record = snapshot.chunk(hit.chunk_id)) rankings[q].push_back(std::stoull(record->uri));
  }
  return rankings;
}

/// The first documents of each query in the order of the reranker.
std::size_t rerank_all(const BeirSet& set, const RetrievalOptions& options, Rankings& rankings, Context& context) {
  std::size_t n_truncated = 0;
  for (std::size_t q = 0; q < rankings.size(); ++q) {
    context.cancel.check();
    const std::size_t n = std::min(options.rerank.k, rankings[q].size());
    const std::vector<std::uint64_t> first(rankings[q].begin(), rankings[q].begin() + static_cast<std::ptrdiff_t>(n));
    std::vector<std::string> texts;
    for (const std::uint64_t row : first) texts.push_back(embedded_text(set.documents[row]));
    const std::vector<std::string_view> views(texts.begin(), texts.end());
    std::size_t place = 0;
    for (const RankedText& ranked : options.reranker->rank(set.queries[q].text, views, 0, options.rerank.label, context)) {
      rankings[q][place++] = first[ranked.index];
      n_truncated += ranked.report.n_tokens_dropped > 0 ? 1 : 0;
    }
  }
  return n_truncated;
}

}  // namespace

RetrievalScores score_rankings(const BeirSet& set, const Rankings& rankings) {
  require(rankings.size() == set.queries.size(), "score_rankings: one ranking a query is needed");
  RetrievalScores scores;
  scores.n_documents = set.documents.size();
  scores.n_queries = set.queries.size();
  for (std::size_t q = 0; q < rankings.size(); ++q) {
    const RelevantRows& relevant = set.queries[q].relevant;
    const double ndcg = ndcg_at(10, rankings[q], relevant);
    scores.ndcg_of_query.emplace_back(set.queries[q].id, ndcg);
    scores.ndcg_at_10 += ndcg;
    scores.recall_at_100 += recall_at(100, rankings[q], relevant);
    scores.mrr_at_10 += reciprocal_rank_at(10, rankings[q], relevant);
  }
  const auto n = static_cast<double>(std::max<std::size_t>(rankings.size(), 1));
  scores.ndcg_at_10 /= n;
  scores.recall_at_100 /= n;
  scores.mrr_at_10 /= n;
  return scores;
}

RetrievalScores evaluate_retrieval(const Embedder* embedder, const std::filesystem::path& folder, const RetrievalOptions& options,
                                   Context& context) {
  const SearchMode mode = options.mode;
  require(embedder != nullptr || mode == SearchMode::text, "evaluate_retrieval: dense and hybrid search need a model");
  const BeirSet set = read_beir(folder);
  if (set.queries.empty()) throw Error(ErrorCode::corrupt, folder.string() + ": no query has a relevant document in qrels/test.tsv");
  std::size_t n_truncated = 0;
  Rankings rankings;
  if (mode == SearchMode::text) {
    rankings = rank_text(set, context);
  } else {
    rankings = rank_dense(*embedder, set, n_truncated, context);
  }
  if (mode == SearchMode::hybrid) {
    const Rankings words = rank_text(set, context);
    for (std::size_t q = 0; q < rankings.size(); ++q) {
      const std::vector<FusedEntry> fused = fuse_rankings(Rankings{std::move(rankings[q]), words[q]}, kDepth);
      rankings[q].clear();
      for (const FusedEntry& entry : fused) rankings[q].push_back(entry.id);
    }
  }
  const std::size_t n_cut = options.reranker == nullptr ? 0 : rerank_all(set, options, rankings, context);
  RetrievalScores scores = score_rankings(set, rankings);
  scores.n_pairs_truncated = n_cut;
  scores.n_documents_truncated = n_truncated;
  return scores;
}

}  // namespace akin

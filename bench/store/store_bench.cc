// A collection as a store of vectors: durable insert, search, filtered search, delete and compaction; one JSON line a task with the fields
// that the comparison scripts of other stores print.
//
//   store_bench fill FOLDER BASE QUERIES [ROWS]    a new collection: 1,000 documents a commit; then 300 searches and 100 filtered ones
//   store_bench open FOLDER QUERIES                opens it and answers once: the process is new, so this is a cold start
//   store_bench delete FOLDER BASE QUERIES [ROWS]  removes every second document, compacts, searches again
//
// A document is one chunk with a name, a source of five and a shard of a hundred, as the other stores have them; "insert_with_text_per_s"
// is of a collection whose chunks have their names as text besides, which goes into the full-text index. k = 10, cosine, one query a call,
// two threads. bench/compare/stores.py runs it.
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "akin/base/context.h"
#include "akin/formats/vector_file.h"
#include "akin/index/flat.h"
#include "akin/store/filter.h"
#include "akin/store/store.h"

namespace akin {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kHits = 10, kBatch = 1000, kSearches = 300, kFiltered = 100;
constexpr int kThreads = 2;

double now() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

double peak_mb() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1e3;
}

double folder_mb(const fs::path& folder) {
  double bytes = 0;
  for (const fs::directory_entry& file : fs::directory_iterator(folder))
    if (file.is_regular_file()) bytes += static_cast<double>(file.file_size());
  return bytes / 1e6;
}

std::size_t shard_of(std::size_t row) { return row * 7919 % 100; }
std::string uri_of(std::size_t row) { return "doc " + std::to_string(row); }

StoreChange batch_of(const Matrix<float>& base, std::size_t first, std::size_t n, bool with_text) {
  StoreChange change;
  for (std::size_t row = first; row < first + n; ++row) {
    StoredDocument document;
    document.uri = uri_of(row);
    document.metadata = {{"source", std::to_string(row % 5)}, {"shard", std::to_string(shard_of(row))}};
    document.chunks.push_back({});
    if (with_text) document.chunks[0].text = document.uri;
    change.put.push_back(std::move(document));
  }
  change.vectors = base.view().middle_rows(first, n);
  return change;
}

struct Timed {
  double p50_ms = 0, p99_ms = 0, recall = 0;
  std::size_t fewer_than_k = 0;
};

// Chunks are numbered from 1 in the order that they came in.
Timed time_searches(const Snapshot& snapshot, MatrixView<const float> queries, const Filter& where,
                    const std::vector<std::vector<Neighbor>>& truth, Context& context) {
  std::vector<double> ms;
  Timed out;
  std::size_t right = 0, wanted = 0;
  for (std::size_t q = 0; q < queries.rows(); ++q) {
    const double start = now();
    const std::vector<ScoredChunk> hits = snapshot.search_dense(queries.row(q), kHits, snapshot.select(where), context);
    ms.push_back((now() - start) * 1e3);
    out.fewer_than_k += hits.size() < kHits ? 1 : 0;
    wanted += truth[q].size();
    for (const ScoredChunk& hit : hits)
      right += static_cast<std::size_t>(
          std::any_of(truth[q].begin(), truth[q].end(), [&](const Neighbor& neighbor) { return neighbor.id + 1 == hit.chunk_id; }));
  }
  std::sort(ms.begin(), ms.end());
  out.p50_ms = ms[ms.size() / 2];
  out.p99_ms = ms[ms.size() * 99 / 100];
  out.recall = static_cast<double>(right) / static_cast<double>(wanted);
  return out;
}

std::vector<std::vector<Neighbor>> truth_of(const Matrix<float>& base, MatrixView<const float> queries,
                                            const std::function<bool(std::size_t)>& keeps, Context& context) {
  std::vector<std::uint64_t> kept;
  for (std::size_t row = 0; row < base.rows(); ++row)
    if (keeps(row)) kept.push_back(row);
  const FlatIndex index = build_flat(VectorSet(base.view()), {Metric::cosine}, context);
  return index.searcher()->search_batch(queries, {kHits, RowFilter::from_ids(kept)}, context);
}

/// Seconds until the last commit is durable and the collection closed.
double insert(const fs::path& folder, const Matrix<float>& base, bool with_text) {
  fs::remove_all(folder);
  const double start = now();
  {
    Store store = Store::create(folder, {"bench", "bench", base.cols(), "cosine"});
    for (std::size_t first = 0; first < base.rows(); first += kBatch)
      store.apply(batch_of(base, first, std::min(kBatch, base.rows() - first), with_text));
  }
  return now() - start;
}

void fill(const fs::path& folder, const Matrix<float>& base, const Matrix<float>& queries) {
  Context context(kThreads);
  const double with_text = insert(folder, base, true);
  const double start = now();
  const double inserted = insert(folder, base, false);
  Store::open(folder, true).refresh_graph(context);
  const double indexed = now() - start;
  const Store store = Store::open(folder, false);
  const Snapshot snapshot = store.snapshot();
  (void)snapshot.search_dense(queries.row(0), kHits, ChunkSet(), context);
  const MatrixView<const float> some = queries.view().middle_rows(0, std::min(kSearches, queries.rows()));
  const MatrixView<const float> few = some.middle_rows(0, std::min(kFiltered, some.rows()));
  const auto all_rows = [](std::size_t) { return true; };
  const auto of_shard = [](std::size_t row) { return shard_of(row) == 7; };
  const Filter where = parse_filter("shard = 7");
  const Timed plain = time_searches(snapshot, some, {}, truth_of(base, some, all_rows, context), context);
  const Timed filtered = time_searches(snapshot, few, where, truth_of(base, few, of_shard, context), context);
  std::printf(
      "{\"task\": \"stores\", \"rows\": %zu, \"insert_per_s\": %.6g, \"insert_with_text_per_s\": %.6g, \"insert_and_index_per_s\": %.6g, "
      "\"p50_ms\": %.4g, \"p99_ms\": %.4g, "
      "\"recall\": "
      "%.6g, "
      "\"filter_p50_ms\": %.4g, \"filter_p99_ms\": %.4g, \"filter_recall\": %.6g, \"filter_fewer_than_k\": %zu, \"disk_mb\": %.4g, "
      "\"peak_mb\": %.4g}\n",
      base.rows(), static_cast<double>(base.rows()) / inserted, static_cast<double>(base.rows()) / with_text,
      static_cast<double>(base.rows()) / indexed, plain.p50_ms, plain.p99_ms, plain.recall, filtered.p50_ms, filtered.p99_ms,
      filtered.recall, filtered.fewer_than_k, folder_mb(folder), peak_mb());
}

void open(const fs::path& folder, const Matrix<float>& queries, double start) {
  Context context(kThreads);
  const Store store = Store::open(folder, false);
  const std::vector<ScoredChunk> hits = store.snapshot().search_dense(queries.row(0), kHits, ChunkSet(), context);
  std::printf("{\"task\": \"stores-open\", \"cold_open_to_first_hit_s\": %.4g, \"hits\": %zu, \"rss_mb\": %.4g}\n", now() - start,
              hits.size(), peak_mb());
}

void remove_half(const fs::path& folder, const Matrix<float>& base, const Matrix<float>& queries) {
  Context context(kThreads);
  const double before = folder_mb(folder);
  Store store = Store::open(folder, true);
  StoreChange change;
  for (std::size_t row = 0; row < base.rows(); row += 2) change.remove.push_back(uri_of(row));
  const double start = now();
  store.apply(change);
  const double removed = now() - start;
  store.compact();
  store.refresh_graph(context);
  const double compacted = now() - start - removed;
  const MatrixView<const float> few = queries.view().middle_rows(0, std::min(kFiltered, queries.rows()));
  const Snapshot snapshot = store.snapshot();
  (void)snapshot.search_dense(few.row(0), kHits, ChunkSet(), context);
  const auto odd = [](std::size_t row) { return row % 2 == 1; };
  const Timed after = time_searches(snapshot, few, {}, truth_of(base, few, odd, context), context);
  std::printf(
      "{\"task\": \"stores-delete\", \"delete_s\": %.4g, \"compact_s\": %.4g, \"count\": %zu, \"disk_mb_before\": %.4g, \"disk_mb_after\": "
      "%.4g, "
      "\"recall_after\": %.6g, \"fewer_than_k\": %zu, \"p50_ms\": %.4g}\n",
      removed, compacted, snapshot.counts().n_documents, before, folder_mb(folder), after.recall, after.fewer_than_k, after.p50_ms);
}

Matrix<float> first_rows(const std::string& path, std::size_t most) {
  const Matrix<float> all = VectorFile(path).read();
  Matrix<float> some = Matrix<float>::uninitialized(std::min(most, all.rows()), all.cols());
  std::copy_n(all.data(), some.size(), some.data());
  return some;
}

int run(const std::vector<std::string>& words, double start) {
  const std::string verb = words.empty() ? "" : words[0];
  if (verb == "open" && words.size() == 3) {
    open(words[1], first_rows(words[2], 1), start);
    return 0;
  }
  if ((verb == "fill" || verb == "delete") && (words.size() == 4 || words.size() == 5)) {
    const Matrix<float> base = first_rows(words[2], words.size() == 5 ? std::stoul(words[4]) : std::size_t{1} << 40);
    const Matrix<float> queries = first_rows(words[3], kSearches);
    verb == "fill" ? fill(words[1], base, queries) : remove_half(words[1], base, queries);
    return 0;
  }
  std::fputs("usage: store_bench fill FOLDER BASE QUERIES [ROWS] | open FOLDER QUERIES | delete FOLDER BASE QUERIES [ROWS]\n", stderr);
  return 2;
}

}  // namespace
}  // namespace akin

int main(int argc, char** argv) {
  try {
    const double start = akin::now();
    return akin::run({argv + 1, argv + argc}, start);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "error: %s\n", error.what());
    return 1;
  }
}

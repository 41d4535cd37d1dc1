// A collection from which half goes and comes again, round by round: what it finds, how fast, how large it is. One JSON line a round; round
// 0 is the collection as it was filled.
//
//   churn_bench FOLDER BASE QUERIES [ROUNDS [ROWS]]
//
// A round removes a random half of the documents, 1,000 a commit, compacts, brings the graph up to date, adds them again and does the same
// once more. Searches: k = 10, cosine, the recall that is asked for by default, one query a call, one thread; the rest on two. A hit counts
// if it is as near as the tenth of an exact search. Peak memory is that of the round alone, where the kernel lets it be counted anew.
// bench/ compare/churn.py runs it.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <numeric>
#include <string>
#include <vector>

#include "akin/base/context.h"
#include "akin/base/rng.h"
#include "akin/formats/vector_file.h"
#include "akin/store/store.h"

namespace akin {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kHits = 10, kBatch = 1000;
constexpr int kThreads = 2;
// Two sums of the same products in another order differ by less; neighbours are further apart.
constexpr double kSameScore = 1e-6;

double now() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

double folder_mb(const fs::path& folder) {
  double bytes = 0;
  for (const fs::directory_entry& file : fs::directory_iterator(folder))
    if (file.is_regular_file()) bytes += static_cast<double>(file.file_size());
  return bytes / 1e6;
}

/// A field of /proc/self/status, in MB; 0 if there is none.
double status_mb(const std::string& field) {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);)
    if (line.starts_with(field + ":")) return std::stod(line.substr(field.size() + 1)) * 1024 / 1e6;
  return 0;
}

void begin_peak() { std::ofstream("/proc/self/clear_refs") << "5"; }

class Churn {
 public:
  Churn(const fs::path& folder, const VectorFile& base, std::size_t n_rows, Matrix<float> queries)
      : folder_(folder), base_(base), queries_(std::move(queries)), all_(n_rows), store_(fresh(folder, base.cols())) {
    std::iota(all_.begin(), all_.end(), std::size_t{0});
  }

  void fill() {
    begin_peak();
    const double start = now();
    add(all_);
    const double added = now() - start;
    const double graph = settle();
    for (std::size_t q = 0; q < queries_.rows(); ++q) true_scores_.push_back(search(q, exact()).back().score);
    report(0, 0, added, graph);
  }

  void round(std::size_t number) {
    begin_peak();
    std::vector<std::size_t> half = all_;
    Rng rng(number);
    for (std::size_t i = 0; i < half.size() / 2; ++i) std::swap(half[i], half[i + rng.below(half.size() - i)]);
    half.resize(half.size() / 2);
    double start = now();
    remove(half);
    const double removed = now() - start;
    double graph = settle();
    start = now();
    add(half);
    const double added = now() - start;
    graph += settle();
    report(number, removed, added, graph);
  }

 private:
  static Store fresh(const fs::path& folder, std::size_t dim) {
    fs::remove_all(folder);
    return Store::create(folder, {"bench", "bench", dim, "cosine"});
  }
  static DenseOptions exact() {
    DenseOptions options(kHits);
    options.effort.exact = true;
    return options;
  }

  void add(const std::vector<std::size_t>& rows) {
    for (std::size_t first = 0; first < rows.size(); first += kBatch) {
      const std::size_t n = std::min(kBatch, rows.size() - first);
      StoreChange change;
      Matrix<float> vectors(n, base_.cols());
      for (std::size_t i = 0; i < n; ++i) {
        base_.row_to_float(rows[first + i], vectors.row(i));
        StoredDocument& document = change.put.emplace_back();
        document.uri = std::to_string(rows[first + i]);
        document.content_hash = document.uri;
        document.metadata = {{"source", std::to_string(rows[first + i] % 5)}};
        document.chunks.emplace_back().text = "document " + document.uri;
      }
      change.vectors = std::as_const(vectors).view();
      store_.apply(change);
    }
  }
  void remove(const std::vector<std::size_t>& rows) {
    for (std::size_t first = 0; first < rows.size(); first += kBatch) {
      StoreChange change;
      for (std::size_t i = first; i < std::min(rows.size(), first + kBatch); ++i) change.remove.push_back(std::to_string(rows[i]));
      store_.apply(change);
    }
  }
  /// Seconds that the graph took.
  double settle() {
    store_.compact();
    const double start = now();
    store_.refresh_graph(many_);
    return now() - start;
  }
  std::vector<ScoredChunk> search(std::size_t query, const DenseOptions& options) {
    return store_.snapshot().search_dense(queries_.row(query), options, {}, one_);
  }

  void report(std::size_t number, double removed, double added, double graph) {
    const Snapshot snapshot = store_.snapshot();
    (void)snapshot.search_dense(queries_.row(0), kHits, {}, one_);
    std::size_t right = 0, n_hits = 0;
    const double start = now();
    for (std::size_t q = 0; q < queries_.rows(); ++q) {
      const std::vector<ScoredChunk> hits = snapshot.search_dense(queries_.row(q), kHits, {}, one_);
      n_hits += hits.size();
      for (const ScoredChunk& hit : hits) right += hit.score >= true_scores_[q] - kSameScore ? 1 : 0;
    }
    const double seconds = now() - start;
    const auto wanted = static_cast<double>(queries_.rows() * kHits);
    std::printf(
        "{\"round\": %zu, \"recall\": %.5f, \"hits\": %zu, \"qps\": %.6g, \"disk_mb\": %.5g, \"resident_mb\": %.4g, \"own_mb\": %.4g, "
        "\"peak_mb\": %.5g, \"remove_s\": %.3g, \"add_s\": %.3g, \"graph_s\": %.3g, \"segments\": %zu, \"n_vectors\": %zu}\n",
        number, static_cast<double>(right) / wanted, n_hits, static_cast<double>(queries_.rows()) / seconds, folder_mb(folder_),
        status_mb("VmRSS"), status_mb("RssAnon"), status_mb("VmHWM"), removed, added, graph, snapshot.counts().n_segments,
        snapshot.counts().n_vectors);
    std::fflush(stdout);
  }

  fs::path folder_;
  const VectorFile& base_;
  Matrix<float> queries_;
  std::vector<std::size_t> all_;
  Store store_;
  Context one_{1}, many_{kThreads};
  std::vector<double> true_scores_;  // of each query's tenth neighbour
};

int run(const std::vector<std::string>& words) {
  if (words.size() < 3 || words.size() > 5) {
    std::fputs("usage: churn_bench FOLDER BASE QUERIES [ROUNDS [ROWS]]\n", stderr);
    return 2;
  }
  const VectorFile base(words[1]);
  const std::size_t n_rounds = words.size() > 3 ? std::stoul(words[3]) : 10;
  const std::size_t n_rows = words.size() > 4 ? std::min<std::size_t>(std::stoul(words[4]), base.rows()) : base.rows();
  Churn churn(words[0], base, n_rows, VectorFile(words[2]).read());
  churn.fill();
  for (std::size_t round = 1; round <= n_rounds; ++round) churn.round(round);
  return 0;
}

}  // namespace
}  // namespace akin

int main(int argc, char** argv) {
  try {
    return akin::run({argv + 1, argv + argc});
  } catch (const std::exception& error) {
    std::fprintf(stderr, "error: %s\n", error.what());
    return 1;
  }
}

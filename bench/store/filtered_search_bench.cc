// Filtered search through a collection: a filter that keeps 50 %, 10 %, 1 %, 0.1 % or three of all chunks, of a collection made for it.
//
//   build/bench/bench/store/filtered_search_bench BASE.npy QUERIES.npy [--threads 1] [--seconds 2] [--k 10] [--recall 0.99]
//       [--folder DIR]
//
// Each row of BASE is a document of one chunk, with a number in its metadata; a filter keeps the numbers below a bound. One JSON line a
// share: `first_ms`, the first search with its SQL; `qps` and `p99_ms` of the further ones, whose set of chunks is remembered; `select_ms`,
// SQL alone, for filters that are asked once; `recall` and `least_hits` against a plain look at every row that passes.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "akin/base/error.h"
#include "akin/formats/vector_file.h"
#include "akin/store/store.h"

namespace akin {
namespace {

using Clock = std::chrono::steady_clock;

struct Options {
  std::string base, queries, folder;
  int threads = 1;
  double seconds = 2;
  std::size_t k = 10;
  float recall = 0.99F;  // of a walk through the graph, where that is faster than a look at what passes
};

double milliseconds_since(Clock::time_point start) { return 1e3 * std::chrono::duration<double>(Clock::now() - start).count(); }

/// Documents in an order that has nothing to do with their numbers.
std::size_t number_of_row(std::size_t row, std::size_t n) { return row * 7919 % n; }

Store make_collection(const Options& options, const Matrix<float>& base) {
  Store store = Store::create(options.folder, {"bench", "bench", base.cols(), "cosine"});
  constexpr std::size_t kCommit = 10'000;
  for (std::size_t begin = 0; begin < base.rows(); begin += kCommit) {
    const std::size_t n = std::min(kCommit, base.rows() - begin);
    StoreChange change;
    for (std::size_t row = begin; row < begin + n; ++row) {
      StoredDocument document;
      document.uri = "document " + std::to_string(row);
      document.metadata = {{"number", std::to_string(number_of_row(row, base.rows()))}};
      document.chunks.push_back({"a chunk", {}, 0, 0, 2});
      change.put.push_back(std::move(document));
    }
    change.vectors = base.view().middle_rows(begin, n);
    store.apply(change);
  }
  return store;
}

/// Rows are chunks 1, 2, … in a new collection.
std::vector<std::uint64_t> plain_look(const Matrix<float>& base, std::span<const float> query, std::size_t kept, std::size_t k) {
  std::vector<std::pair<double, std::uint64_t>> all;
  for (std::size_t row = 0; row < base.rows(); ++row) {
    if (number_of_row(row, base.rows()) >= kept) continue;
    double dot = 0;
    for (std::size_t d = 0; d < query.size(); ++d) dot += static_cast<double>(query[d]) * static_cast<double>(base(row, d));
    all.emplace_back(-dot, row + 1);
  }
  std::sort(all.begin(), all.end());
  std::vector<std::uint64_t> ids;
  for (std::size_t i = 0; i < std::min(k, all.size()); ++i) ids.push_back(all[i].second);
  return ids;
}

void measure(const Options& options, const Store& store, const Matrix<float>& base, const Matrix<float>& queries, std::size_t kept) {
  Context context(options.threads);
  const Filter where = parse_filter("number < " + std::to_string(kept));
  const DenseOptions how(options.k, {.recall = options.recall});
  const auto search = [&](std::size_t q) {
    const Snapshot snapshot = store.snapshot();
    return snapshot.search_dense(queries.row(q), how, snapshot.select(where), context);
  };
  const Clock::time_point begin = Clock::now();
  (void)search(0);
  const double first = milliseconds_since(begin);

  std::vector<double> times;
  for (const Clock::time_point start = Clock::now(); milliseconds_since(start) < 1e3 * options.seconds;) {
    const Clock::time_point one = Clock::now();
    (void)search(times.size() % queries.rows());
    times.push_back(milliseconds_since(one));
  }
  double total = 0;
  for (const double time : times) total += time;
  std::sort(times.begin(), times.end());

  std::vector<double> selects;  // each filter another text, so that none is remembered
  for (std::size_t i = 0; i < 15; ++i) {
    const Snapshot snapshot = store.snapshot();
    const Filter other = parse_filter("number < " + std::to_string(kept) + "." + std::string(i, '0') + "0");
    const Clock::time_point one = Clock::now();
    (void)snapshot.select(other);
    selects.push_back(milliseconds_since(one));
  }
  std::sort(selects.begin(), selects.end());

  constexpr std::size_t kChecked = 50;
  std::size_t n_right = 0, n_wanted = 0, least = options.k;
  for (std::size_t q = 0; q < std::min(kChecked, queries.rows()); ++q) {
    const std::vector<std::uint64_t> wanted = plain_look(base, queries.row(q), kept, options.k);
    const std::vector<ScoredChunk> hits = search(q);
    least = std::min(least, hits.size());
    n_wanted += wanted.size();
    for (const ScoredChunk& hit : hits) n_right += static_cast<std::size_t>(std::count(wanted.begin(), wanted.end(), hit.chunk_id));
  }
  const Snapshot snapshot = store.snapshot();
  const DensePlan plan = snapshot.plan_dense(snapshot.select(where), context, how);
  std::printf(
      "{\"kept\": %zu, \"of\": %zu, \"threads\": %d, \"way\": \"%s\", \"first_ms\": %.3f, \"select_ms\": %.3f, \"qps\": %.1f, "
      "\"p50_ms\": %.4f, \"p99_ms\": %.4f, \"recall\": %.4f, \"least_hits\": %zu}\n",
      kept, base.rows(), options.threads, std::string(name_of(plan.way)).c_str(), first, selects[selects.size() / 2],
      1e3 * static_cast<double>(times.size()) / total, times[times.size() / 2], times[times.size() * 99 / 100],
      static_cast<double>(n_right) / static_cast<double>(std::max<std::size_t>(n_wanted, 1)), least);
}

Options read_options(int argc, char** argv) {
  Options options;
  std::vector<std::string> files;
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    const auto next = [&] { return std::string(i + 1 < argc ? argv[++i] : ""); };
    if (word == "--threads")
      options.threads = std::atoi(next().c_str());
    else if (word == "--seconds")
      options.seconds = std::atof(next().c_str());
    else if (word == "--k")
      options.k = static_cast<std::size_t>(std::atoll(next().c_str()));
    else if (word == "--recall")
      options.recall = std::strtof(next().c_str(), nullptr);
    else if (word == "--folder")
      options.folder = next();
    else
      files.push_back(word);
  }
  require(files.size() == 2,
          "usage: filtered_search_bench BASE.npy QUERIES.npy [--threads N] [--seconds S] [--k K] [--recall R] [--folder DIR]");
  options.base = files[0];
  options.queries = files[1];
  if (options.folder.empty()) options.folder = (std::filesystem::temp_directory_path() / "akin-filter-bench").string();
  return options;
}

int run(int argc, char** argv) {
  const Options options = read_options(argc, argv);
  const Matrix<float> base = VectorFile(options.base).read(), queries = VectorFile(options.queries).read();
  std::filesystem::remove_all(options.folder);
  const Clock::time_point start = Clock::now();
  Store store = make_collection(options, base);
  std::fprintf(stderr, "%zu chunks stored in %.1f s\n", base.rows(), milliseconds_since(start) / 1e3);
  const Clock::time_point graph = Clock::now();
  Context context;
  store.refresh_graph(context);
  std::fprintf(stderr, "graph made in %.1f s\n", milliseconds_since(graph) / 1e3);
  const std::size_t n = base.rows();
  for (const std::size_t kept : {n, n / 2, n / 10, n / 100, n / 1000, std::size_t{3}}) measure(options, store, base, queries, kept);
  std::filesystem::remove_all(options.folder);
  return 0;
}

}  // namespace
}  // namespace akin

int main(int argc, char** argv) {
  try {
    return akin::run(argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
}

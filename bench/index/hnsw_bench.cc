// Graph search over vectors in a file, one JSON line a measurement: time of the build, then queries a second and recall@k for each ef.
//
//   hnsw_bench BASE QUERIES [--threads N] [--k N] [--metric NAME] [--ef N]… [--degree N] [--build-beam N] [--alpha X] [--code-bits N]
//   [--keep SHARE]… [--rounds N] [--churn N]
//
// BASE and QUERIES: .npy, .fvecs or .safetensors. The build uses all threads, a search one, a query a call. --keep: searches whose filter
// keeps that share of the rows. --churn: so many times a random half of the rows is deleted and added again, with ef 64. Truth is the exact
// index's. bench/compare/ann.py runs it.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <exception>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "akin/base/rng.h"
#include "akin/formats/vector_file.h"
#include "akin/index/flat.h"
#include "akin/index/hnsw.h"
#include "akin/index/recall.h"

namespace akin {
namespace {

struct Options {
  std::string base, queries;
  int threads = 2;
  std::size_t k = 10, rounds = 3, churn = 0;
  HnswOptions hnsw{.metric = Metric::dot};
  std::vector<std::size_t> efs;
  std::vector<double> keeps;
};

Options parse(const std::vector<std::string>& arguments) {
  Options options;
  std::vector<std::string> files;
  const std::map<std::string, std::function<void(const std::string&)>> known = {
      {"--threads", [&](const std::string& v) { options.threads = std::stoi(v); }},
      {"--k", [&](const std::string& v) { options.k = std::stoul(v); }},
      {"--churn", [&](const std::string& v) { options.churn = std::stoul(v); }},
      {"--rounds", [&](const std::string& v) { options.rounds = std::stoul(v); }},
      {"--metric", [&](const std::string& v) { options.hnsw.metric = metric_from(v); }},
      {"--ef", [&](const std::string& v) { options.efs.push_back(std::stoul(v)); }},
      {"--degree", [&](const std::string& v) { options.hnsw.degree = std::stoi(v); }},
      {"--build-beam", [&](const std::string& v) { options.hnsw.build_beam = std::stoi(v); }},
      {"--alpha", [&](const std::string& v) { options.hnsw.alpha = std::stof(v); }},
      {"--code-bits", [&](const std::string& v) { options.hnsw.code_bits = std::stoi(v); }},
      {"--keep", [&](const std::string& v) { options.keeps.push_back(std::stod(v)); }},
  };
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    if (!arguments[i].starts_with("--")) {
      files.push_back(arguments[i]);
      continue;
    }
    const auto option = known.find(arguments[i]);
    if (option == known.end()) throw Error(ErrorCode::invalid_argument, "unknown option " + arguments[i]);
    if (++i == arguments.size()) throw Error(ErrorCode::invalid_argument, option->first + " needs a value");
    option->second(arguments[i]);
  }
  if (files.size() != 2) throw Error(ErrorCode::invalid_argument, "give a file of vectors and a file of queries");
  options.base = files[0];
  options.queries = files[1];
  if (options.efs.empty()) options.efs = {10, 12, 16, 20, 24, 32, 48, 64, 96, 128, 192, 256, 384};
  return options;
}

double now() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

struct Measured {
  double qps = 0;
  std::vector<std::vector<Neighbor>> hits;
};

/// The best of the rounds.
Measured measure(Searcher& searcher, const Matrix<float>& queries, const SearchParameters& parameters, std::size_t rounds,
                 Context& context) {
  Measured best{0, std::vector<std::vector<Neighbor>>(queries.rows())};
  for (std::size_t round = 0; round < rounds; ++round) {
    const double start = now();
    for (std::size_t q = 0; q < queries.rows(); ++q) best.hits[q] = searcher.search(queries.row(q), parameters, context);
    best.qps = std::max(best.qps, static_cast<double>(queries.rows()) / (now() - start));
  }
  return best;
}

std::vector<std::uint64_t> random_bits(std::size_t n, double share) {
  Rng rng(3);
  std::vector<std::uint64_t> bits((n + 63) / 64);
  for (std::size_t i = 0; i < n; ++i)
    if (rng.uniform() < share) bits[i / 64] |= std::uint64_t{1} << i % 64;
  return bits;
}

/// Deletes a random half and adds it again, round by round.
void churn(const HnswIndex& built, const VectorSet& set, const Matrix<float>& queries, const std::vector<std::vector<Neighbor>>& truth,
           const Options& options) {
  Context building(options.threads), one(1);
  HnswIndex index = built;
  for (std::size_t round = 1; round <= options.churn; ++round) {
    Rng rng(round);
    VectorSet kept(set.dim());
    std::vector<std::uint64_t> old_rows, back(set.size(), kNewRow);
    for (std::uint64_t row = 0; row < set.size(); ++row) {
      if (rng.below(2) == 0) continue;
      back[row] = old_rows.size();
      old_rows.push_back(row);
      kept.add_segment(MatrixView<const float>(set.row(row).data(), 1, set.dim()));
    }
    const double start = now();
    const HnswIndex half = update_hnsw(index, kept, old_rows, building);
    const double deleted = now() - start;
    index = update_hnsw(half, set, back, building);
    const double added = now() - start - deleted;
    const Measured found = measure(*index.searcher(), queries, {options.k, {}, 64}, options.rounds, one);
    std::printf(
        "{\"churn\": %zu, \"recall\": %.5f, \"qps\": %.6g, \"bytes_a_vector\": %.5g, \"delete_seconds\": %.3g, \"add_seconds\": %.3g}\n",
        round, recall_of(found.hits, truth), found.qps, static_cast<double>(index.n_bytes()) / static_cast<double>(set.size()), deleted,
        added);
    std::fflush(stdout);
  }
}

void run(const Options& options) {
  const Matrix<float> base = VectorFile(options.base).read(), queries = VectorFile(options.queries).read();
  Context building(options.threads), one(1);
  const VectorSet set(base.view());
  const double start = now();
  const HnswIndex index = build_hnsw(set, options.hnsw, building);
  std::printf("{\"build_seconds\": %.4g, \"threads\": %d, \"n\": %zu, \"dim\": %zu, \"bytes_a_vector\": %.5g}\n", now() - start,
              options.threads, base.rows(), base.cols(), static_cast<double>(index.n_bytes()) / static_cast<double>(base.rows()));
  std::fflush(stdout);
  const FlatIndex flat = build_flat(set, {options.hnsw.metric}, building);
  const auto searcher = index.searcher(), exact = flat.searcher();
  const auto truth = exact->search_batch(queries.view(), {options.k, {}}, building);
  for (const std::size_t ef : options.efs) {
    const Measured found = measure(*searcher, queries, {options.k, {}, ef}, options.rounds, one);
    std::printf("{\"ef\": %zu, \"recall\": %.5f, \"qps\": %.6g}\n", ef, recall_of(found.hits, truth), found.qps);
    std::fflush(stdout);
  }
  churn(index, set, queries, truth, options);
  for (const double keep : options.keeps) {
    const std::vector<std::uint64_t> bits = random_bits(base.rows(), keep);
    const RowFilter filter = RowFilter::from_bits(bits);
    const auto kept_truth = exact->search_batch(queries.view(), {options.k, filter}, building);
    const Measured found = measure(*searcher, queries, {options.k, filter}, options.rounds, one);
    std::size_t few = 0;
    for (std::size_t q = 0; q < queries.rows(); ++q) few += found.hits[q].size() < kept_truth[q].size() ? 1 : 0;
    std::printf("{\"keep\": %g, \"recall\": %.5f, \"qps\": %.6g, \"too_few\": %zu}\n", keep, recall_of(found.hits, kept_truth), found.qps,
                few);
    std::fflush(stdout);
  }
}

}  // namespace
}  // namespace akin

int main(int argc, char** argv) {
  try {
    akin::run(akin::parse({argv + 1, argv + argc}));
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "error: %s\n", error.what());
    return 1;
  }
}

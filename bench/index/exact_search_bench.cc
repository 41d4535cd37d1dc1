// Exact search over vectors in a file, one JSON line a measurement: queries a second and the bytes of rows that this stands for.
//
//   exact_search_bench BASE QUERIES [--threads N] [--k N] [--metric NAME] [--seconds S] [--mode one|batch|filter]… [--first-look 0|1]
//   [--ids FILE]
//
// BASE and QUERIES: .npy, .fvecs or .safetensors. one: a query a call; batch: all queries in one call; filter: a query a call over every
// hundredth row. --ids writes the rows found by the batch (.ivecs), for a comparison of results. bench/compare/exact_search.py runs it.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <functional>
#include <numeric>
#include <string>
#include <vector>

#include "akin/formats/vector_file.h"
#include "akin/index/flat.h"

namespace akin {
namespace {

struct Options {
  std::string base, queries, ids;
  int threads = 1;
  std::size_t k = 10;
  Metric metric = Metric::dot;
  double seconds = 2;
  bool first_look = true;
  std::vector<std::string> modes;
};

Options parse(const std::vector<std::string>& arguments) {
  Options options;
  std::vector<std::string> files;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string& name = arguments[i];
    if (!name.starts_with("--")) {
      files.push_back(name);
      continue;
    }
    if (++i == arguments.size()) throw Error(ErrorCode::invalid_argument, name + " needs a value");
    const std::string& value = arguments[i];
    if (name == "--threads") {
      options.threads = std::stoi(value);
    } else if (name == "--k") {
      options.k = std::stoul(value);
    } else if (name == "--metric") {
      options.metric = metric_from(value);
    } else if (name == "--seconds") {
      options.seconds = std::stod(value);
    } else if (name == "--mode") {
      options.modes.push_back(value);
    } else if (name == "--first-look") {
      options.first_look = value != "0";
    } else if (name == "--ids") {
      options.ids = value;
    } else {
      throw Error(ErrorCode::invalid_argument, "unknown option " + name);
    }
  }
  if (files.size() != 2) throw Error(ErrorCode::invalid_argument, "give a file of vectors and a file of queries");
  options.base = files[0];
  options.queries = files[1];
  if (options.modes.empty()) options.modes = {"one", "batch", "filter"};
  return options;
}

double now() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

// Queries a second of run(first, count), called with `step` queries at a time until the time is up; the first call is not counted.
double queries_per_second(std::size_t n_queries, std::size_t step, double seconds,
                          const std::function<void(std::size_t, std::size_t)>& run) {
  run(0, step);
  const double start = now();
  std::size_t done = 0, first = 0;
  do {
    run(first, std::min(step, n_queries - first));
    done += std::min(step, n_queries - first);
    first = first + step < n_queries ? first + step : 0;
  } while (now() - start < seconds);
  return static_cast<double>(done) / (now() - start);
}

void write_ids(const std::string& path, const std::vector<std::vector<Neighbor>>& hits, std::size_t k) {
  VectorWriter writer(path, TensorType::i32, k);
  for (const std::vector<Neighbor>& found : hits) {
    std::vector<std::int32_t> ids(k, -1);
    for (std::size_t i = 0; i < found.size(); ++i) ids[i] = static_cast<std::int32_t>(found[i].id);
    writer.append(std::as_bytes(std::span(ids)));
  }
  writer.commit();
}

void run(const Options& options) {
  const Matrix<float> base = VectorFile(options.base).read(), queries = VectorFile(options.queries).read();
  Context context(options.threads);
  const double build_start = now();
  const FlatIndex index = build_flat(VectorSet(base.view()), {options.metric, options.first_look}, context);
  const double build_seconds = now() - build_start;
  const auto searcher = index.searcher();
  std::vector<std::uint64_t> every_hundredth(base.rows() / 100);
  for (std::size_t i = 0; i < every_hundredth.size(); ++i) every_hundredth[i] = 100 * i + i % 100;

  for (const std::string& mode : options.modes) {
    double qps = 0, share = 1;
    if (mode == "one" || mode == "filter") {
      SearchParameters parameters{options.k, {}};
      if (mode == "filter") {
        parameters.filter = RowFilter::from_ids(every_hundredth);
        share = 0.01;
      }
      qps = queries_per_second(queries.rows(), 1, options.seconds,
                               [&](std::size_t q, std::size_t) { searcher->search(queries.row(q), parameters, context); });
    } else if (mode == "batch") {
      qps = queries_per_second(queries.rows(), queries.rows(), options.seconds, [&](std::size_t first, std::size_t count) {
        searcher->search_batch(queries.view().middle_rows(first, count), {options.k, {}}, context);
      });
    } else {
      throw Error(ErrorCode::invalid_argument, "unknown mode " + mode + ": one, batch or filter");
    }
    std::printf(
        "{\"mode\": \"%s\", \"threads\": %d, \"metric\": \"%s\", \"n\": %zu, \"dim\": %zu, \"k\": %zu, \"qps\": %.6g, "
        "\"gb_per_s\": %.4g, \"build_seconds\": %.3g}\n",
        mode.c_str(), options.threads, std::string(name_of(options.metric)).c_str(), base.rows(), base.cols(), options.k, qps,
        qps * share * static_cast<double>(base.size() * sizeof(float)) * 1e-9, build_seconds);
    std::fflush(stdout);
  }
  if (!options.ids.empty()) write_ids(options.ids, searcher->search_batch(queries.view(), {options.k, {}}, context), options.k);
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

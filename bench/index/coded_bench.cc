// Codes of vectors, one JSON line a kind of code: bytes a vector, how far their products are off, what a search by them finds and how fast.
//
//   coded_bench BASE QUERIES [--k N] [--metric NAME] [--seconds S]
//
// BASE and QUERIES: .npy, .fvecs or .safetensors. One thread. "error" is the standard deviation of (product by codes − product by floats)
// over that of the products; "recall" by how many times k rows are measured again. bench/compare/vector_codes.py runs it and writes the
// table.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <exception>
#include <string>
#include <vector>

#include "akin/formats/vector_file.h"
#include "akin/index/coded.h"
#include "akin/index/flat.h"
#include "akin/index/recall.h"
#include "akin/kernels/distance.h"
#include "code_scan.h"

namespace akin {
namespace {

constexpr std::size_t kRescores[] = {1, 2, 4, 8, 16, 32, 64};

struct Options {
  std::string base, queries;
  std::size_t k = 10;
  Metric metric = Metric::cosine;
  double seconds = 1;
};

Options parse(const std::vector<std::string>& arguments) {
  Options options;
  std::vector<std::string> files;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    if (!arguments[i].starts_with("--")) {
      files.push_back(arguments[i]);
      continue;
    }
    const std::string name = arguments[i];
    if (++i == arguments.size()) throw Error(ErrorCode::invalid_argument, name + " needs a value");
    if (name == "--k") {
      options.k = std::stoul(arguments[i]);
    } else if (name == "--metric") {
      options.metric = metric_from(arguments[i]);
    } else if (name == "--seconds") {
      options.seconds = std::stod(arguments[i]);
    } else {
      throw Error(ErrorCode::invalid_argument, "unknown option " + name);
    }
  }
  if (files.size() != 2) throw Error(ErrorCode::invalid_argument, "give a file of vectors and a file of queries");
  options.base = files[0];
  options.queries = files[1];
  return options;
}

double now() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

using Hits = std::vector<std::vector<Neighbor>>;

// Over the first queries and every row. NaN for signs, whose numbers are no products.
double error_of(SearchCode code, const VectorSet& set, MatrixView<const float> queries, Context& context) {
  if (code == SearchCode::bit) return std::nan("");
  const auto scan = make_code_scan(code, set, {}, context);
  double error2 = 0, sum = 0, squares = 0, n = 0;
  for (std::size_t q = 0; q < std::min<std::size_t>(queries.rows(), 20); ++q) {
    const auto pass = scan->begin(queries.row(q));
    for (std::size_t first = 0; first < set.size(); first += CodeScan::kBlockRows) {
      std::vector<float> values(std::min(CodeScan::kBlockRows, set.size() - first));
      pass->products(first, values);
      for (std::size_t i = 0; i < values.size(); ++i) {
        const auto product = static_cast<double>(kernels::dot(queries.row(q), set.row(first + i)));
        const double error = static_cast<double>(values[i]) - product;
        error2 += error * error;
        sum += product;
        squares += product * product;
        ++n;
      }
    }
  }
  return std::sqrt(error2 / n) / std::sqrt(squares / n - sum / n * (sum / n));
}

// Queries a second, one a call.
double speed_of(Searcher& searcher, MatrixView<const float> queries, const Options& options, Context& context) {
  const double start = now();
  std::size_t done = 0;
  do {
    (void)searcher.search(queries.row(done % queries.rows()), {options.k, {}}, context);
    ++done;
  } while (now() - start < options.seconds);
  return static_cast<double>(done) / (now() - start);
}

void report(const std::string& name, double bytes, double error, double build, const std::string& rest) {
  std::printf("{\"code\": \"%s\", \"bytes\": %.4g, \"error\": %s, \"build_seconds\": %.3g, %s}\n", name.c_str(), bytes,
              std::isnan(error) ? "null" : std::to_string(error).c_str(), build, rest.c_str());
  std::fflush(stdout);
}

void run(const Options& options) {
  const Matrix<float> base = VectorFile(options.base).read(), queries = VectorFile(options.queries).read();
  Context context(1);
  const VectorSet set(base.view());
  const FlatIndex flat = build_flat(set, {options.metric}, context);
  const auto exact = flat.searcher();
  const Hits wanted = exact->search_batch(queries.view(), {options.k, {}}, context);
  const double flat_qps = speed_of(*exact, queries.view(), options, context);
  report("f32", static_cast<double>(4 * base.cols()), 0, 0, "\"recall\": {\"1\": 1}, \"qps\": {\"1\": " + std::to_string(flat_qps) + "}");
  for (const SearchCode code : {SearchCode::f16, SearchCode::bf16, SearchCode::i8, SearchCode::rabitq, SearchCode::bit}) {
    std::string recalls, speeds;
    double build = 0, bytes = 0;
    for (const std::size_t rescore : kRescores) {
      const double start = now();
      const CodedIndex index = build_coded(set, {options.metric, code, rescore}, context);
      build = now() - start;
      bytes = static_cast<double>(index.n_bytes()) / static_cast<double>(base.rows());
      const auto searcher = index.searcher();
      const std::string key = (recalls.empty() ? "\"" : ", \"") + std::to_string(rescore) + "\": ";
      recalls += key + std::to_string(recall_of(searcher->search_batch(queries.view(), {options.k, {}}, context), wanted));
      speeds += key + std::to_string(speed_of(*searcher, queries.view(), options, context));
    }
    report(std::string(name_of(code)), bytes, error_of(code, set, queries.view(), context), build,
           "\"recall\": {" + recalls + "}, \"qps\": {" + speeds + "}");
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

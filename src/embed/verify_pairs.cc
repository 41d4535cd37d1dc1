#include "akin/embed/verify_pairs.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstring>

#include "akin/base/error.h"
#include "akin/formats/safetensors.h"
#include "differing_rows.h"
#include "json_values.h"

namespace akin {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostPairs = 1'000'000;
constexpr std::size_t kBatches[] = {1, 7, 64};

[[noreturn]] void bad_reference(const fs::path& file, const std::string& what) {
  throw Error(ErrorCode::corrupt, file.string() + ": not a reference of pairs: " + what);
}

/// (n_pairs) or (n_pairs, n_labels) floats.
Matrix<float> read_logits(const SafetensorsFile& file, std::size_t n_pairs) {
  const TensorView* tensor = file.find("logits");
  if (tensor == nullptr || tensor->type != TensorType::f32 || tensor->shape.empty() || tensor->shape.size() > 2 ||
      tensor->shape[0] != n_pairs) {
    bad_reference(file.path(), "no tensor 'logits' of F32 with a row for each of " + std::to_string(n_pairs) + " pairs");
  }
  Matrix<float> logits(n_pairs, tensor->shape.size() == 2 ? tensor->shape[1] : 1);
  std::memcpy(logits.data(), tensor->bytes.data(), tensor->bytes.size());
  return logits;
}

PairReference made_up_pairs() {
  PairReference pairs;
  constexpr const char* kWords[] = {"water", "runs", "down", "the", "old", "stone", "stairs", "while", "a", "quiet", "bell", "rings"};
  for (std::size_t i = 0; i < 40; ++i) {
    std::string text;
    for (std::size_t w = 0; w < (i * 13) % 60; ++w) text += std::string(w == 0 ? "" : " ") + kWords[(i + w * 5) % std::size(kWords)];
    pairs.first.emplace_back(kWords[i % std::size(kWords)]);
    pairs.second.push_back(std::move(text));
  }
  return pairs;
}

Matrix<float> logits_in_batches(const CrossEncoder& model, std::span<const TextPair> pairs, std::size_t batch, Context& context) {
  Matrix<float> all(pairs.size(), model.info().labels.size());
  for (std::size_t begin = 0; begin < pairs.size(); begin += batch) {
    const std::size_t n = std::min(batch, pairs.size() - begin);
    const Matrix<float> part = model.logits(pairs.subspan(begin, n), context).scores;
    for (std::size_t r = 0; r < n; ++r) std::ranges::copy(part.row(r), all.row(begin + r).begin());
  }
  return all;
}

void compare(const CrossEncoder& model, const PairReference& reference, std::span<const TextPair> pairs, const Matrix<float>& got,
             VerifyReport& report) {
  report.has_reference = true;
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    const bool equal = model.encode(pairs[i]).ids == reference.ids[i];
    report.n_ids_equal += equal ? 1U : 0U;
    if (!equal && report.first_difference.empty()) report.first_difference = "pair " + std::to_string(i + 1);
  }
  double largest = 0, dot = 0, norm_a = 0, norm_b = 0;
  for (std::size_t i = 0; i < got.size(); ++i) {
    const double a = got.data()[i], b = reference.logits.data()[i];
    dot += a * b, norm_a += a * a, norm_b += b * b;
    largest = std::max(largest, std::abs(b));
    report.max_abs_difference = std::max(report.max_abs_difference, std::isfinite(a) ? std::abs(a - b) : HUGE_VAL);
  }
  report.cosine_mean = report.cosine_least = norm_a * norm_b > 0 ? dot / std::sqrt(norm_a * norm_b) : 1;
  const bool exact = model.info().precision == Precision::f32;
  // As for vectors (verify.cc): two correct f32 programs; the others within the nearness of their precision, over all pairs as one vector.
  report.allowed_difference = exact ? 1e-5 * std::max(1.0, largest) : 0;
  report.allowed_cosine = exact ? 1 - 1e-6 : model.info().precision == Precision::int8 ? 0.985 : 0.999;
}

}  // namespace

std::optional<PairReference> find_pair_reference(const fs::path& folder) {
  const fs::path where = folder / "inputs.json", answers = folder / "expected.safetensors";
  std::error_code ignored;
  if (!fs::is_regular_file(where, ignored) || !fs::is_regular_file(answers, ignored)) return std::nullopt;
  const Json inputs = read_json(where);
  if (!inputs.is_object() || !inputs.contains("pairs")) return std::nullopt;
  const Json& pairs = inputs.at("pairs");
  if (!pairs.is_array() || pairs.empty() || pairs.size() > kMostPairs) bad_reference(where, "'pairs' is no list of pairs");
  PairReference reference;
  reference.file = answers;
  for (const Json& pair : pairs) {
    reference.first.push_back(value_of(pair, "a", std::string(), where));
    reference.second.push_back(value_of(pair, "b", std::string(), where));
    reference.ids.push_back(value_of(pair, "input_ids", std::vector<std::int32_t>(), where));
  }
  reference.max_tokens = value_of(inputs, "max_length", std::size_t{0}, where);
  reference.logits = read_logits(*open_safetensors(answers), pairs.size());
  return reference;
}

VerifyReport verify_pairs(const CrossEncoder& model, const PairReference* reference, Context& context) {
  const auto start = std::chrono::steady_clock::now();
  const PairReference made_up = reference == nullptr ? made_up_pairs() : PairReference{};
  const PairReference& texts = reference == nullptr ? made_up : *reference;
  if (reference != nullptr && reference->logits.cols() != model.info().labels.size()) {
    throw Error(ErrorCode::mismatch, "the reference scores " + std::to_string(reference->logits.cols()) + " labels, the model " +
                                         std::to_string(model.info().labels.size()));
  }
  std::vector<TextPair> pairs;
  for (std::size_t i = 0; i < texts.first.size(); ++i) pairs.push_back({texts.first[i], texts.second[i]});
  VerifyReport report;
  report.n_texts = pairs.size();
  Context alone(1), threaded(std::max(2, context.pool.n_threads()));
  const Matrix<float> first = logits_in_batches(model, pairs, 1, alone);
  for (Context* threads : {&alone, &threaded}) {
    for (const std::size_t batch : kBatches) {
      context.cancel.check();
      if (threads == &alone && batch == 1) continue;
      const int n = threads->pool.n_threads();
      report.invariance.push_back({"batches of " + std::to_string(batch) + ", " + std::to_string(n) + (n == 1 ? " thread" : " threads"),
                                   rows_that_differ(first, logits_in_batches(model, pairs, batch, *threads))});
    }
  }
  if (reference != nullptr) compare(model, *reference, pairs, first, report);
  report.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return report;
}

}  // namespace akin

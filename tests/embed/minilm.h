// The real all-MiniLM-L6-v2 in f32, where ./check has fetched it, and its golden vectors.
#pragma once

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

#include "akin/embed/embedder.h"
#include "akin/formats/npy.h"
#include "golden_files.h"

/// Leaves the test as skipped where the model is not there.
#define AKIN_NEED_MINILM() \
  if (std::getenv("AKIN_TEST_MINILM") == nullptr) GTEST_SKIP() << "skipped: AKIN_TEST_MINILM names no folder of all-MiniLM-L6-v2"

namespace akin::golden {

inline std::filesystem::path minilm_folder() { return std::getenv("AKIN_TEST_MINILM"); }

struct MinilmText {
  std::string text;
  std::size_t tokens_full = 0, tokens_used = 0;
};

inline std::vector<MinilmText> minilm_texts() {
  std::vector<MinilmText> texts;
  std::ifstream file(path("minilm/texts.jsonl"), std::ios::binary);
  for (std::string line; std::getline(file, line);) {
    const auto json = nlohmann::json::parse(line);
    texts.push_back({json.at("text"), json.at("tokens_full"), json.at("tokens_used")});
  }
  return texts;
}

inline std::vector<std::string> minilm_strings() {
  std::vector<std::string> strings;
  for (MinilmText& text : minilm_texts()) strings.push_back(std::move(text.text));
  return strings;
}

/// torch's float64 run, rounded to float32: (200, 384).
inline Matrix<float> expected_minilm() {
  const NpyFile file(path("minilm/expected_f64_rounded.npy"));
  Matrix<float> vectors(file.tensor().shape.at(0), file.tensor().shape.at(1));
  for (std::size_t r = 0; r < vectors.rows(); ++r) file.tensor().row_to_float(r, vectors.row(r));
  return vectors;
}

inline Matrix<float> minilm_vectors(Precision precision) {
  Context context(2);
  EmbedderOptions options;
  options.precision = precision;
  return Embedder::load(minilm_folder(), options, context).embed(minilm_strings(), TextRole::plain, context).vectors;
}

struct Nearness {
  double largest_difference = 0, cosine_mean = 0, cosine_least = 1;
};

inline Nearness nearness(const Matrix<float>& got, const Matrix<float>& want) {
  Nearness near;
  if (got.rows() != want.rows() || got.cols() != want.cols()) return {HUGE_VAL, 0, 0};
  for (std::size_t r = 0; r < got.rows(); ++r) {
    double dot = 0, norm_got = 0, norm_want = 0;
    for (std::size_t c = 0; c < got.cols(); ++c) {
      const auto a = static_cast<double>(got(r, c)), b = static_cast<double>(want(r, c));
      dot += a * b, norm_got += a * a, norm_want += b * b;
      near.largest_difference = std::max(near.largest_difference, std::isfinite(a) ? std::abs(a - b) : HUGE_VAL);
    }
    const double cosine = dot / std::sqrt(norm_got * norm_want);
    near.cosine_mean += cosine / static_cast<double>(got.rows());
    near.cosine_least = std::min(near.cosine_least, cosine);
  }
  return near;
}

}  // namespace akin::golden

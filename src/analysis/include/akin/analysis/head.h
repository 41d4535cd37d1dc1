// A classifier of vectors that is trained once and kept in a file, with the names of its labels and the fingerprint of the space that its
// vectors are of: vectors of another space are refused. The file: docs/formats/head.md. Tested by head_test.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "akin/analysis/calibration.h"
#include "akin/analysis/knn_classifier.h"
#include "akin/analysis/linear_scores.h"
#include "akin/base/context.h"
#include "akin/base/matrix.h"

namespace akin {

enum class HeadKind {
  softmax,     ///< softmax_regression.h
  svm,         ///< linear_svm.h
  centroid,    ///< nearest_centroid.h
  knn,         ///< knn_classifier.h
  multilabel,  ///< multi_label.h: any number of labels a row
};
/// "softmax", "svm", "centroid", "knn", "multilabel".
std::string_view name_of(HeadKind kind) noexcept;
/// Throws Error{invalid_argument} listing the names.
HeadKind head_kind_from(std::string_view name);

struct Head {
  HeadKind kind = HeadKind::softmax;
  std::vector<std::string> labels;
  std::string model, fingerprint;  ///< of the vectors it was trained on; "" where nothing told
  LinearWeights linear;            ///< of every kind but knn
  Matrix<float> rows;              ///< of knn: what it was trained on
  std::vector<std::int32_t> row_labels;
  KnnVoteOptions vote;
  Calibration calibration;
  std::vector<float> thresholds;  ///< of multilabel: a label is given from this probability on

  [[nodiscard]] std::size_t dim() const noexcept { return kind == HeadKind::knn ? rows.cols() : linear.weights.cols(); }
};

/// What calibration starts from, (n, labels): linear scores, or shares of votes. Throws Error{mismatch} for vectors of another width,
/// Error{invalid_argument} for numbers that are not finite.
Matrix<float> head_scores(const Head& head, MatrixView<const float> rows, Context& context);
/// How a kind's scores are read.
ScoreKind score_kind_of(HeadKind kind) noexcept;
/// (n, labels); a row's sum is 1, but not with multilabel.
Matrix<float> head_probabilities(const Head& head, MatrixView<const float> rows, Context& context);

/// Throws Error{mismatch} naming both models if head and vectors are of spaces known to differ. `whose` begins the message.
void check_space(const Head& head, std::string_view fingerprint, std::string_view model, std::string_view whose);

/// Whole file or nothing. Throws Error{io}, Error{invalid_argument} for labels that are not UTF-8 or have a NUL.
void write_head(const std::filesystem::path& path, const Head& head);
/// Throws Error{not_found}, Error{corrupt} naming what is wrong, Error{unsupported} for a later version.
Head read_head(const std::filesystem::path& path);
/// The same from bytes; `name` stands for the file in messages.
Head read_head(std::span<const std::byte> bytes, const std::filesystem::path& name);

}  // namespace akin

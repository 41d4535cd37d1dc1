#include "akin/analysis/head.h"

#include <array>
#include <utility>

#include "akin/analysis/rows.h"
#include "akin/base/error.h"

namespace akin {
namespace {

constexpr std::array<std::pair<HeadKind, std::string_view>, 5> kKinds = {{{HeadKind::softmax, "softmax"},
                                                                          {HeadKind::svm, "svm"},
                                                                          {HeadKind::centroid, "centroid"},
                                                                          {HeadKind::knn, "knn"},
                                                                          {HeadKind::multilabel, "multilabel"}}};

}  // namespace

std::string_view name_of(HeadKind kind) noexcept {
  for (const auto& [known, name] : kKinds)
    if (known == kind) return name;
  return "";
}

HeadKind head_kind_from(std::string_view name) {
  for (const auto& [kind, known] : kKinds)
    if (known == name) return kind;
  throw Error(ErrorCode::invalid_argument, "'" + std::string(name) + "' is no kind of head: softmax, svm, centroid, knn or multilabel");
}

Matrix<float> head_scores(const Head& head, MatrixView<const float> rows, Context& context) {
  if (rows.rows() == 0) return Matrix<float>(0, head.labels.size());
  check_rows(rows, "classify", context);
  if (head.kind != HeadKind::knn) return linear_scores(rows, head.linear, context);
  return knn_shares(rows, {head.rows.view(), head.row_labels, head.labels.size()}, head.vote, context);
}

ScoreKind score_kind_of(HeadKind kind) noexcept {
  return kind == HeadKind::knn ? ScoreKind::shares : kind == HeadKind::multilabel ? ScoreKind::sigmoid : ScoreKind::softmax;
}

Matrix<float> head_probabilities(const Head& head, MatrixView<const float> rows, Context& context) {
  return to_probabilities(head_scores(head, rows, context).view(), score_kind_of(head.kind), head.calibration, context);
}

void check_space(const Head& head, std::string_view fingerprint, std::string_view model, std::string_view whose) {
  if (head.fingerprint.empty() || fingerprint.empty() || head.fingerprint == fingerprint) return;
  throw Error(ErrorCode::mismatch, std::string(whose) + ": the head was trained on vectors of " + head.model + " (" +
                                       head.fingerprint.substr(0, 12) + "), these are of " + std::string(model) + " (" +
                                       std::string(fingerprint.substr(0, 12)) + "): another space, whose numbers mean something else");
}

}  // namespace akin

#include "akin/embed/zero_shot.h"

#include <algorithm>
#include <cmath>

#include "akin/base/error.h"
#include "akin/kernels/distance.h"
#include "akin/kernels/softmax.h"

namespace akin {

std::string fill_template(std::string_view text, std::string_view label) {
  std::string out;
  std::size_t at = text.find("{}"), from = 0;
  if (at == std::string_view::npos) {
    throw Error(ErrorCode::invalid_argument, "the template '" + std::string(text) + "' has no {} where the label stands");
  }
  for (; at != std::string_view::npos; from = at + 2, at = text.find("{}", from)) {
    out.append(text.substr(from, at - from)).append(label);
  }
  return out.append(text.substr(from));
}

Matrix<float> embed_labels(const Embedder& embedder, const std::vector<std::string>& labels, std::string_view text_template,
                           Context& context) {
  require(!labels.empty(), "at least one label is wanted");
  std::vector<std::string> texts;
  for (const std::string& label : labels) {
    require(label.find_first_not_of(" \t") != std::string::npos, "a label is empty");
    texts.push_back(fill_template(text_template, label));
  }
  return std::move(embedder.embed(texts, TextRole::plain, context).vectors);
}

Matrix<float> label_cosines(MatrixView<const float> items, MatrixView<const float> labels) {
  require(items.cols() == labels.cols(), "items and labels must have vectors of one dimension");
  Matrix<float> cosines(items.rows(), labels.rows());
  const auto length = [](std::span<const float> row) { return std::max(1e-12F, std::sqrt(kernels::dot(row, row))); };
  for (std::size_t i = 0; i < items.rows(); ++i) {
    for (std::size_t l = 0; l < labels.rows(); ++l) {
      cosines(i, l) = kernels::dot(items.row(i), labels.row(l)) / (length(items.row(i)) * length(labels.row(l)));
    }
  }
  return cosines;
}

Matrix<float> label_probabilities(MatrixView<const float> cosines, const MatchScale& match) {
  Matrix<float> out(cosines.rows(), cosines.cols());
  for (std::size_t i = 0; i < cosines.rows(); ++i) {
    const std::span<float> row = out.row(i);
    std::ranges::transform(cosines.row(i), row.begin(), [&](float cosine) { return match.scale * cosine + match.bias; });
    if (match.sigmoid) {
      std::ranges::transform(row, row.begin(), [](float logit) { return 1 / (1 + std::exp(-logit)); });
    } else {
      kernels::softmax(row);
    }
  }
  return out;
}

}  // namespace akin

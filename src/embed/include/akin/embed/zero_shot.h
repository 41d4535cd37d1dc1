// Labels that a model was never trained on: an image (or a text) is compared with texts that name them. Tested by zero_shot_test.cc.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "akin/base/context.h"
#include "akin/base/matrix.h"
#include "akin/embed/embedder.h"

namespace akin {

/// What stands around a label, "{}" for the label itself; that of transformers' zero-shot image classification.
inline constexpr char kPhotoTemplate[] = "This is a photo of {}.";

/// The template with every "{}" replaced. Throws Error{invalid_argument} if it has none.
std::string fill_template(std::string_view text, std::string_view label);

/// The vectors of the labels in their template, (n_labels, dim). Throws Error{unsupported} for a model without texts,
/// Error{invalid_argument} for no labels or an empty one.
Matrix<float> embed_labels(const Embedder& embedder, const std::vector<std::string>& labels, std::string_view text_template,
                           Context& context);

/// Cosines of each item (n_items, dim) with each label (n_labels, dim): (n_items, n_labels).
Matrix<float> label_cosines(MatrixView<const float> items, MatrixView<const float> labels);
/// From cosines of images with labels to probabilities, as the model was trained: over an image's labels they sum to 1 (softmax), or each
/// stands for itself (sigmoid).
Matrix<float> label_probabilities(MatrixView<const float> cosines, const MatchScale& match);

}  // namespace akin

#include "akin/analysis/class_labels.h"

#include <algorithm>

#include "akin/base/error.h"

namespace akin {

ClassLabels class_labels(std::span<const std::string> labels) {
  const auto empty = std::ranges::find(labels, std::string());
  if (empty != labels.end())
    throw Error(ErrorCode::invalid_argument, "row " + std::to_string(empty - labels.begin()) + " has no label (rows count from 0)");
  ClassLabels out{{labels.begin(), labels.end()}, {}};
  std::ranges::sort(out.names);
  out.names.erase(std::unique(out.names.begin(), out.names.end()), out.names.end());
  out.of_rows = places_among(out.names, labels);
  return out;
}

std::vector<std::int32_t> places_among(std::span<const std::string> names, std::span<const std::string> labels) {
  std::vector<std::int32_t> out;
  out.reserve(labels.size());
  for (const std::string& label : labels) {
    const auto place = std::ranges::lower_bound(names, label);
    out.push_back(place != names.end() && *place == label ? static_cast<std::int32_t>(place - names.begin()) : -1);
  }
  return out;
}

void check_labels(const LabelledRows& data, std::string_view who) {
  const std::string name(who);
  if (data.labels.size() != data.rows.rows())
    throw Error(ErrorCode::mismatch, name + ": " + std::to_string(data.labels.size()) + " labels for " + std::to_string(data.rows.rows()) +
                                         " vectors; one each is wanted");
  if (data.n_classes < 2) throw Error(ErrorCode::invalid_argument, name + ": all vectors have one label; two labels at least are wanted");
  const std::vector<std::size_t> sizes = class_sizes(data.labels, data.n_classes);
  const auto empty = std::ranges::find(sizes, std::size_t{0});
  if (empty != sizes.end())
    throw Error(ErrorCode::invalid_argument, name + ": class " + std::to_string(empty - sizes.begin()) + " has no vector");
}

std::vector<std::size_t> class_sizes(std::span<const std::int32_t> labels, std::size_t n_classes) {
  std::vector<std::size_t> sizes(n_classes);
  for (std::size_t r = 0; r < labels.size(); ++r) {
    if (labels[r] < 0 || static_cast<std::size_t>(labels[r]) >= n_classes)
      throw Error(ErrorCode::invalid_argument, "row " + std::to_string(r) + " has class " + std::to_string(labels[r]) + " of " +
                                                   std::to_string(n_classes) + " (rows and classes count from 0)");
    ++sizes[static_cast<std::size_t>(labels[r])];
  }
  return sizes;
}

std::vector<double> balanced_weights(std::span<const std::int32_t> labels, std::size_t n_classes) {
  const std::vector<std::size_t> sizes = class_sizes(labels, n_classes);
  std::vector<double> weights(n_classes);
  for (std::size_t c = 0; c < n_classes; ++c)
    if (sizes[c] > 0) weights[c] = static_cast<double>(labels.size()) / (static_cast<double>(n_classes) * static_cast<double>(sizes[c]));
  return weights;
}

}  // namespace akin

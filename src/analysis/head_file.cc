// Heads in files: docs/formats/head.md. Tested by head_test.cc.
#include <algorithm>
#include <cmath>
#include <map>
#include <memory>

#include "akin/analysis/head.h"
#include "akin/base/error.h"
#include "akin/base/utf8.h"
#include "akin/formats/safetensors.h"
#include "kept_tensors.h"

namespace akin {
namespace {

using analysis::exact_text;
using analysis::KeptTensors;
using analysis::tensor_of;
using Metadata = std::map<std::string, std::string, std::less<>>;

constexpr char kFormat[] = "akin-head";
constexpr int kVersion = 1;

// ---- writing

std::vector<std::uint8_t> joined(const std::vector<std::string>& labels) {
  std::vector<std::uint8_t> out;
  for (const std::string& label : labels) {
    if (!is_valid_utf8(label) || label.find('\0') != std::string::npos)
      throw Error(ErrorCode::invalid_argument, "label '" + label + "' is not UTF-8 or has a NUL");
    out.insert(out.end(), label.begin(), label.end());
    out.push_back(0);
  }
  return out;
}

/// Curves of all classes, one after another, and where each begins.
struct FlatCurves {
  std::vector<float> at, values;
  std::vector<std::int64_t> begin = {0};
};

FlatCurves flat(const std::vector<RisingCurve>& curves) {
  FlatCurves out;
  for (const RisingCurve& curve : curves) {
    out.at.insert(out.at.end(), curve.at.begin(), curve.at.end());
    out.values.insert(out.values.end(), curve.values.begin(), curve.values.end());
    out.begin.push_back(static_cast<std::int64_t>(out.at.size()));
  }
  return out;
}

Metadata metadata_of(const Head& head) {
  Metadata out = {{"format", kFormat},
                  {"version", std::to_string(kVersion)},
                  {"kind", std::string(name_of(head.kind))},
                  {"calibration", std::string(name_of(head.calibration.kind))}};
  if (!head.model.empty()) out["model"] = head.model;
  if (!head.fingerprint.empty()) out["fingerprint"] = head.fingerprint;
  if (head.calibration.kind == CalibrationKind::temperature) out["temperature"] = exact_text(head.calibration.temperature);
  if (head.kind == HeadKind::knn) {
    out["n_neighbors"] = std::to_string(head.vote.k);
    out["vote"] = name_of(head.vote.vote);
    out["metric"] = name_of(head.vote.metric);
  }
  return out;
}

// ---- reading

class HeadReader : KeptTensors {
 public:
  explicit HeadReader(const SafetensorsFile& file) : KeptTensors(file) {}

  Head read() {
    check_format({kFormat, "head", kVersion});
    Head head;
    head.kind = known("kind", [](std::string_view name) { return head_kind_from(name); });
    head.labels = labels();
    if (head.labels.size() < (head.kind == HeadKind::multilabel ? 1 : 2)) fail("too few labels");
    head.model = text("model");
    head.fingerprint = text("fingerprint");
    head.kind == HeadKind::knn ? read_knn(head) : read_linear(head);
    read_calibration(head);
    if (head.kind == HeadKind::multilabel) head.thresholds = numbers("thresholds", head.labels.size());
    return head;
  }

 private:
  [[nodiscard]] std::vector<std::string> labels() const {
    const std::vector<std::uint8_t> bytes = copied<std::uint8_t>(tensor("labels", TensorType::u8, 1));
    if (bytes.empty() || bytes.back() != 0) fail("tensor 'labels' does not end with a NUL");
    std::vector<std::string> out(1);
    for (const std::uint8_t byte : bytes) {
      if (byte == 0) {
        out.emplace_back();
      } else {
        out.back().push_back(static_cast<char>(byte));
      }
    }
    out.pop_back();
    for (const std::string& label : out)
      if (!is_valid_utf8(label)) fail("a label is not UTF-8");
    return out;
  }

  void read_linear(Head& head) const {
    head.linear.weights = matrix("weight");
    if (head.linear.weights.rows() != head.labels.size())
      fail("tensor 'weight' has " + std::to_string(head.linear.weights.rows()) + " rows for " + std::to_string(head.labels.size()) +
           " labels");
    head.linear.bias = numbers("bias", head.labels.size());
  }

  void read_knn(Head& head) const {
    head.rows = matrix("rows");
    head.row_labels = copied<std::int32_t>(tensor("row_labels", TensorType::i32, 1));
    if (head.row_labels.size() != head.rows.rows()) fail("tensor 'row_labels' has not one number for each of 'rows'");
    for (const std::int32_t label : head.row_labels)
      if (label < 0 || static_cast<std::size_t>(label) >= head.labels.size()) fail("tensor 'row_labels' names a label that is not there");
    head.vote.k = number<std::size_t>("n_neighbors");
    if (head.vote.k == 0) fail("metadata 'n_neighbors' is 0");
    if (text("vote") != "uniform" && text("vote") != "distance") fail("metadata 'vote' is neither uniform nor distance");
    head.vote.vote = text("vote") == "uniform" ? KnnVote::uniform : KnnVote::distance;
    head.vote.metric = known("metric", [](std::string_view name) { return metric_from(name); });
    if (head.vote.metric == Metric::dot) fail("metadata 'metric': dot products are no distances");
  }

  void read_calibration(Head& head) const {
    head.calibration.kind = known("calibration", [](std::string_view name) { return calibration_from(name); });
    if (head.calibration.kind == CalibrationKind::temperature) {
      head.calibration.temperature = number<double>("temperature");
      if (!(head.calibration.temperature > 0 && std::isfinite(head.calibration.temperature))) fail("metadata 'temperature' is not above 0");
    }
    if (head.calibration.kind == CalibrationKind::isotonic) head.calibration.curves = curves(head.labels.size());
  }

  [[nodiscard]] std::vector<RisingCurve> curves(std::size_t n_classes) const {
    const std::vector<std::int64_t> begin = copied<std::int64_t>(tensor("curve_begin", TensorType::i64, 1));
    const std::vector<float> at = copied<float>(tensor("curve_at", TensorType::f32, 1));
    const std::vector<float> values = numbers("curve_values", at.size());
    check_finite("curve_at", at);
    if (begin.size() != n_classes + 1 || begin.front() != 0 || begin.back() != static_cast<std::int64_t>(at.size()) ||
        std::ranges::adjacent_find(begin, std::greater_equal()) != begin.end())
      fail("tensor 'curve_begin' does not cut the curves into one for each label");
    std::vector<RisingCurve> out(n_classes);
    for (std::size_t c = 0; c < n_classes; ++c) {
      out[c].at.assign(at.begin() + begin[c], at.begin() + begin[c + 1]);
      out[c].values.assign(values.begin() + begin[c], values.begin() + begin[c + 1]);
      if (std::ranges::adjacent_find(out[c].at, std::greater_equal()) != out[c].at.end()) fail("tensor 'curve_at' does not rise");
    }
    return out;
  }
};

}  // namespace

void write_head(const std::filesystem::path& path, const Head& head) {
  const std::vector<std::uint8_t> labels = joined(head.labels);
  const FlatCurves curves = flat(head.calibration.curves);
  std::vector<TensorView> tensors = {tensor_of<std::uint8_t>("labels", TensorType::u8, {labels.size()}, labels)};
  if (head.kind == HeadKind::knn) {
    tensors.push_back(tensor_of("rows", head.rows));
    tensors.push_back(tensor_of<std::int32_t>("row_labels", TensorType::i32, {head.row_labels.size()}, head.row_labels));
  } else {
    tensors.push_back(tensor_of("weight", head.linear.weights));
    tensors.push_back(tensor_of("bias", head.linear.bias));
  }
  if (head.calibration.kind == CalibrationKind::isotonic) {
    tensors.push_back(tensor_of("curve_at", curves.at));
    tensors.push_back(tensor_of("curve_values", curves.values));
    tensors.push_back(tensor_of<std::int64_t>("curve_begin", TensorType::i64, {curves.begin.size()}, curves.begin));
  }
  if (head.kind == HeadKind::multilabel) tensors.push_back(tensor_of("thresholds", head.thresholds));
  write_safetensors(path, tensors, metadata_of(head));
}

Head read_head(const std::filesystem::path& path) { return HeadReader(*open_safetensors(path)).read(); }

Head read_head(std::span<const std::byte> bytes, const std::filesystem::path& name) {
  return HeadReader(*view_safetensors(bytes, name)).read();
}

}  // namespace akin

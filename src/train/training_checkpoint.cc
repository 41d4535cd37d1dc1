#include "training_checkpoint.h"

#include <array>
#include <charconv>
#include <nlohmann/json.hpp>
#include <span>
#include <utility>
#include <vector>

#include "akin/base/error.h"
#include "akin/formats/safetensors.h"
#include "akin/nn/weights.h"

namespace akin {
namespace {

constexpr std::array<const char*, 3> kParts = {"value.", "first_moment.", "second_moment."};
constexpr const char* kSteps = "steps_done";

std::array<std::span<float>, 3> buffers_of(const TrainingState& state) {
  return {state.parameters->values(), state.adam->first_moments(), state.adam->second_moments()};
}

std::size_t steps_of(const TrainingFacts& facts, const std::filesystem::path& path) {
  const auto found = facts.find(kSteps);
  std::size_t n = 0;
  const std::string text = found == facts.end() ? "" : found->second;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), n);
  if (error != std::errc() || end != text.data() + text.size()) {
    throw Error(ErrorCode::corrupt,
                path.string() + ": this is no checkpoint of a training: '" + std::string(kSteps) + "' is missing or no number");
  }
  return n;
}

void compare(const TrainingFacts& found, const TrainingFacts& wanted, const std::filesystem::path& path) {
  for (const auto& [name, value] : wanted) {
    const auto there = found.find(name);
    if (there != found.end() && there->second == value) continue;
    throw Error(ErrorCode::mismatch, path.string() + ": the training was begun with " + name + " " +
                                         (there == found.end() ? "unknown" : there->second) + ", now it is " + value);
  }
}

}  // namespace

std::string fact_of(double x) { return nlohmann::json(x).dump(); }

void write_training_checkpoint(const std::filesystem::path& path, const TrainingState& state, const TrainingFacts& progress) {
  std::vector<TensorView> tensors;
  const auto buffers = buffers_of(state);
  for (std::size_t part = 0; part < buffers.size(); ++part) {
    for (TensorView& tensor : state.parameters->tensors(buffers[part])) {
      tensor.name.insert(0, kParts[part]);
      tensors.push_back(std::move(tensor));
    }
  }
  TrainingFacts metadata = state.options;
  metadata.insert(progress.begin(), progress.end());
  metadata[kSteps] = std::to_string(state.adam->n_steps());
  write_safetensors(path, tensors, metadata);
}

TrainingFacts read_training_checkpoint(const std::filesystem::path& path, const TrainingState& state) {
  const std::unique_ptr<SafetensorsFile> file = open_safetensors(path);
  const std::size_t n_steps = steps_of(file->metadata(), path);
  compare(file->metadata(), state.options, path);
  const auto buffers = buffers_of(state);
  for (std::size_t part = 0; part < buffers.size(); ++part) {
    for (const Parameter& p : state.parameters->list()) {
      const TensorView& tensor = nn::require_tensor(*file, kParts[part] + p.name, p.shape);
      const std::size_t cols = p.shape.back();
      for (std::size_t r = 0; r < p.size() / cols; ++r) tensor.row_to_float(r, buffers[part].subspan(p.offset + r * cols, cols));
      file->forget(tensor);
    }
  }
  state.adam->set_steps(n_steps);
  return file->metadata();
}

}  // namespace akin

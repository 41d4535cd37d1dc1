// Losses, gradients and steps of AdamW as torch computes them in float64: tests/golden/train, made by its make.py.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>

#include "akin/base/mapped_file.h"
#include "akin/formats/safetensors.h"
#include "akin/model/families.h"
#include "akin/train/optimizer.h"
#include "akin/train/trainable_head.h"
#include "akin/train/trainable_transformer.h"
#include "golden_files.h"

namespace akin {
namespace {

std::vector<std::int32_t> wholes(const SafetensorsFile& file, const char* name) {
  const TensorView* tensor = file.find(name);
  std::vector<std::int32_t> values(tensor->size());
  std::memcpy(values.data(), tensor->bytes.data(), tensor->bytes.size());
  return values;
}

std::vector<float> reals(const SafetensorsFile& file, const std::string& name) {
  const TensorView* tensor = file.find(name);
  if (tensor == nullptr) return {};
  std::vector<float> values(tensor->size());
  const std::size_t cols = tensor->shape.back();
  for (std::size_t r = 0; r < values.size() / cols; ++r) tensor->row_to_float(r, std::span(values).subspan(r * cols, cols));
  return values;
}

class LmGolden : public ::testing::TestWithParam<const char*> {
 protected:
  LmGolden()
      : folder_(golden::path(std::string("train/") + GetParam())),
        file_(open_safetensors(folder_ / "model.safetensors")),
        expected_(open_safetensors(folder_ / "expected.safetensors")),
        model_(describe_config(read_file(folder_ / "config.json", 1 << 20), "config.json", *file_)),
        transformer_(
            model_, [this](const std::string& name) { return file_->find(name) != nullptr; }, parameters_),
        head_(
            model_, [this](const std::string& name) { return file_->find(name) != nullptr; }, parameters_) {
    parameters_.allocate();
    parameters_.read(*file_);
    gradients_.resize(parameters_.size());
    ids_ = wholes(*expected_, "ids");
    target_ids_ = wholes(*expected_, "target_ids");
    for (const std::int32_t start : wholes(*expected_, "starts")) starts_.push_back(static_cast<std::size_t>(start));
    for (const std::int32_t row : wholes(*expected_, "target_rows")) target_rows_.push_back(static_cast<std::size_t>(row));
  }

  /// Mean loss; its gradient is added to gradients_.
  double run() {
    const TokenBatch batch{ids_, {}, starts_};
    const auto hidden = transformer_.forward(batch, parameters_.values(), {}, tape_, context_);
    Matrix<float> d(hidden.rows(), hidden.cols());
    const auto n = static_cast<float>(target_ids_.size());
    const double loss = head_.backward(hidden, {target_rows_, target_ids_}, parameters_.values(), {d.view(), gradients_, 1 / n}, context_);
    transformer_.backward(batch, parameters_.values(), d.view(), tape_, gradients_, context_);
    return loss / static_cast<double>(n);
  }

  std::filesystem::path folder_;
  std::unique_ptr<SafetensorsFile> file_, expected_;
  ModelDescription model_;
  Parameters parameters_;
  TrainableTransformer transformer_;
  TrainableHead head_;
  ActivationTape tape_;
  Context context_{2};
  std::vector<float> gradients_;
  std::vector<std::int32_t> ids_, target_ids_;
  std::vector<std::size_t> starts_, target_rows_;
};

TEST_P(LmGolden, GradientsAreTorchs) {
  EXPECT_NEAR(run(), static_cast<double>(reals(*expected_, "losses")[0]), 1e-6 * 4);  // losses of size 4 in f32
  std::size_t n_compared = 0;
  for (const Parameter& p : parameters_.list()) {
    const std::vector<float> want = reals(*expected_, "gradient." + p.name);
    ASSERT_EQ(want.size(), p.size()) << p.name;
    double largest = 0, difference = 0;
    for (std::size_t i = 0; i < want.size(); ++i) {
      largest = std::max(largest, std::abs(static_cast<double>(want[i])));
      difference = std::max(difference, std::abs(static_cast<double>(gradients_[p.offset + i]) - static_cast<double>(want[i])));
    }
    // f32 against float64: rounding through a few layers, relative to the tensor's largest gradient.
    EXPECT_LE(difference, 2e-5 * largest + 1e-8) << p.name;
    n_compared += want.size();
  }
  EXPECT_EQ(n_compared, parameters_.n_parameters());
}

TEST_P(LmGolden, StepsAreTorchs) {
  AdamW adam(parameters_, {.beta1 = 0.9, .beta2 = 0.95, .eps = 1e-8, .weight_decay = 0.1, .clip = 1});
  for (const float want : reals(*expected_, "losses")) {
    EXPECT_NEAR(run(), static_cast<double>(want), 2e-5 * static_cast<double>(want));
    adam.step(parameters_, gradients_, 0.01, context_);
  }
  for (const Parameter& p : parameters_.list()) {
    const std::vector<float> want = reals(*expected_, "after." + p.name), gradient = reals(*expected_, "gradient." + p.name);
    std::size_t n_off = 0;
    for (std::size_t i = 0; i < want.size(); ++i) {
      // Adam divides a gradient by its own size: one that is nothing but rounding (all of a key's bias) moves a number by the rate all the
      // same.
      if (std::abs(gradient[i]) < 1e-5F) continue;
      const float difference = std::abs(parameters_.values_of(p)[i] - want[i]);
      n_off += difference > 2e-4F ? 1 : 0;
      ASSERT_LE(difference, 0.12F) << p.name;  // six steps of 0.01, there and back
    }
    // Of gradients that change their sign on the way, a few pass through zero.
    EXPECT_LE(n_off, want.size() / 50) << p.name;
  }
}

INSTANTIATE_TEST_SUITE_P(Families, LmGolden, ::testing::Values("gpt2", "gpt2-untied", "llama", "mpt", "bert", "modernbert"),
                         [](const auto& test) {
                           std::string name = test.param;
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

}  // namespace
}  // namespace akin

// Runs a golden model on every input and compares each layer's hidden states.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "akin/base/context.h"
#include "akin/formats/safetensors.h"
#include "akin/model/families.h"
#include "akin/model/transformer.h"
#include "golden_files.h"

namespace akin::golden {

struct Input {
  std::string key;  // before the names in expected.safetensors
  std::vector<std::int32_t> ids, types;
};

inline std::vector<Input> inputs(const std::filesystem::path& folder) {
  std::vector<Input> list;
  const nlohmann::json file = json(folder / "inputs.json");
  for (const auto& [group, prefix] : {std::pair{"inputs", "in"}, std::pair{"texts", "text"}}) {
    if (!file.contains(group)) continue;
    for (const auto& input : file.at(group)) {
      Input one{prefix + std::to_string(list.size()), input.at("input_ids").get<std::vector<std::int32_t>>(), {}};
      if (input.contains("token_type_ids")) one.types = input.at("token_type_ids").get<std::vector<std::int32_t>>();
      list.push_back(std::move(one));
    }
  }
  return list;
}

inline double largest_difference(MatrixView<const float> got, const TensorView& want) {
  std::vector<float> row(got.cols());
  double largest = 0;
  for (std::size_t r = 0; r < got.rows(); ++r) {
    want.row_to_float(r, row);
    for (std::size_t c = 0; c < row.size(); ++c) largest = std::max(largest, static_cast<double>(std::abs(got(r, c) - row[c])));
  }
  return largest;
}

struct Loaded {
  std::filesystem::path folder;
  std::unique_ptr<SafetensorsFile> weights, expected;
  ModelDescription model;
  explicit Loaded(const std::string& name)
      : folder(path("models/" + name)),
        weights(open_safetensors(folder)),
        expected(open_safetensors(folder / "expected.safetensors")),
        model(describe_config(read_file(folder / "config.json", 1 << 20), "config.json", *weights)) {}
};

/// Every layer of every input of models/`name` within `tolerance`, run from `weights`: ten times the difference of torch's own float32 run
/// from float64. The reference's last hidden state stands before the last norm or, in some families, after it.
inline void expect_layers(const std::string& name, const TensorFile& weights, const ModelDescription& model, double tolerance) {
  const auto folder = path("models/" + name);
  const auto expected = open_safetensors(folder / "expected.safetensors");
  const TransformerSpec& spec = model.spec;
  Context context(2);
  const Transformer transformer(weights, model, kernels::GemmType::f32, context);
  TransformerBuffers buffers;
  const auto list = inputs(folder);
  ASSERT_FALSE(list.empty());
  for (const Input& input : list) {
    const std::vector<std::size_t> starts = {0, input.ids.size()};
    Matrix<float> hidden(input.ids.size(), spec.dim);
    std::size_t n_seen = 0;
    const auto compare = [&](const std::string& part, MatrixView<const float> states) {
      const TensorView* want = expected->find(input.key + part);
      ASSERT_NE(want, nullptr) << input.key << part;
      EXPECT_LE(largest_difference(states, *want), tolerance) << name << " " << input.key << part;
    };
    const std::string last = ".hidden." + std::to_string(spec.n_layers);
    const TensorView* end = expected->find(input.key + ".last_hidden_state");
    const TensorView* last_hidden = expected->find(input.key + last);
    ASSERT_TRUE(end != nullptr && last_hidden != nullptr) << name;
    const bool normed = !model.names.final_norm.empty() && std::ranges::equal(end->bytes, last_hidden->bytes);
    transformer.forward({input.ids, input.types, starts}, buffers, hidden.view(), [&](std::size_t layer, MatrixView<const float> states) {
      ++n_seen;
      if (layer < spec.n_layers || !normed) compare(".hidden." + std::to_string(layer), states);
    });
    EXPECT_EQ(n_seen, spec.n_layers + 1);
    compare(".last_hidden_state", hidden.view());
  }
}

inline void expect_layers(const std::string& name, double tolerance) {
  const Loaded golden(name);
  expect_layers(name, *golden.weights, golden.model, tolerance);
}

}  // namespace akin::golden

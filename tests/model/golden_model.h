// Runs a golden model on every input and compares each layer's hidden states.
#pragma once

#include <gtest/gtest.h>

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
  std::vector<std::int32_t> ids, types;
};

inline std::vector<Input> inputs(const std::filesystem::path& folder) {
  std::vector<Input> list;
  const nlohmann::json file = json(folder / "inputs.json");
  for (const auto& input : file.at("inputs")) {
    Input one{input.at("input_ids").get<std::vector<std::int32_t>>(), {}};
    if (input.contains("token_type_ids")) one.types = input.at("token_type_ids").get<std::vector<std::int32_t>>();
    list.push_back(std::move(one));
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

/// Every layer of every input within `tolerance`: ten times the difference of torch's own float32 run from float64.
inline void expect_layers(const std::string& name, double tolerance) {
  const auto folder = path("models/" + name);
  const auto weights = open_safetensors(folder);
  const auto expected = open_safetensors(folder / "expected.safetensors");
  const ModelDescription model = describe_config(read_file(folder / "config.json", 1 << 20), "config.json", *weights);
  Context context(2);
  const Transformer transformer(*weights, model, kernels::GemmType::f32, context);
  TransformerBuffers buffers;
  const auto list = inputs(folder);
  ASSERT_FALSE(list.empty());
  for (std::size_t k = 0; k < list.size(); ++k) {
    const std::vector<std::size_t> starts = {0, list[k].ids.size()};
    Matrix<float> hidden(list[k].ids.size(), model.spec.dim);
    std::size_t n_seen = 0;
    transformer.forward({list[k].ids, list[k].types, starts}, buffers, hidden.view(),
                        [&](std::size_t layer, MatrixView<const float> states) {
                          const std::string key = "in" + std::to_string(k) + ".hidden." + std::to_string(layer);
                          const TensorView* want = expected->find(key);
                          ASSERT_NE(want, nullptr) << key;
                          EXPECT_LE(largest_difference(states, *want), tolerance) << name << " " << key;
                          ++n_seen;
                        });
    EXPECT_EQ(n_seen, model.spec.n_layers + 1);
  }
}

}  // namespace akin::golden

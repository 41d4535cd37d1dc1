// Small language models and corpora for the tests of pre-training.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "akin/base/rng.h"
#include "akin/formats/npy.h"
#include "akin/train/lm_data.h"
#include "akin/train/lm_model.h"
#include "akin/train/lm_train.h"
#include "base/temporary_folder.h"

namespace akin {

inline LmShape tiny_shape(LmObjective objective, LmPositions positions) {
  LmShape shape;
  shape.objective = objective;
  shape.positions = positions;
  shape.vocabulary_size = 50;
  shape.n_layers = 2;
  shape.dim = 16;
  shape.n_heads = 2;
  shape.context = 12;
  return shape;
}

inline const std::vector<LmShape>& every_shape() {
  static const std::vector<LmShape> shapes = {
      tiny_shape(LmObjective::causal, LmPositions::learned), tiny_shape(LmObjective::causal, LmPositions::sinusoidal),
      tiny_shape(LmObjective::causal, LmPositions::rope),    tiny_shape(LmObjective::causal, LmPositions::alibi),
      tiny_shape(LmObjective::masked, LmPositions::learned), tiny_shape(LmObjective::masked, LmPositions::sinusoidal),
      tiny_shape(LmObjective::masked, LmPositions::rope),
  };
  return shapes;
}

inline std::string name_of(const LmShape& shape) {
  return std::string(name_of(shape.objective)) + " " + std::string(name_of(shape.positions));
}

/// A folder that names its files.
struct TestFolder : testing::TemporaryFolder {
  [[nodiscard]] std::filesystem::path operator/(const char* name) const { return path() / name; }
};

inline std::filesystem::path write_tokens(const std::filesystem::path& path, const std::vector<std::int32_t>& ids) {
  NpyWriter writer(path, TensorType::i32, {});
  writer.append(std::as_bytes(std::span(ids)));
  writer.commit();
  return path;
}

/// Tokens that a model can learn: each is mostly the one before plus 7, modulo `vocabulary`.
inline std::vector<std::int32_t> learnable_tokens(std::size_t n, std::int32_t vocabulary) {
  Rng rng(9);
  std::vector<std::int32_t> ids(n);
  for (std::size_t i = 1; i < n; ++i) {
    ids[i] =
        rng.below(8) == 0 ? static_cast<std::int32_t>(rng.below(static_cast<std::uint64_t>(vocabulary))) : (ids[i - 1] + 7) % vocabulary;
  }
  return ids;
}

}  // namespace akin

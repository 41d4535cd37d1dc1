// A pre-training run on disk: its checkpoint (training_checkpoint.h), the curve as lines of JSON.
// Tested by lm_train_test.cc.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "akin/train/lm_train.h"

namespace akin {

inline constexpr const char* kLmCurveName = "curve.jsonl";

struct LmState {
  LmModel* model;
  AdamW* adam;
  const LmTrainOptions* options;
};

void write_lm_checkpoint(const std::filesystem::path& path, const LmState& state);
/// Throws Error{mismatch} naming the first option that differs.
void read_lm_checkpoint(const std::filesystem::path& path, const LmState& state);

void write_lm_curve(const std::filesystem::path& path, const std::vector<LmPoint>& curve);
/// The points of the first `n_steps` steps; what stands behind them is left aside. Throws Error{corrupt} naming the line.
std::vector<LmPoint> parse_lm_curve(std::string_view text, std::size_t n_steps, const std::string& name);
std::vector<LmPoint> read_lm_curve(const std::filesystem::path& path, std::size_t n_steps);

}  // namespace akin

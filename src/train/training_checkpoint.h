// A training on disk, to go on from to the same bits: parameters and the optimiser's moments as tensors of one safetensors file, and as its
// metadata the options that decide a bit of what follows. Tested by training_checkpoint_test.cc.
#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "akin/train/optimizer.h"
#include "akin/train/parameters.h"

namespace akin {

inline constexpr const char* kTrainingCheckpointName = "checkpoint.safetensors";

using TrainingFacts = std::map<std::string, std::string, std::less<>>;

/// What a double is written as: the fewest digits that read back to it.
std::string fact_of(double x);

struct TrainingState {
  Parameters* parameters;
  AdamW* adam;
  TrainingFacts options;
};

/// `progress` is kept beside the options and not compared. Throws Error{io}; the file is whole or the old one.
void write_training_checkpoint(const std::filesystem::path& path, const TrainingState& state, const TrainingFacts& progress);
/// Fills parameters and moments and returns everything that was said. Throws Error{not_found}, Error{corrupt}, Error{mismatch} naming the
/// first option that differs.
TrainingFacts read_training_checkpoint(const std::filesystem::path& path, const TrainingState& state);

}  // namespace akin

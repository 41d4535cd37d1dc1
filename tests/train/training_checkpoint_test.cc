#include "training_checkpoint.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>

#include "akin/base/mapped_file.h"
#include "base/temporary_folder.h"
#include "base/throws.h"

namespace akin {
namespace {

/// Two tensors after some steps.
struct Training {
  Parameters parameters;
  std::unique_ptr<AdamW> adam;

  explicit Training(std::size_t n_steps) {
    parameters.add("table.weight", {5, 3});
    parameters.align();
    parameters.add("table.bias", {3});
    parameters.allocate();
    adam = std::make_unique<AdamW>(parameters, AdamWOptions{});
    Context context(1);
    std::vector<float> gradients(parameters.size());
    for (std::size_t step = 0; step < n_steps; ++step) {
      for (const Parameter& p : parameters.list()) {
        for (std::size_t i = 0; i < p.size(); ++i) gradients[p.offset + i] = 0.1F * static_cast<float>(i + step);
      }
      adam->step(parameters, gradients, 0.01, context);
    }
  }
  TrainingState state(TrainingFacts options = {{"rate", "0.01"}, {"seed", "7"}}) { return {&parameters, adam.get(), std::move(options)}; }
};

void expect_equal(std::span<const float> a, std::span<const float> b) { EXPECT_TRUE(std::ranges::equal(a, b)); }

TEST(TrainingCheckpoint, GivesBackWhatWasWrittenToTheBit) {
  const testing::TemporaryFolder folder;
  const auto path = folder.path() / kTrainingCheckpointName;
  Training run(3), later(0);
  write_training_checkpoint(path, run.state(), {{"best_step", "2"}});
  const TrainingFacts facts = read_training_checkpoint(path, later.state());
  EXPECT_EQ(facts.at("best_step"), "2");
  EXPECT_EQ(later.adam->n_steps(), 3U);
  expect_equal(later.parameters.values(), run.parameters.values());
  expect_equal(later.adam->first_moments(), run.adam->first_moments());
  expect_equal(later.adam->second_moments(), run.adam->second_moments());
}

TEST(TrainingCheckpoint, NamesTheOptionThatDiffers) {
  const testing::TemporaryFolder folder;
  const auto path = folder.path() / kTrainingCheckpointName;
  Training run(1);
  write_training_checkpoint(path, run.state(), {});
  testing::expect_error(ErrorCode::mismatch, "the training was begun with seed 7, now it is 8", [&] {
    read_training_checkpoint(path, run.state({{"rate", "0.01"}, {"seed", "8"}}));
  });
  testing::expect_error(ErrorCode::mismatch, "the training was begun with clip unknown, now it is 1", [&] {
    read_training_checkpoint(path, run.state({{"clip", "1"}}));
  });
}

TEST(TrainingCheckpoint, RefusesFilesThatAreNone) {
  const testing::TemporaryFolder folder;
  const auto path = folder.path() / kTrainingCheckpointName;
  Training run(1);
  testing::expect_error(ErrorCode::not_found, "checkpoint.safetensors", [&] { read_training_checkpoint(path, run.state()); });
  write_training_checkpoint(path, run.state(), {});
  const std::string whole = read_file(path, 1 << 20);
  const auto expect_refused = [&](const std::string& bytes) {
    std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
    EXPECT_THROW(read_training_checkpoint(path, run.state()), Error);
  };
  for (const std::size_t size : {std::size_t{0}, std::size_t{7}, whole.size() / 2, whole.size() - 1}) expect_refused(whole.substr(0, size));
  for (const auto& [from, to] : {std::pair{"steps_done\":\"1\"", "steps_done\":\"x\""},
                                 {"steps_done", "steps_gone"},
                                 {"[5,3]", "[3,5]"},
                                 {"value.table.weight", "value.table.wright"}}) {
    std::string bytes = whole;
    const std::size_t at = bytes.find(from);
    ASSERT_NE(at, std::string::npos) << from;
    expect_refused(bytes.replace(at, std::string_view(from).size(), to));
  }
}

TEST(TrainingCheckpoint, WritesNumbersThatReadBackTheSame) {
  EXPECT_EQ(fact_of(0.1), "0.1");
  EXPECT_EQ(fact_of(1e-8), "1e-08");
  EXPECT_NE(fact_of(0.1), fact_of(std::nextafter(0.1, 1)));
}

}  // namespace
}  // namespace akin

#include "transformer_runner.h"

#include <gtest/gtest.h>

#include <atomic>
#include <cstring>

#include "golden_files.h"
#include "model_files.h"

namespace akin {
namespace {

struct Tiny {
  ModelFiles files = read_model(golden::path("sentence-transformers/pool-mean"));
  Context context{1};
  TransformerRunner runner{*files.weights, files.model, Precision::f32, context};

  [[nodiscard]] std::vector<Encoding> encodings(std::size_t n) const {
    std::vector<Encoding> list;
    for (std::size_t i = 0; i < n; ++i) {
      std::string text;
      for (std::size_t w = 0; w < (i * 7) % 31; ++w) text += w % 3 == 0 ? "house " : "sea ";
      list.push_back(files.tokenizer.encode(text));
    }
    return list;
  }

  [[nodiscard]] std::vector<std::vector<float>> states(const std::vector<Encoding>& list, Context& threads) const {
    std::vector<std::vector<float>> all(list.size());
    runner.run(
        list,
        [&](const TransformerRunner::States& states) {
          for (std::size_t s = 0; s < states.members.size(); ++s) {
            const MatrixView<const float> own = states.of(s);
            for (std::size_t t = 0; t < own.rows(); ++t)
              all[states.members[s]].insert(all[states.members[s]].end(), own.row(t).begin(), own.row(t).end());
          }
        },
        threads);
    return all;
  }
};

TEST(TransformerRunner, GivesEveryTextItsStatesOnce) {
  const Tiny tiny;
  const std::vector<Encoding> list = tiny.encodings(100);
  std::vector<std::atomic<int>> seen(list.size());
  Context context(3);
  tiny.runner.run(
      list,
      [&](const TransformerRunner::States& states) {
        for (std::size_t s = 0; s < states.members.size(); ++s) {
          ++seen[states.members[s]];
          EXPECT_EQ(states.of(s).rows(), list[states.members[s]].ids.size());
        }
      },
      context);
  for (const std::atomic<int>& n : seen) EXPECT_EQ(n, 1);
}

TEST(TransformerRunner, GivesTheSameBitsAloneAndTogetherOnAnyNumberOfThreads) {
  const Tiny tiny;
  const std::vector<Encoding> list = tiny.encodings(40);
  Context one(1), three(3);
  const auto together = tiny.states(list, three);
  EXPECT_EQ(tiny.states(list, one), together);
  for (std::size_t i = 0; i < list.size(); ++i) EXPECT_EQ(tiny.states({list[i]}, three)[0], together[i]) << i;
}

TEST(TransformerRunner, HasNothingToDoForNoTexts) {
  const Tiny tiny;
  Context context(2);
  tiny.runner.run(
      {}, [](const TransformerRunner::States&) { FAIL() << "called"; }, context);
}

TEST(TransformerRunner, LeavesTextsWithoutATokenOut) {
  const Tiny tiny;
  Context context(2);
  std::vector<Encoding> list = tiny.encodings(3);
  const auto before = tiny.states(list, context);
  list.insert(list.begin() + 1, Encoding{});
  list.push_back(Encoding{});
  const auto after = tiny.states(list, context);
  EXPECT_TRUE(after[1].empty() && after[4].empty());
  EXPECT_EQ(after[0], before[0]);
  EXPECT_EQ(after[3], before[2]);
}

TEST(TransformerRunner, PassesOnWhatItsTakerThrows) {
  const Tiny tiny;
  Context context(2);
  const std::vector<Encoding> list = tiny.encodings(3);
  EXPECT_THROW(tiny.runner.run(
                   list, [](const TransformerRunner::States&) { throw Error(ErrorCode::io, "full"); }, context),
               Error);
  EXPECT_EQ(tiny.states(list, context).size(), 3U);  // and still works
}

}  // namespace
}  // namespace akin

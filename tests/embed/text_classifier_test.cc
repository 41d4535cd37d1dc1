// Against what fastText answers with the models of tests/golden/classifiers.
#include "akin/embed/text_classifier.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <string>
#include <vector>

#include "base/temporary_folder.h"
#include "base/throws.h"
#include "formats/mangle.h"
#include "golden_files.h"

namespace akin {
namespace {

using testing::expect_error;
using testing::file_text;
using testing::TemporaryFolder;

std::string file_of(const std::string& name) { return golden::path("classifiers/" + name).string(); }
const nlohmann::json& expected() {
  static const nlohmann::json all = golden::json(golden::path("classifiers/expected.json"));
  return all;
}

// fastText adds 1e-5 to each probability (to each step down a tree, which has three at most here) and takes sigmoids from a table with
// steps of 1/32, over which a sigmoid rises by 1/128 at most; float32 sums differ by 1e-6.
double tolerance_of(const std::string& name) {
  return name.starts_with("ova") ? 1.0 / 128 + 1.1e-5 : name.starts_with("hs") ? 4e-5 : 1.2e-5;
}

TEST(TextClassifier, GivesFastTextsLabelsAndProbabilities) {
  for (const auto& [name, model] : expected().at("models").items()) {
    const TextClassifier classifier(file_of(name));
    ASSERT_EQ(classifier.labels().size(), 4U);
    for (std::size_t i = 0; i < expected().at("asked").size(); ++i) {
      const auto answer = classifier.answer(expected().at("asked")[i].get<std::string>(), {.k = 0});
      const auto& wanted = model.at("answers")[i];
      ASSERT_EQ(answer.guesses.size(), wanted.size()) << name << " " << expected().at("asked")[i];
      for (const auto& pair : wanted) {
        for (const LabelGuess& guess : answer.guesses) {
          if ("__label__" + classifier.labels()[guess.label] != pair[0].get<std::string>()) continue;
          EXPECT_NEAR(double{guess.probability}, pair[1].get<double>(), tolerance_of(name)) << name << " " << expected().at("asked")[i];
        }
      }
      for (std::size_t g = 1; g < answer.guesses.size(); ++g) EXPECT_GE(answer.guesses[g - 1].probability, answer.guesses[g].probability);
    }
  }
}

TEST(TextClassifier, ProbabilitiesOfRivalsSumToOne) {
  for (const char* name : {"softmax.bin", "hs.bin"}) {
    double sum = 0;
    for (const LabelGuess& guess : TextClassifier(file_of(name)).answer("a boat by the bank", {.k = 0}).guesses)
      sum += double{guess.probability};
    EXPECT_NEAR(sum, 1, 1e-6) << name;  // four floats
  }
}

TEST(TextClassifier, GivesTheFirstOnesAndThoseAboveAThreshold) {
  for (const char* name : {"softmax.bin", "hs.bin", "ova.bin", "ova.ftz"}) {
    const TextClassifier classifier(file_of(name));
    const auto all = classifier.answer("bank pressure", {.k = 0}).guesses;
    for (std::size_t k = 1; k <= 4; ++k) {
      const auto some = classifier.answer("bank pressure", {.k = k}).guesses;
      ASSERT_EQ(some.size(), k);
      for (std::size_t i = 0; i < k; ++i) EXPECT_EQ(some[i].label, all[i].label) << name;
    }
    EXPECT_EQ(classifier.answer("bank pressure", {.k = 0, .threshold = all[1].probability}).guesses.size(), 2U) << name;
    EXPECT_TRUE(classifier.answer("bank pressure", {.k = 0, .threshold = 1.5F}).guesses.empty());
  }
}

TEST(TextClassifier, TellsWhichLabelsALineNames) {
  const TextClassifier classifier(file_of("softmax.bin"));
  const auto answer = classifier.answer("__label__pump the seal __label__unheard __label__word", {});
  ASSERT_EQ(answer.named.size(), 2U);
  EXPECT_EQ(classifier.labels()[answer.named[0]], "pump");
  EXPECT_EQ(classifier.labels()[answer.named[1]], "word");
}

TEST(TextClassifier, AnswersManyAsItAnswersOne) {
  const TextClassifier classifier(file_of("hs.bin"));
  std::vector<std::string> texts;
  for (int i = 0; i < 100; ++i) texts.push_back(i % 3 == 0 ? "the seal" : i % 3 == 1 ? "fish and boat" : "loan " + std::to_string(i));
  Context context(3);
  const auto answers = classifier.answer(texts, {.k = 2}, context);
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const auto alone = classifier.answer(texts[i], {.k = 2});
    ASSERT_EQ(answers[i].guesses.size(), 2U);
    EXPECT_EQ(answers[i].guesses[0].label, alone.guesses[0].label);
    EXPECT_EQ(answers[i].guesses[0].probability, alone.guesses[0].probability);
  }
}

TEST(TextClassifier, IsKnownByItsFirstBytes) {
  EXPECT_TRUE(is_text_classifier(file_of("ova.ftz")));
  EXPECT_FALSE(is_text_classifier(golden::path("static/skipgram.bin")));
  EXPECT_FALSE(is_text_classifier(golden::path("static")));
  EXPECT_FALSE(is_text_classifier("nowhere.bin"));
  expect_error(ErrorCode::unsupported, "a model without labels", [] { TextClassifier(golden::path("static/skipgram.bin")); });
}

TEST(TextClassifier, RefusesCountsThatMakeNoTree) {
  const TemporaryFolder folder;
  std::string bytes = file_text(file_of("hs.bin"));
  const std::size_t at = bytes.find("__label__") + std::strlen("__label__word") + 1;
  const std::int64_t none = 0;
  std::memcpy(bytes.data() + at, &none, sizeof none);
  const auto file = folder.write("bad.bin", bytes);
  expect_error(ErrorCode::corrupt, "bad.bin: the counts of labels make no tree", [&] { const TextClassifier bad(file); });
}

TEST(TextClassifier, SurvivesTruncationsAndBitFlips) {
  const TemporaryFolder folder;
  for (const char* name : {"softmax.bin", "hs.bin", "ova.ftz"}) {
    const std::string good = file_text(file_of(name));
    const auto ask = [&](std::span<const std::byte> bytes) {
      const auto file = folder.write("x.bin", {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
      if (bytes.empty()) throw Error(ErrorCode::corrupt, "x.bin: empty");  // what cannot be mapped is told by another code
      const TextClassifier classifier(file);
      static_cast<void>(classifier.answer("the seal of the pump naïveté", {.k = 3}));
    };
    ASSERT_TRUE(testing::is_read(good, ask));
    for (std::size_t length = 0; length < good.size(); length += length < 300 ? 3 : 997)
      static_cast<void>(testing::is_read(good.substr(0, length), ask));
    EXPECT_FALSE(testing::is_read(good.substr(0, good.size() - 1), ask)) << name;  // the output matrix is cut off
    std::string bad = good;
    for (std::size_t at = 0; at < good.size(); at += at < 200 ? 1 : 211) {
      for (const int value : {0, 0x7F, 0xFF}) {
        bad[at] = static_cast<char>(value);
        static_cast<void>(testing::is_read(bad, ask));
      }
      bad[at] = good[at];
    }
  }
}

}  // namespace
}  // namespace akin

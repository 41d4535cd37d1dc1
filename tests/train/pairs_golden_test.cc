// Losses, gradients and steps of sentence-transformers on a tiny model: tests/golden/train/pairs, made by make_pairs.py beside it.
#include <gtest/gtest.h>

#include <cmath>

#include "akin/formats/safetensors.h"
#include "akin/train/pairs_train.h"
#include "golden_files.h"

namespace akin {
namespace {

struct Golden {
  Context context{2};
  nlohmann::json facts = golden::json(golden::path("train/pairs/facts.json"));
  std::unique_ptr<SafetensorsFile> gradients = open_safetensors(golden::path("train/pairs/gradients.safetensors"));
  TunableEncoder encoder = TunableEncoder::load(golden::path("sentence-transformers/pool-mean"), 0, context);

  [[nodiscard]] TextPairs pairs(bool with_negatives) const {
    TextPairs pairs;
    for (std::size_t i = 0; i < facts.at("triplets").size(); ++i) {
      const auto& triplet = facts.at("triplets")[i];
      TuningPair pair{pairs.add_text(triplet[0].get<std::string>()), pairs.add_text(triplet[1].get<std::string>())};
      if (with_negatives) pair.negative = pairs.add_text(triplet[2].get<std::string>());
      pair.score = facts.at("scores")[i];
      pairs.add(pair);
    }
    return pairs;
  }
};

struct Case {
  const char* name;
  PairLossOptions options;
  bool with_negatives;
};

const std::vector<Case>& cases() {
  static const std::vector<Case> all = {
      {"ranking", {}, false},
      {"ranking-negatives", {}, true},
      {"ranking-both", {.both_directions = true, .dims = {}}, false},
      {"ranking-matryoshka", {.dims = {32, 16, 8}}, true},
      {"cosent", {.loss = PairLoss::cosent, .dims = {}}, false},
      {"cosent-matryoshka", {.loss = PairLoss::cosent, .dims = {32, 16, 8}}, false},
      {"cosine", {.loss = PairLoss::cosine, .dims = {}}, false},
  };
  return all;
}

TEST(PairsGolden, LossesAndGradientsAreThoseOfSentenceTransformers) {
  Golden golden;
  for (const Case& c : cases()) {
    const TextPairs pairs = golden.pairs(c.with_negatives);
    std::vector<TunableText> texts;
    std::vector<std::uint32_t> ids;
    std::vector<float> scores;
    const auto add = [&](std::uint32_t text) {
      texts.push_back(golden.encoder.encode(pairs.texts()[text], TextRole::plain));
      ids.push_back(text);
    };
    for (const TuningPair& pair : pairs.list()) add(pair.anchor);
    for (const TuningPair& pair : pairs.list()) add(pair.positive);
    for (const TuningPair& pair : pairs.list()) {
      if (c.with_negatives) add(pair.negative);
      scores.push_back(pair.score);
    }
    std::vector<const TunableText*> list;
    for (const TunableText& text : texts) list.push_back(&text);
    const std::size_t n = pairs.list().size();
    const PairRows rows{n, c.with_negatives ? n : 0, ids, {}, scores};
    Matrix<float> vectors(texts.size(), golden.encoder.dim()), d(texts.size(), golden.encoder.dim());
    TunableTape tape;
    std::vector<float> gradients(golden.encoder.parameters().size());
    golden.encoder.forward(list, {}, tape, vectors.view(), golden.context);
    const double loss = pair_loss(vectors.view(), rows, c.options, d.view());
    golden.encoder.backward(d.view(), tape, gradients, golden.context);
    // torch's own float32 losses stand here: a scale of 20 times cosines of 1e-6.
    EXPECT_NEAR(loss, golden.facts.at("losses").at(c.name).get<double>(), 1e-4) << c.name;
    for (const char* name : {"encoder.layer.0.attention.self.query.weight", "encoder.layer.1.output.LayerNorm.weight"}) {
      const Parameter* p = golden.encoder.parameters().find(name);
      const TensorView* want = golden.gradients->find(std::string(c.name) + "." + name);
      ASSERT_TRUE(p != nullptr && want != nullptr) << name;
      std::vector<float> row(p->shape.back());
      for (std::size_t at = 0; at < p->size(); at += row.size()) {
        want->row_to_float(at / row.size(), row);
        // Gradients are up to 0.3; both sides are float32 with sums in another order.
        for (std::size_t i = 0; i < row.size(); ++i) ASSERT_NEAR(gradients[p->offset + at + i], row[i], 2e-5F) << c.name << " " << name;
      }
    }
  }
}

TEST(PairsGolden, StepsAreThoseOfTorch) {
  for (const char* name : {"ranking-negatives", "cosent"}) {
    Golden golden;
    PairTrainOptions options;
    options.loss.loss = std::string(name) == "cosent" ? PairLoss::cosent : PairLoss::ranking;
    options.batch = 6;
    options.schedule = {.rate = 1e-3, .last_rate = 1e-3, .warmup = 0, .steps = 20};
    const TextPairs pairs = golden.pairs(options.loss.loss == PairLoss::ranking);
    PairTrainer trainer(golden.encoder, pairs, {}, options, golden.context);
    for (std::size_t step = 0; step < 10; ++step) {
      const double want = golden.facts.at("steps").at(name)[step];
      // Rounding of 1e-6 that grows from step to step; batches hold the same six pairs in another order.
      EXPECT_NEAR(trainer.step(golden.context).loss, want, 1e-3 * std::max(want, 1.0)) << name << " step " << step;
    }
  }
}

}  // namespace
}  // namespace akin

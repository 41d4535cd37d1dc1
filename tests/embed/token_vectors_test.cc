#include "akin/embed/token_vectors.h"

#include <gtest/gtest.h>

#include <array>
#include <cstring>

#include "akin/space/metric.h"
#include "base/temporary_folder.h"
#include "base/throws.h"
#include "golden_files.h"

namespace akin {
namespace {

using akin::testing::expect_error;
using akin::testing::TemporaryFolder;

Embedder tiny() {
  Context context(1);
  return Embedder::load(golden::path("sentence-transformers/pool-mean"), {}, context);
}

Embedder::Source source_of(const std::vector<std::string>& texts) {
  return [&texts, next = std::size_t{0}](std::string& text) mutable {
    if (next == texts.size()) return false;
    text = texts[next++];
    return true;
  };
}

std::vector<std::string> many_texts() {
  std::vector<std::string> texts;
  for (int i = 0; i < 100; ++i)
    texts.push_back(i % 7 == 0 ? "" : "naïve house number " + std::to_string(i) + (i % 3 == 0 ? " by the sea" : ""));
  return texts;
}

TEST(TokenVectors, ComeInOrderWithTheBitsOfEachTextAlone) {
  const Embedder embedder = tiny();
  const std::vector<std::string> texts = many_texts();
  Context one(1), three(3);
  std::size_t n = 0;
  embed_token_stream(
      embedder, source_of(texts),
      [&](const std::string& text, const TokenVectors& vectors) {
        ASSERT_EQ(text, texts[n++]);
        const TokenVectors alone = embedder.embed_tokens(text, one);
        EXPECT_EQ(vectors.encoding.ids, alone.encoding.ids);
        ASSERT_EQ(vectors.hidden.rows(), alone.hidden.rows());
        EXPECT_EQ(std::memcmp(vectors.hidden.data(), alone.hidden.data(), alone.hidden.size() * sizeof(float)), 0) << text;
      },
      three);
  EXPECT_EQ(n, texts.size());
}

TEST(TokenVectors, LieInAFileAsTheyWere) {
  const TemporaryFolder folder;
  const Embedder embedder = tiny();
  const std::vector<std::string> texts = many_texts();
  Context context(2);
  TokenVectorWriter writer(folder.path() / "x.safetensors", {"tiny", embedder.fingerprint(), TextRole::plain, embedder.info().dim_model});
  embed_token_stream(
      embedder, source_of(texts), [&](const std::string&, const TokenVectors& vectors) { writer.append(vectors); }, context);
  EXPECT_EQ(folder.n_entries(), 1U) << "the unfinished file alone";
  writer.commit();
  const auto file = open_safetensors(folder.path() / "x.safetensors");
  EXPECT_EQ(file->tensors().size(), 3 * texts.size());
  EXPECT_EQ(file->metadata().find("n_texts")->second, "100");
  EXPECT_EQ(file->metadata().find("fingerprint")->second, embedder.fingerprint());
  for (std::size_t k = 0; k < texts.size(); ++k) {
    const TokenVectors want = embedder.embed_tokens(texts[k], context);
    const auto tensor = [&](const char* part) { return file->find(std::to_string(k) + part); };
    ASSERT_TRUE(tensor(".ids") != nullptr && tensor(".offsets") != nullptr && tensor(".hidden") != nullptr);
    EXPECT_EQ(tensor(".ids")->type, TensorType::i32);
    EXPECT_EQ(tensor(".ids")->shape, (std::vector<std::size_t>{want.encoding.ids.size()}));
    EXPECT_EQ(tensor(".offsets")->shape, (std::vector<std::size_t>{want.encoding.ids.size(), 2}));
    EXPECT_EQ(tensor(".hidden")->shape, (std::vector<std::size_t>{want.hidden.rows(), want.hidden.cols()}));
    EXPECT_EQ(std::memcmp(tensor(".ids")->bytes.data(), want.encoding.ids.data(), tensor(".ids")->bytes.size()), 0);
    EXPECT_EQ(std::memcmp(tensor(".hidden")->bytes.data(), want.hidden.data(), tensor(".hidden")->bytes.size()), 0);
    std::array<std::int32_t, 2> offsets{};
    for (std::size_t i = 0; i < want.encoding.ids.size(); ++i) {
      std::memcpy(offsets.data(), tensor(".offsets")->bytes.data() + i * sizeof offsets, sizeof offsets);
      EXPECT_EQ(offsets[0], static_cast<std::int32_t>(want.encoding.offsets[i].begin));
      EXPECT_EQ(offsets[1], static_cast<std::int32_t>(want.encoding.offsets[i].end));
    }
  }
}

TEST(TokenVectors, LeaveNothingBehindWithoutCommit) {
  const TemporaryFolder folder;
  {
    TokenVectorWriter writer(folder.path() / "x.safetensors", {});
    Context context(1);
    writer.append(tiny().embed_tokens("a house", context));
  }
  EXPECT_EQ(folder.n_entries(), 0U);
  expect_error(ErrorCode::invalid_argument, ".safetensors only", [&] { TokenVectorWriter writer(folder.path() / "x.npy", {}); });
  expect_error(ErrorCode::not_found, "nowhere", [&] { TokenVectorWriter writer(folder.path() / "nowhere/x.safetensors", {}); });
}

/// The vector of the token "bank" in a text.
std::vector<float> bank_in(const Embedder& embedder, const std::string& text) {
  Context context(1);
  const TokenVectors vectors = embedder.embed_tokens(text, context);
  const std::int32_t bank = embedder.tokenizer().id_of("bank");
  for (std::size_t i = 0; i < vectors.encoding.ids.size(); ++i) {
    const auto row = vectors.hidden.row(i);
    if (vectors.encoding.ids[i] == bank) return {row.begin(), row.end()};
  }
  ADD_FAILURE() << "no bank in: " << text;
  return std::vector<float>(vectors.hidden.cols());
}

TEST(TokenVectors, OfBankComeApartByItsSenseInTheDefaultModel) {
  Context context(2);
  const Embedder embedder = Embedder::load(std::filesystem::path(AKIN_ROOT) / "models/all-MiniLM-L6-v2-q8_0.gguf", {}, context);
  const std::vector<std::string> river = {"We sat on the grassy bank of the river.",
                                          "The boat was pulled up on the muddy bank of the stream.",
                                          "Willows grew along the bank of the river."},
                                 money = {"She put her savings in the bank.", "The bank raised the interest on loans.",
                                          "He opened an account at the bank in town."};
  double within_least = 1, between_most = -1, within = 0, between = 0;
  const auto cosine = [&](const std::string& a, const std::string& b) {
    return static_cast<double>(similarity_of(Metric::cosine, distance_between(Metric::cosine, bank_in(embedder, a), bank_in(embedder, b))));
  };
  for (std::size_t a = 0; a < 3; ++a) {
    for (std::size_t b = 0; b < 3; ++b) {
      const double across = cosine(river[a], money[b]);
      between_most = std::max(between_most, across);
      between += across / 9;
      if (a <= b) continue;
      for (const auto* sense : {&river, &money}) {
        const double same = cosine((*sense)[a], (*sense)[b]);
        within_least = std::min(within_least, same);
        within += same / 6;
      }
    }
  }
  EXPECT_GT(within_least, between_most) << "every pair of one sense is nearer than any pair of two";
  EXPECT_GT(within, between + 0.1) << within << " within a sense, " << between << " between";
}

}  // namespace
}  // namespace akin

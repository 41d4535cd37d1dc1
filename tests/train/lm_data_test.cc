#include "akin/train/lm_data.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "base/throws.h"
#include "lm_fixture.h"

namespace akin {
namespace {

using Ids = std::vector<std::int32_t>;

Ids counting(std::size_t n) {
  Ids ids(n);
  for (std::size_t i = 0; i < n; ++i) ids[i] = static_cast<std::int32_t>(i);
  return ids;
}

NextText texts_of(std::vector<std::string> texts) {
  return [texts = std::move(texts), at = std::size_t{0}](std::string& text, bool& ends_text) mutable {
    if (at == texts.size()) return false;
    text = texts[at++];
    ends_text = true;
    return true;
  };
}

TEST(ByteTokenizer, GivesEachByteAndReadsItBack) {
  const Tokenizer tokenizer = Tokenizer::from_json(byte_tokenizer_json(), "bytes");
  EXPECT_EQ(tokenizer.vocabulary_size(), 261U);
  const std::string text = "Naïve cafés — 日本\n\t x";
  const Encoding encoding = tokenizer.encode(text, {.special_tokens = false});
  EXPECT_EQ(encoding.ids.size(), text.size());
  EXPECT_EQ(tokenizer.decode(encoding.ids), text);
  EXPECT_EQ(end_token_of(tokenizer), 256);
  EXPECT_EQ(tokenizer.encode("a<|endoftext|>").ids, (Ids{97, 256}));
}

TEST(TokenFile, HoldsTheIdsOfACorpusWithATokenBetweenTexts) {
  const TestFolder folder;
  const Tokenizer tokenizer = Tokenizer::from_json(byte_tokenizer_json(), "bytes");
  Context context(2);
  const TokenFileReport report = write_token_file(texts_of({"ab", "", "c"}), tokenizer, 256, folder / "t.npy", context);
  EXPECT_EQ(report.n_tokens, 6U);
  EXPECT_EQ(report.n_texts, 3U);
  EXPECT_EQ(report.n_bytes, 3U);
  const TokenFile file(folder / "t.npy");
  Ids ids(file.size());
  file.read(0, ids);
  EXPECT_EQ(ids, (Ids{97, 98, 256, 256, 99, 256}));
}

TEST(TokenFile, RefusesAnEmptyCorpusAndOtherArrays) {
  const TestFolder folder;
  const Tokenizer tokenizer = Tokenizer::from_json(byte_tokenizer_json(), "bytes");
  Context context(1);
  testing::expect_error(ErrorCode::invalid_argument, "the corpus has no token",
                        [&] { write_token_file(texts_of({}), tokenizer, 256, folder / "t.npy", context); });
  testing::expect_error(ErrorCode::invalid_argument, "the corpus has no token", [&] {
    write_token_file(texts_of({"", ""}), tokenizer, 256, folder / "t.npy", context);
  });
  EXPECT_FALSE(std::filesystem::exists(folder / "t.npy"));
  NpyWriter writer(folder / "f.npy", TensorType::f32, {2});
  const std::vector<float> row = {1, 2};
  writer.append(std::as_bytes(std::span(row)));
  writer.commit();
  testing::expect_error(ErrorCode::unsupported, "a list of int32 token ids is wanted", [&] { TokenFile(folder / "f.npy"); });
  testing::expect_error(ErrorCode::not_found, "none.npy", [&] { TokenFile(folder / "none.npy"); });
}

TEST(LmBatches, OfCausalTextsGiveEachTokenTheOneBehind) {
  const TestFolder folder;
  const TokenFile tokens(write_tokens(folder / "t.npy", counting(10)));
  LmBatches batches(tokens, {.context = 4, .order = LmOrder::sequential});
  EXPECT_EQ(batches.n_texts(), 2U);
  const LmBatch batch = batches.get(1, 2);  // the second text, then the first of the next pass
  EXPECT_EQ(batch.ids, (Ids{4, 5, 6, 7, 0, 1, 2, 3}));
  EXPECT_EQ(batch.target_ids, (Ids{5, 6, 7, 8, 1, 2, 3, 4}));
  EXPECT_EQ(batch.starts, (std::vector<std::size_t>{0, 4, 8}));
  EXPECT_EQ(batch.target_rows, (std::vector<std::size_t>{0, 1, 2, 3, 4, 5, 6, 7}));
}

TEST(LmBatches, ShuffledPassesVisitEachTextOnceInOrdersOfTheirOwn) {
  const TestFolder folder;
  const TokenFile tokens(write_tokens(folder / "t.npy", counting(401)));
  LmBatches batches(tokens, {.context = 4, .seed = 3});
  std::vector<Ids> passes;
  for (std::uint64_t pass = 0; pass < 2; ++pass) {
    Ids firsts;
    for (std::uint64_t i = 0; i < 100; ++i) firsts.push_back(batches.get(pass * 100 + i, 1).ids[0]);
    EXPECT_EQ(std::set<std::int32_t>(firsts.begin(), firsts.end()).size(), 100U);
    EXPECT_FALSE(std::ranges::is_sorted(firsts));
    passes.push_back(firsts);
  }
  EXPECT_NE(passes[0], passes[1]);
  EXPECT_EQ(batches.get(7, 1).ids[0], passes[0][7]);  // back to the pass before
}

TEST(LmBatches, OfMaskedTextsHideAShareAndSayWhatWasThere) {
  const TestFolder folder;
  const TokenFile tokens(write_tokens(folder / "t.npy", counting(6000)));
  LmBatchOptions options{.objective = LmObjective::masked, .context = 62, .order = LmOrder::sequential};
  options.cls_id = 6001;
  options.sep_id = 6002;
  options.mask_id = 6003;
  options.vocabulary_size = 6004;
  LmBatches batches(tokens, options);
  const LmBatch batch = batches.get(0, 100);
  std::size_t n_masked = 0, n_kept = 0;
  for (std::size_t i = 0; i < batch.target_rows.size(); ++i) {
    const std::size_t row = batch.target_rows[i];
    EXPECT_EQ(batch.target_ids[i], static_cast<std::int32_t>(row / 62 * 60 + row % 62 - 1));
    n_masked += batch.ids[row] == 6003 ? 1 : 0;
    n_kept += batch.ids[row] == batch.target_ids[i] ? 1 : 0;
  }
  EXPECT_EQ(batch.ids[0], 6001);
  EXPECT_EQ(batch.ids[61], 6002);
  // 6,000 draws at 15 % and one sure token a text; shares of about 1,000 of them: within five standard deviations.
  const auto n = static_cast<double>(batch.target_rows.size());
  EXPECT_NEAR(n, 985, 150);
  EXPECT_NEAR(static_cast<double>(n_masked) / n, 0.8, 0.07);
  EXPECT_NEAR(static_cast<double>(n_kept) / n, 0.1, 0.05);
  EXPECT_EQ(batches.get(40, 1).ids, Ids(batch.ids.begin() + 40 * 62, batch.ids.begin() + 41 * 62));
}

TEST(LmBatches, WantEnoughTokensAndAMask) {
  const TestFolder folder;
  const TokenFile tokens(write_tokens(folder / "t.npy", counting(4)));
  testing::expect_error(ErrorCode::invalid_argument, "the corpus has 4 tokens, fewer than one text of 5",
                        [&] { LmBatches(tokens, {.context = 4}); });
  testing::expect_error(ErrorCode::invalid_argument, "a tokenizer with a mask token",
                        [&] { LmBatches(tokens, {.objective = LmObjective::masked, .context = 4}); });
}

}  // namespace
}  // namespace akin

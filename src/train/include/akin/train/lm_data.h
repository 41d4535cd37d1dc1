// What a language model is trained on: token ids in a memory-mapped file (.npy of int32, which numpy reads), made from text once; and the
// batches of each step, a function of seed and step alone. Tested by lm_data_test.cc.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "akin/base/context.h"
#include "akin/formats/npy.h"
#include "akin/text/tokenizer.h"
#include "akin/train/lm_model.h"

namespace akin {

class TokenFile {
 public:
  /// Throws Error{not_found}, Error{corrupt}, Error{unsupported} for an array that is not a list of int32.
  explicit TokenFile(const std::filesystem::path& path);

  [[nodiscard]] std::size_t size() const noexcept { return n_; }
  /// Copies ids [first, first + out.size()).
  void read(std::size_t first, std::span<std::int32_t> out) const;

 private:
  NpyFile file_;
  std::size_t n_ = 0;
};

struct TokenFileReport {
  std::size_t n_bytes = 0, n_tokens = 0, n_texts = 0;
};

/// Gives the next stretch of a corpus: false at the end. `ends_text` is set where a text ends with it.
using NextText = std::function<bool(std::string& text, bool& ends_text)>;

/// Writes the ids of a corpus to `path`, without the tokenizer's special tokens, `end_id` (−1: none) behind each text. Memory stays
/// bounded. Throws Error{io}, Error{cancelled}, Error{invalid_argument} for a corpus without a token.
TokenFileReport write_token_file(const NextText& next, const Tokenizer& tokenizer, std::int32_t end_id, const std::filesystem::path& path,
                                 Context& context);

/// The token that stands between texts: the first of <|endoftext|>, </s>, <eos>, [SEP] that the tokenizer has; −1 if none.
std::int32_t end_token_of(const Tokenizer& tokenizer) noexcept;

/// A tokenizer of single bytes, as the text of a tokenizer.json: 256 bytes and the special tokens <|endoftext|>, [CLS], [SEP], [MASK],
/// [PAD]. For trials and for languages without spaces: no vocabulary has to be learned first.
std::string byte_tokenizer_json();

/// Sequences of one forward pass, and what is to stand where.
struct LmBatch {
  std::vector<std::int32_t> ids;
  std::vector<std::size_t> starts;
  std::vector<std::size_t> target_rows;
  std::vector<std::int32_t> target_ids;
};

enum class LmOrder {
  shuffled,    ///< each pass over the corpus in an order of its own
  sequential,  ///< as the tokens lie: for comparisons
};

struct LmBatchOptions {
  LmObjective objective = LmObjective::causal;
  std::size_t context = 256;
  LmOrder order = LmOrder::shuffled;
  std::uint64_t seed = 42;
  double mask_rate =
      0.15;  ///< masked: share of tokens to be guessed; of those 80 % are masked, 10 % replaced, 10 % kept (Devlin et al., 2018)
  std::int32_t cls_id = -1, sep_id = -1, mask_id = -1;  ///< masked: mask_id is needed, the others stand around a text where they are there
  std::size_t vocabulary_size = 0;
};

/// Cuts a corpus into texts of `context` tokens. Causal: each token of a text is to give the one behind it, so a text reads one more.
class LmBatches {
 public:
  /// `tokens` must outlive it. Throws Error{invalid_argument} if they are fewer than one text.
  LmBatches(const TokenFile& tokens, const LmBatchOptions& options);

  [[nodiscard]] std::size_t n_texts() const noexcept { return n_texts_; }
  /// Texts number `first` … `first` + `count` − 1 of the endless sequence of passes over the corpus.
  [[nodiscard]] LmBatch get(std::uint64_t first, std::size_t count);

 private:
  [[nodiscard]] std::size_t place_of(std::uint64_t number);
  void add_causal(std::size_t place, LmBatch& batch) const;
  void add_masked(std::size_t place, std::uint64_t number, LmBatch& batch) const;

  const TokenFile* tokens_;
  LmBatchOptions options_;
  std::size_t n_texts_ = 0, n_inside_ = 0;
  std::uint64_t pass_ = 0;
  std::vector<std::uint32_t> order_;  // of pass_
};

}  // namespace akin

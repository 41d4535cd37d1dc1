#include "akin/train/lm_data.h"

#include <algorithm>
#include <cstring>
#include <nlohmann/json.hpp>
#include <numeric>

#include "akin/base/error.h"
#include "akin/base/rng.h"

namespace akin {
namespace {

/// Stretches of text that are encoded side by side before they are written.
constexpr std::size_t kTextsAtOnce = 64;

struct Stretch {
  std::string text;
  bool ends_text = false;
  std::vector<std::int32_t> ids;
};

/// GPT-2's printable stand-in for a byte: itself if it is a visible Latin-1 character, else the next free one from U+0100 on.
std::vector<std::string> byte_pieces() {
  const auto is_visible = [](unsigned b) { return (b >= 0x21 && b <= 0x7E) || (b >= 0xA1 && b <= 0xAC) || b >= 0xAE; };
  std::vector<std::string> pieces;
  unsigned next = 0x100;
  for (unsigned b = 0; b < 256; ++b) {
    const unsigned code = is_visible(b) ? b : next++;
    std::string piece;
    if (code < 0x80) {
      piece += static_cast<char>(code);
    } else {
      piece += static_cast<char>(0xC0 | (code >> 6));
      piece += static_cast<char>(0x80 | (code & 0x3F));
    }
    pieces.push_back(piece);
  }
  return pieces;
}

}  // namespace

TokenFile::TokenFile(const std::filesystem::path& path) : file_(path) {
  const TensorView& tensor = file_.tensor();
  if (tensor.type != TensorType::i32 || tensor.shape.size() != 1) {
    throw Error(ErrorCode::unsupported, path.string() + ": a list of int32 token ids is wanted, this is an array of " +
                                            std::string(name_of(tensor.type)) + " with " + std::to_string(tensor.shape.size()) +
                                            " dimensions");
  }
  n_ = tensor.size();
}

void TokenFile::read(std::size_t first, std::span<std::int32_t> out) const {
  require(first <= n_ && out.size() <= n_ - first, "token ids beyond the end of their file");
  if (!out.empty()) std::memcpy(out.data(), file_.tensor().bytes.data() + first * sizeof(std::int32_t), out.size_bytes());
}

TokenFileReport write_token_file(const NextText& next, const Tokenizer& tokenizer, std::int32_t end_id, const std::filesystem::path& path,
                                 Context& context) {
  NpyWriter writer(path, TensorType::i32, {});
  TokenFileReport report;
  std::size_t n_of_text = 0;
  std::vector<Stretch> stretches(kTextsAtOnce);
  for (bool more = true; more;) {
    std::size_t n = 0;
    while (n < stretches.size() && (more = next(stretches[n].text, stretches[n].ends_text))) ++n;
    context.parallel_for(
        n, 1, [&](std::size_t i, std::size_t) { stretches[i].ids = tokenizer.encode(stretches[i].text, {.special_tokens = false}).ids; });
    for (std::size_t i = 0; i < n; ++i) {
      Stretch& stretch = stretches[i];
      report.n_bytes += stretch.text.size();
      report.n_texts += stretch.ends_text ? 1 : 0;
      n_of_text += stretch.ids.size();
      if (stretch.ends_text && end_id >= 0) stretch.ids.push_back(end_id);
      report.n_tokens += stretch.ids.size();
      writer.append(std::as_bytes(std::span(stretch.ids)));
      context.progress.advance(stretch.text.size());
    }
  }
  if (n_of_text == 0) throw Error(ErrorCode::invalid_argument, "the corpus has no token to train on");
  writer.commit();
  return report;
}

std::int32_t end_token_of(const Tokenizer& tokenizer) noexcept {
  for (const char* piece : {"<|endoftext|>", "</s>", "<eos>", "[SEP]"}) {
    if (const std::int32_t id = tokenizer.id_of(piece); id >= 0) return id;
  }
  return -1;
}

std::string byte_tokenizer_json() {
  using Json = nlohmann::ordered_json;
  Json vocabulary, added = Json::array();
  for (const std::string& piece : byte_pieces()) vocabulary[piece] = vocabulary.size();
  for (const char* special : {"<|endoftext|>", "[CLS]", "[SEP]", "[MASK]", "[PAD]"}) {
    const std::size_t id = vocabulary.size();
    vocabulary[special] = id;
    added.push_back({{"id", id},
                     {"content", special},
                     {"single_word", false},
                     {"lstrip", false},
                     {"rstrip", false},
                     {"normalized", false},
                     {"special", true}});
  }
  const Json level = {{"type", "ByteLevel"}, {"add_prefix_space", false}, {"trim_offsets", true}, {"use_regex", false}};
  const Json json = {{"version", "1.0"},
                     {"truncation", nullptr},
                     {"padding", nullptr},
                     {"added_tokens", added},
                     {"normalizer", nullptr},
                     {"pre_tokenizer", level},
                     {"post_processor", nullptr},
                     {"decoder", level},
                     {"model",
                      {{"type", "BPE"},
                       {"dropout", nullptr},
                       {"unk_token", nullptr},
                       {"continuing_subword_prefix", nullptr},
                       {"end_of_word_suffix", nullptr},
                       {"fuse_unk", false},
                       {"byte_fallback", false},
                       {"vocab", vocabulary},
                       {"merges", Json::array()}}}};
  return json.dump(1) + "\n";
}

LmBatches::LmBatches(const TokenFile& tokens, const LmBatchOptions& options)
    : tokens_(&tokens), options_(options), n_inside_(options.context) {
  const bool is_masked = options.objective == LmObjective::masked;
  require(options.context >= 4, "a training text must have 4 tokens or more");
  if (is_masked) {
    require(options.mask_id >= 0, "a masked model wants a tokenizer with a mask token");
    require(options.mask_rate > 0 && options.mask_rate < 1, "the share of masked tokens must be above 0 and below 1");
    n_inside_ -= (options.cls_id >= 0 ? 1 : 0) + (options.sep_id >= 0 ? 1 : 0);
  }
  const std::size_t n = is_masked ? tokens.size() : tokens.size() - std::min<std::size_t>(tokens.size(), 1);
  n_texts_ = std::min<std::size_t>(n / n_inside_, std::numeric_limits<std::uint32_t>::max());
  if (n_texts_ == 0) {
    throw Error(ErrorCode::invalid_argument, "the corpus has " + std::to_string(tokens.size()) + " tokens, fewer than one text of " +
                                                 std::to_string(n_inside_ + (is_masked ? 0 : 1)) + ": give more text or a shorter context");
  }
}

std::size_t LmBatches::place_of(std::uint64_t number) {
  const auto at = static_cast<std::size_t>(number % n_texts_);
  if (options_.order == LmOrder::sequential) return at;
  const std::uint64_t pass = number / n_texts_;
  if (order_.empty() || pass != pass_) {
    pass_ = pass;
    order_.resize(n_texts_);
    std::iota(order_.begin(), order_.end(), 0U);
    Rng rng = Rng(options_.seed).fork(2 * pass);
    for (std::size_t i = n_texts_; i > 1; --i) std::swap(order_[i - 1], order_[rng.below(i)]);
  }
  return order_[at];
}

void LmBatches::add_causal(std::size_t place, LmBatch& batch) const {
  std::vector<std::int32_t> ids(n_inside_ + 1);
  tokens_->read(place * n_inside_, ids);
  for (std::size_t i = 0; i < n_inside_; ++i) {
    batch.target_rows.push_back(batch.ids.size());
    batch.ids.push_back(ids[i]);
    batch.target_ids.push_back(ids[i + 1]);
  }
}

void LmBatches::add_masked(std::size_t place, std::uint64_t number, LmBatch& batch) const {
  std::vector<std::int32_t> ids(n_inside_);
  tokens_->read(place * n_inside_, ids);
  if (options_.cls_id >= 0) batch.ids.push_back(options_.cls_id);
  Rng rng = Rng(options_.seed).fork(2 * number + 1);
  const std::size_t surely = rng.below(n_inside_);  // a text without a masked token would teach nothing
  for (std::size_t i = 0; i < n_inside_; ++i) {
    std::int32_t id = ids[i];
    if (i == surely || static_cast<double>(rng.uniform()) < options_.mask_rate) {
      batch.target_rows.push_back(batch.ids.size());
      batch.target_ids.push_back(id);
      const std::uint64_t fate = rng.below(10);
      if (fate < 8) id = options_.mask_id;
      if (fate == 8) id = static_cast<std::int32_t>(rng.below(options_.vocabulary_size));
    }
    batch.ids.push_back(id);
  }
  if (options_.sep_id >= 0) batch.ids.push_back(options_.sep_id);
}

LmBatch LmBatches::get(std::uint64_t first, std::size_t count) {
  LmBatch batch;
  batch.starts = {0};
  for (std::uint64_t number = first; number < first + count; ++number) {
    const std::size_t place = place_of(number);
    if (options_.objective == LmObjective::causal) {
      add_causal(place, batch);
    } else {
      add_masked(place, number, batch);
    }
    batch.starts.push_back(batch.ids.size());
  }
  return batch;
}

}  // namespace akin

#include "akin/text/tokenizer.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "akin/base/error.h"
#include "akin/base/sha256.h"
#include "akin/base/utf8.h"
#include "fast_tokenizer.h"
#include "load.h"
#include "load_gguf.h"
#include "load_sentence_piece.h"
#include "pipeline.h"

namespace akin {

using text::AddedToken;
using text::TokenList;
using text::TokenSink;

struct Tokenizer::Impl {
  explicit Impl(text::PipelineParts&& from)
      : parts(std::move(from)),
        added(std::move(parts.added), parts.normalizer.get()),
        pipeline(parts, added),
        fast(text::make_fast_tokenizer(parts, added, pipeline)) {}

  // Tokens of one text, without special ones; the first `keep` of them are stored.
  TokenList tokenize(std::string_view text, std::size_t keep, bool offsets, Encoding& report) const;
  Encoding encode(std::string_view first, const std::string_view* second, const EncodeOptions& options) const;
  // Empty for an id that is not used.
  const std::string& piece(std::int32_t id) const noexcept {
    static const std::string kHole;
    if (const AddedToken* token = added.find(id)) return token->content;
    return id >= 0 && static_cast<std::size_t>(id) < parts.model->size() ? parts.model->piece(id) : kHole;
  }

  text::PipelineParts parts;
  text::AddedTokens added;
  text::Pipeline pipeline;
  std::unique_ptr<const text::FastTokenizer> fast;  // null if only the pipeline can do it
};

namespace {

// How much of two sequences stays when both together may have `limit` tokens: the longer one is cut first, as the reference does.
std::pair<std::size_t, std::size_t> cut_pair(std::size_t first, std::size_t second, std::size_t limit) {
  if (first + second <= limit) return {first, second};
  const bool swapped = first > second;
  auto [shorter, longer] = std::minmax(first, second);
  std::size_t keep_short = shorter;
  std::size_t keep_long = shorter > limit ? shorter : std::max(shorter, limit - shorter);
  if (keep_short + keep_long > limit) {
    keep_short = limit / 2;
    keep_long = keep_short + limit % 2;
  }
  return swapped ? std::pair{keep_long, keep_short} : std::pair{keep_short, keep_long};
}

void keep_last(TokenList& list, std::size_t n) {
  list.ids.erase(list.ids.begin(), list.ids.end() - static_cast<std::ptrdiff_t>(n));
  if (!list.offsets.empty()) list.offsets.erase(list.offsets.begin(), list.offsets.end() - static_cast<std::ptrdiff_t>(n));
}

}  // namespace

TokenList Tokenizer::Impl::tokenize(std::string_view text, std::size_t keep, bool offsets, Encoding& report) const {
  if (text.size() >= std::numeric_limits<std::uint32_t>::max())
    throw Error(ErrorCode::limit, "a text of " + std::to_string(text.size()) + " bytes; a tokenizer takes less than 4 GiB at once");
  TokenList list;
  list.ids.reserve(std::min(keep, text.size() / 4 + 256));  // English has about four bytes a token
  TokenSink sink(list, keep, offsets);
  fast ? fast->tokenize(text, sink) : pipeline.tokenize(text, sink);
  report.n_invalid += sink.n_invalid;
  if (offsets && !parts.post.trims.empty()) {
    std::vector<std::string_view> pieces;
    pieces.reserve(list.ids.size());
    for (const std::int32_t id : list.ids) pieces.push_back(piece(id));
    for (const text::OffsetTrim& trim : parts.post.trims) trim.apply(text, pieces, list.offsets);
  }
  return list;
}

Encoding Tokenizer::Impl::encode(std::string_view first, const std::string_view* second, const EncodeOptions& options) const {
  const std::size_t n_special = options.special_tokens ? parts.post.n_special(second != nullptr) : 0;
  std::size_t limit = std::numeric_limits<std::size_t>::max();
  if (options.max_tokens != 0) {
    if (options.max_tokens < n_special)
      throw Error(ErrorCode::invalid_argument,
                  "max_tokens is " + std::to_string(options.max_tokens) + ", the special tokens alone are " + std::to_string(n_special));
    limit = options.max_tokens - n_special;
  }
  Encoding out;
  const std::size_t keep = parts.cuts_left ? std::numeric_limits<std::size_t>::max() : limit;
  TokenList a = tokenize(first, keep, options.offsets, out);
  TokenList b;
  if (second != nullptr) b = tokenize(*second, keep, options.offsets, out);
  const auto [n_a, n_b] = cut_pair(a.n_seen, b.n_seen, limit);
  if (parts.cuts_left) {
    keep_last(a, n_a);
    keep_last(b, n_b);
  }
  parts.post.apply(a, second != nullptr ? &b : nullptr, n_a, n_b, options, out);
  out.n_tokens_seen = a.n_seen + b.n_seen + n_special;
  out.n_tokens_dropped = out.n_tokens_seen - out.ids.size();
  return out;
}

Tokenizer::Tokenizer(std::unique_ptr<const Impl> impl) : impl_(std::move(impl)) {}
Tokenizer::Tokenizer(Tokenizer&&) noexcept = default;
Tokenizer& Tokenizer::operator=(Tokenizer&&) noexcept = default;
Tokenizer::~Tokenizer() = default;

Tokenizer Tokenizer::from_folder(const std::filesystem::path& folder) {
  return Tokenizer(std::make_unique<const Impl>(text::load_folder(folder)));
}

Tokenizer Tokenizer::from_json(std::string_view json, const std::string& name) {
  return Tokenizer(std::make_unique<const Impl>(text::load_json(json, name)));
}

Tokenizer Tokenizer::from_word_piece(const WordPieceParts& parts) {
  return Tokenizer(std::make_unique<const Impl>(text::load_word_piece(parts, "WordPiece vocabulary")));
}

Tokenizer Tokenizer::from_sentence_piece(std::string_view model, std::string_view config, const std::string& name) {
  return Tokenizer(std::make_unique<const Impl>(text::load_sentence_piece(model, config, name)));
}

Tokenizer Tokenizer::from_gguf(const GgufVocabulary& vocabulary, const std::string& name) {
  return Tokenizer(std::make_unique<const Impl>(text::load_gguf(vocabulary, name)));
}

Encoding Tokenizer::encode(std::string_view text, const EncodeOptions& options) const { return impl_->encode(text, nullptr, options); }

Encoding Tokenizer::encode_pair(std::string_view first, std::string_view second, const EncodeOptions& options) const {
  return impl_->encode(first, &second, options);
}

std::size_t Tokenizer::count(std::string_view text) const {
  Encoding report;
  return impl_->tokenize(text, 0, false, report).n_seen;
}

std::string Tokenizer::decode(const std::vector<std::int32_t>& ids, bool skip_special_tokens) const {
  std::vector<std::string_view> pieces;
  for (const std::int32_t id : ids) {
    const AddedToken* token = impl_->added.find(id);
    if (token != nullptr) {
      if (!token->special || !skip_special_tokens) pieces.emplace_back(token->content);
    } else if (id >= 0 && static_cast<std::size_t>(id) < impl_->parts.model->size()) {
      pieces.emplace_back(impl_->parts.model->piece(id));
    }
  }
  return impl_->parts.decoder->decode(pieces);
}

std::size_t Tokenizer::vocabulary_size() const noexcept {
  const std::vector<AddedToken>& added = impl_->added.all();
  return std::max(impl_->parts.model->size(), added.empty() ? 0 : static_cast<std::size_t>(added.back().id) + 1);
}

const std::string& Tokenizer::piece(std::int32_t id) const {
  if (id < 0 || static_cast<std::size_t>(id) >= vocabulary_size())
    throw Error(ErrorCode::invalid_argument,
                "token id " + std::to_string(id) + " is out of range, the vocabulary has " + std::to_string(vocabulary_size()) + " pieces");
  return impl_->piece(id);
}

std::int32_t Tokenizer::id_of(std::string_view piece) const noexcept {
  if (const AddedToken* token = impl_->added.find(piece)) return token->id;
  return impl_->parts.model->id_of(piece);
}

std::size_t Tokenizer::n_special_tokens() const noexcept { return impl_->parts.post.n_special(false); }

WordPieceParts Tokenizer::word_piece_parts() const {
  WordPieceParts parts = text::to_word_piece(impl_->parts);
  if (from_word_piece(parts).fingerprint() != fingerprint())
    throw Error(ErrorCode::unsupported,
                "the tokenizer's added tokens or its template differ from BERT's and cannot be written as WordPiece parts");
  return parts;
}

std::string Tokenizer::fingerprint() const {
  Sha256 hash;
  hash.field("akin tokenizer 1");
  hash.field(impl_->parts.normalizer ? impl_->parts.normalizer->describe() : "");
  hash.field(impl_->parts.pre_tokenizer ? impl_->parts.pre_tokenizer->describe() : "");
  impl_->parts.model->describe(hash);
  impl_->added.describe(hash);
  impl_->parts.post.describe(hash);
  return hash.hex();
}

std::vector<TextSpan> to_code_points(std::string_view text, const std::vector<TextSpan>& offsets) {
  std::vector<std::uint32_t> index(text.size() + 1);  // of the character that a byte belongs to
  std::uint32_t n = 0;
  for (std::size_t at = 0; at < text.size(); ++n) {
    const std::size_t next = at + decode_utf8(text, at).length;
    while (at < next) index[at++] = n;
  }
  index[text.size()] = n;
  std::vector<TextSpan> out;
  out.reserve(offsets.size());
  for (const TextSpan& span : offsets) {
    require(span.begin <= span.end && span.end <= text.size(), "an offset lies outside its text");
    out.push_back({index[span.begin], index[span.end]});
  }
  return out;
}

}  // namespace akin

#include "decoder.h"

#include <array>
#include <charconv>
#include <utility>

#include "akin/base/utf8.h"
#include "byte_level.h"
#include "metaspace.h"
#include "pattern.h"

namespace akin::text {
namespace {

using DecoderPtr = std::unique_ptr<const Decoder>;

std::string replace_all(const std::string& text, std::string_view from, std::string_view to) {
  std::string out;
  std::size_t at = 0;
  for (std::size_t found = text.find(from); found != std::string::npos; found = text.find(from, at)) {
    out.append(text, at, found - at).append(to);
    at = found + from.size();
  }
  return out.append(text, at);
}

class SpaceJoin final : public Decoder {
 public:
  void apply(std::vector<std::string>& pieces) const override {
    for (std::size_t i = 1; i < pieces.size(); ++i) pieces[i].insert(0, 1, ' ');
  }
};

/// <0x41> … back to bytes; those that are not UTF-8 become U+FFFD each.
class ByteFallback final : public Decoder {
 public:
  void apply(std::vector<std::string>& pieces) const override {
    std::vector<std::string> out;
    std::string bytes;
    const auto flush = [&] {
      if (is_valid_utf8(bytes)) {
        if (!bytes.empty()) out.push_back(bytes);
      } else {
        for (std::size_t i = 0; i < bytes.size(); ++i) append_utf8(out.emplace_back(), kReplacement);
      }
      bytes.clear();
    };
    for (std::string& piece : pieces) {
      if (const int byte = byte_of(piece); byte >= 0) {
        bytes += static_cast<char>(byte);
        continue;
      }
      flush();
      out.push_back(std::move(piece));
    }
    flush();
    pieces = std::move(out);
  }

 private:
  static int byte_of(std::string_view piece) {
    if (piece.size() != 6 || !piece.starts_with("<0x") || piece[5] != '>') return -1;
    unsigned value = 0;
    const auto [end, error] = std::from_chars(piece.data() + 3, piece.data() + 5, value, 16);
    return error == std::errc() && end == piece.data() + 5 ? static_cast<int>(value) : -1;
  }
};

class Fuse final : public Decoder {
 public:
  void apply(std::vector<std::string>& pieces) const override {
    std::string all;
    for (const std::string& piece : pieces) all += piece;
    pieces = {std::move(all)};
  }
};

/// Takes up to so many of one character off the ends of each piece.
class StripDecoder final : public Decoder {
 public:
  StripDecoder(std::string character, std::size_t start, std::size_t stop) : character_(std::move(character)), start_(start), stop_(stop) {}
  void apply(std::vector<std::string>& pieces) const override {
    for (std::string& piece : pieces) {
      std::string_view left = piece;
      for (std::size_t i = 0; i < start_ && left.starts_with(character_); ++i) left.remove_prefix(character_.size());
      for (std::size_t i = 0; i < stop_ && left.ends_with(character_); ++i) left.remove_suffix(character_.size());
      piece = std::string(left);
    }
  }

 private:
  std::string character_;
  std::size_t start_;
  std::size_t stop_;
};

class ReplaceDecoder final : public Decoder {
 public:
  ReplaceDecoder(std::unique_ptr<const Pattern> pattern, std::string content)
      : pattern_(std::move(pattern)), content_(std::move(content)) {}
  void apply(std::vector<std::string>& pieces) const override {
    std::vector<Pattern::Match> matches;
    for (std::string& piece : pieces) {
      matches.clear();
      pattern_->find_all(piece, matches);
      std::string out;
      std::size_t done = 0;
      for (const auto& [begin, end] : matches) {
        out.append(piece, done, begin - done).append(content_);
        done = end;
      }
      piece = out.append(piece, done);
    }
  }

 private:
  std::unique_ptr<const Pattern> pattern_;
  std::string content_;
};

/// The mark of a word's end becomes a space, but not behind the last piece.
class BpeDecoder final : public Decoder {
 public:
  explicit BpeDecoder(std::string suffix) : suffix_(std::move(suffix)) {}
  void apply(std::vector<std::string>& pieces) const override {
    if (suffix_.empty()) return;
    for (std::size_t i = 0; i < pieces.size(); ++i) pieces[i] = replace_all(pieces[i], suffix_, i + 1 == pieces.size() ? "" : " ");
  }

 private:
  std::string suffix_;
};

class DecoderSequence final : public Decoder {
 public:
  explicit DecoderSequence(std::vector<DecoderPtr> parts) : parts_(std::move(parts)) {}
  void apply(std::vector<std::string>& pieces) const override {
    for (const DecoderPtr& part : parts_) part->apply(pieces);
  }

 private:
  std::vector<DecoderPtr> parts_;
};

// The reference's own list, in its order; applied to one token at a time.
constexpr std::array<std::pair<std::string_view, std::string_view>, 11> kCleanups = {{
    {" .", "."},
    {" ?", "?"},
    {" !", "!"},
    {" ,", ","},
    {" ' ", "'"},
    {" n't", "n't"},
    {" 'm", "'m"},
    {" do not", " don't"},
    {" 's", "'s"},
    {" 've", "'ve"},
    {" 're", "'re"},
}};

std::string clean_up(std::string token) {
  for (const auto& [from, to] : kCleanups) {
    if (token.find(from) != std::string::npos) token = replace_all(token, from, to);
  }
  return token;
}

DecoderPtr read_word_piece(const Json& json, const std::string& where, int) {
  return std::make_unique<WordPieceDecoder>(string_field(json, "prefix", "##", where), bool_field(json, "cleanup", true, where));
}

DecoderPtr read_metaspace_decoder(const Json& json, const std::string& where, int) {
  return std::make_unique<MetaspaceDecoder>(read_metaspace(json, where));
}
DecoderPtr read_byte_level(const Json&, const std::string&, int) { return std::make_unique<ByteLevelDecoder>(); }
DecoderPtr read_byte_fallback(const Json&, const std::string&, int) { return std::make_unique<ByteFallback>(); }
DecoderPtr read_fuse(const Json&, const std::string&, int) { return std::make_unique<Fuse>(); }

DecoderPtr read_strip(const Json& json, const std::string& where, int) {
  std::string character = string_field(json, "content", where);
  if (count_code_points(character) != 1) throw Error(ErrorCode::corrupt, where + ": 'content' must be one character");
  const auto count = [&](const char* key) { return unsigned_value(member(json, key, where), 1 << 16, where + ": '" + key + "'"); };
  return std::make_unique<StripDecoder>(std::move(character), count("start"), count("stop"));
}

DecoderPtr read_replace(const Json& json, const std::string& where, int) {
  return std::make_unique<ReplaceDecoder>(read_pattern(member(json, "pattern", where), where), string_field(json, "content", where));
}

DecoderPtr read_bpe(const Json& json, const std::string& where, int) {
  return std::make_unique<BpeDecoder>(string_field(json, "suffix", "</w>", where));
}

DecoderPtr read_sequence(const Json& json, const std::string& where, int depth);

constexpr Kind<DecoderPtr> kKinds[] = {
    {"Metaspace", read_metaspace_decoder},
    {"WordPiece", read_word_piece},
    {"ByteLevel", read_byte_level},
    {"ByteFallback", read_byte_fallback},
    {"Fuse", read_fuse},
    {"Strip", read_strip},
    {"Replace", read_replace},
    {"BPEDecoder", read_bpe},
    {"Sequence", read_sequence},
};

DecoderPtr read_sequence(const Json& json, const std::string& where, int depth) {
  std::vector<DecoderPtr> parts;
  for (const Json& part : array_field(json, "decoders", where)) parts.push_back(read_kind<DecoderPtr>(kKinds, part, where, depth + 1));
  return std::make_unique<DecoderSequence>(std::move(parts));
}

}  // namespace

std::string Decoder::decode(const std::vector<std::string_view>& pieces) const {
  std::vector<std::string> parts(pieces.begin(), pieces.end());
  apply(parts);
  std::string out;
  for (const std::string& part : parts) out += part;
  return out;
}

void WordPieceDecoder::apply(std::vector<std::string>& pieces) const {
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    std::string& token = pieces[i];
    if (i > 0) {
      if (token.starts_with(prefix_)) {
        token.erase(0, prefix_.size());
      } else {
        token.insert(0, 1, ' ');
      }
    }
    if (cleanup_) token = clean_up(std::move(token));
  }
}

void ByteLevelDecoder::apply(std::vector<std::string>& pieces) const {
  std::string bytes;
  for (const std::string& piece : pieces) append_bytes(bytes, piece);
  std::size_t n_replaced = 0;
  pieces = {replace_invalid_utf8(bytes, n_replaced)};
}

void ClipDecoder::apply(std::vector<std::string>& pieces) const {
  std::string all;
  inner_->apply(pieces);
  for (const std::string& piece : pieces) all += piece;
  NormalizedText text(word_suffix_.empty() ? all : replace_all(all, word_suffix_, " "));
  text.strip(true, true);
  pieces = {text.text()};
}

std::unique_ptr<const Decoder> read_decoder(const Json& json, const std::string& where) {
  if (json.is_null()) return std::make_unique<SpaceJoin>();
  return read_kind<DecoderPtr>(kKinds, json, where + ": decoder", 0);
}

}  // namespace akin::text

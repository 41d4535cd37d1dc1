#include "decoder.h"

#include <array>
#include <utility>

#include "metaspace.h"

namespace akin::text {
namespace {

using DecoderPtr = std::unique_ptr<const Decoder>;

class SpaceJoin final : public Decoder {
 public:
  [[nodiscard]] std::string decode(const std::vector<std::string_view>& pieces) const override {
    std::string out;
    for (std::size_t i = 0; i < pieces.size(); ++i) {
      if (i > 0) out += ' ';
      out += pieces[i];
    }
    return out;
  }
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

std::string replace_all(const std::string& text, std::string_view from, std::string_view to) {
  std::string out;
  std::size_t at = 0;
  for (std::size_t found = text.find(from); found != std::string::npos; found = text.find(from, at)) {
    out.append(text, at, found - at).append(to);
    at = found + from.size();
  }
  return out.append(text, at);
}

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

constexpr Kind<DecoderPtr> kKinds[] = {
    {"Metaspace", read_metaspace_decoder},
    {"WordPiece", read_word_piece},
};

}  // namespace

std::string WordPieceDecoder::decode(const std::vector<std::string_view>& pieces) const {
  std::string out;
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    std::string token(pieces[i]);
    if (i > 0) {
      if (token.starts_with(prefix_)) {
        token.erase(0, prefix_.size());
      } else {
        token.insert(0, 1, ' ');
      }
    }
    out += cleanup_ ? clean_up(std::move(token)) : token;
  }
  return out;
}

std::unique_ptr<const Decoder> read_decoder(const Json& json, const std::string& where) {
  if (json.is_null()) return std::make_unique<SpaceJoin>();
  return read_kind<DecoderPtr>(kKinds, json, where + ": decoder", 0);
}

}  // namespace akin::text

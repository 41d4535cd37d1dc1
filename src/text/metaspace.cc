#include "metaspace.h"

#include <utility>

namespace akin::text {
namespace {

constexpr std::pair<std::string_view, PrependScheme> kSchemes[] = {
    {"always", PrependScheme::always}, {"first", PrependScheme::first}, {"never", PrependScheme::never}};

PrependScheme read_scheme(const Json& json, const std::string& where) {
  const std::string name = string_field(json, "prepend_scheme", "always", where);
  for (const auto& [known, scheme] : kSchemes) {
    if (known == name) return scheme;
  }
  throw Error(ErrorCode::corrupt, where + ": 'prepend_scheme' must be always, first or never, it is '" + name + "'");
}

std::size_t encoded_length(char32_t c) { return c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4; }

std::string encoded(char32_t c) {
  std::string out;
  append_utf8(out, c);
  return out;
}

}  // namespace

void Metaspace::split(NormalizedText& text, std::vector<WordRange>& words) const {
  const std::string& old = text.text();
  std::vector<NormalizedText::Change> changes;
  changes.reserve(old.size() + words.size());
  std::vector<WordRange> out;
  std::size_t at = 0;       // in the old text
  std::size_t written = 0;  // bytes of the new one
  const auto put = [&](char32_t c, bool inserted) {
    changes.push_back({c, inserted});
    written += encoded_length(c);
  };
  const auto copy_to = [&](std::size_t end) {
    while (at < end) {
      const DecodedChar c = decode_utf8(old, at);
      put(c.code_point, false);
      at += c.length;
    }
  };
  for (const WordRange& word : words) {
    copy_to(word.begin);
    const char32_t first = decode_utf8(old, word.begin).code_point;
    const bool wanted = options_.prepend == PrependScheme::always ||
                        (options_.prepend == PrependScheme::first && text.origin(word.begin, word.end).begin == 0);
    bool inserted = wanted && first != U' ' && first != options_.replacement;
    out.push_back({written, written});
    if (inserted) put(options_.replacement, false);
    while (at < word.end) {
      const DecodedChar c = decode_utf8(old, at);
      const char32_t to = c.code_point == U' ' ? options_.replacement : c.code_point;
      if (options_.split && to == options_.replacement && written > out.back().begin) {
        out.back().end = written;
        out.push_back({written, written});
      }
      put(to, inserted);
      inserted = false;
      at += c.length;
    }
    out.back().end = written;
  }
  copy_to(old.size());
  text.rewrite(changes);
  words = std::move(out);
}

std::string Metaspace::describe() const {
  std::string out = "Metaspace " + encoded(options_.replacement);
  for (const auto& [name, scheme] : kSchemes) {
    if (scheme == options_.prepend) out += " " + std::string(name);
  }
  return out + (options_.split ? " split" : "");
}

MetaspaceDecoder::MetaspaceDecoder(const MetaspaceOptions& options)
    : mark_(encoded(options.replacement)), drops_first_(options.prepend != PrependScheme::never) {}

void MetaspaceDecoder::apply(std::vector<std::string>& pieces) const {
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    std::string out;
    std::string_view piece = pieces[i];
    for (std::size_t found = piece.find(mark_); found != std::string_view::npos; found = piece.find(mark_)) {
      out += piece.substr(0, found);
      if (i > 0 || !drops_first_) out += ' ';
      piece.remove_prefix(found + mark_.size());
    }
    pieces[i] = out.append(piece);
  }
}

MetaspaceOptions read_metaspace(const Json& json, const std::string& where) {
  MetaspaceOptions options;
  const std::string mark = string_field(json, "replacement", where);
  const DecodedChar c = mark.empty() ? DecodedChar{} : decode_utf8(mark, 0);
  if (mark.empty() || !c.valid || c.length != mark.size()) throw Error(ErrorCode::corrupt, where + ": 'replacement' must be one character");
  options.replacement = c.code_point;
  options.prepend = read_scheme(json, where);
  if (!bool_field(json, "add_prefix_space", true, where)) {
    if (!member(json, "prepend_scheme", where).is_null() && options.prepend != PrependScheme::never)
      throw Error(ErrorCode::corrupt, where + ": 'add_prefix_space' is false and 'prepend_scheme' is not never");
    options.prepend = PrependScheme::never;
  }
  options.split = bool_field(json, "split", true, where);
  return options;
}

}  // namespace akin::text

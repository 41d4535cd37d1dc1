#include "charsmap.h"

#include <array>
#include <utility>

#include "akin/base/base64.h"
#include "akin/base/sha256.h"
#include "akin/base/utf8.h"
#include "grapheme.h"

namespace akin::text {
namespace {

// A cluster of this many bytes is no longer looked up as a whole; the reference's own number.
constexpr std::size_t kWholeClusterBytes = 6;

// Fields of a cell (Darts-clone).
bool has_leaf(std::uint32_t cell) noexcept { return (cell >> 8 & 1) != 0; }
std::uint32_t label_of(std::uint32_t cell) noexcept { return cell & 0x800000FF; }  // a leaf's top bit makes it no byte
std::uint32_t value_of(std::uint32_t cell) noexcept { return cell & 0x7FFFFFFF; }
// Shifted by 8 where bit 9 says so; what no longer fits 32 bits leads out of any array.
std::uint64_t offset_of(std::uint32_t cell) noexcept { return std::uint64_t{cell >> 10} << ((cell & 0x200) >> 6); }

std::uint32_t load_u32(const char* at) noexcept {
  std::uint32_t out = 0;
  for (unsigned i = 4; i-- > 0;) out = out << 8 | static_cast<unsigned char>(at[i]);
  return out;
}

bool is_boundary(const std::string& text, std::size_t at) noexcept {
  return at == text.size() || (static_cast<unsigned char>(text[at]) & 0xC0) != 0x80;
}

// As the reference counts: a replacement's characters take the places of the old ones; if it has more, the last ones are inserted; if it
// has fewer, the character before what comes next swallows the rest, even one that was inserted (which then is not).
void replace(std::vector<NormalizedText::Change>& changes, std::string_view old, std::string_view with) {
  std::size_t n_old = count_code_points(old);
  for (std::size_t at = 0; at < with.size();) {
    const DecodedChar c = decode_utf8(with, at);
    changes.push_back({c.code_point, n_old == 0});
    if (n_old > 0) --n_old;
    at += c.length;
  }
  if (n_old == 0 || changes.empty()) return;
  NormalizedText::Change& last = changes.back();
  if (std::exchange(last.inserted, false)) --n_old;
  last.swallowed += static_cast<std::uint32_t>(n_old);
}

}  // namespace

Charsmap::Charsmap(std::string_view bytes, const std::string& where) {
  const std::string place = where + ": the charsmap";
  if (bytes.size() < 4) throw Error(ErrorCode::corrupt, place + " has " + std::to_string(bytes.size()) + " bytes, at least 4 are needed");
  const std::size_t n_trie = load_u32(bytes.data());
  if (n_trie > bytes.size() - 4 || n_trie < 4)
    throw Error(ErrorCode::corrupt,
                place + " says that its trie has " + std::to_string(n_trie) + " bytes, " + std::to_string(bytes.size() - 4) + " are there");
  cells_.resize(n_trie / 4);
  for (std::size_t i = 0; i < cells_.size(); ++i) cells_[i] = load_u32(bytes.data() + 4 + 4 * i);
  replacements_ = bytes.substr(4 + 4 * cells_.size());
  if (!is_valid_utf8(replacements_)) throw Error(ErrorCode::corrupt, place + " has replacements that are not valid UTF-8");
  check(place);
}

// Cells that no path leads to have no leaf, so all of them can be asked. A path that goes round in circles does no harm: it is only ever
// walked as far as a text goes.
void Charsmap::check(const std::string& where) const {
  for (std::size_t node = 0; node < cells_.size(); ++node) {
    if (label_of(cells_[node]) > 0xFF || !has_leaf(cells_[node])) continue;
    const std::uint64_t leaf = node ^ offset_of(cells_[node]);
    const bool there = leaf < cells_.size();
    const std::size_t value = there ? value_of(cells_[leaf]) : 0;
    if (!there || value > replacements_.size() || !is_boundary(replacements_, value))
      throw Error(ErrorCode::corrupt, where + ": the leaf of cell " + std::to_string(node) + " names no replacement");
  }
}

std::optional<std::string_view> Charsmap::find(std::string_view text) const noexcept {
  std::uint64_t node = offset_of(cells_[0]);
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte == 0) break;
    node ^= byte;
    if (node >= cells_.size() || label_of(cells_[node]) != byte) return std::nullopt;
    const std::uint32_t cell = cells_[node];
    node ^= offset_of(cell);
    if (has_leaf(cell)) {
      const std::size_t begin = value_of(cells_[node]);
      return std::string_view(replacements_).substr(begin, replacements_.find('\0', begin) - begin);
    }
  }
  return std::nullopt;
}

std::string Charsmap::bytes() const {
  std::string out;
  const auto put = [&](std::uint32_t value) {
    for (int i = 0; i < 4; ++i) out += static_cast<char>(value >> (8 * i) & 0xFF);
  };
  put(static_cast<std::uint32_t>(4 * cells_.size()));
  for (const std::uint32_t cell : cells_) put(cell);
  return out + replacements_;
}

void Precompiled::apply(NormalizedText& text) const {
  const std::string& old = text.text();
  std::vector<NormalizedText::Change> changes;
  changes.reserve(old.size());
  bool changed = false;
  const auto look_up = [&](std::string_view part) {
    const std::optional<std::string_view> with = map_.find(part);
    if (with) replace(changes, part, *with);
    changed = changed || with;
    return with.has_value();
  };
  for (Graphemes clusters(old); !clusters.done();) {
    const std::string_view cluster = clusters.next();
    if (cluster.size() < kWholeClusterBytes && look_up(cluster)) continue;
    for (std::size_t at = 0; at < cluster.size();) {
      const DecodedChar c = decode_utf8(cluster, at);
      if (!look_up(cluster.substr(at, c.length))) changes.push_back({c.code_point});
      at += c.length;
    }
  }
  if (changed) text.rewrite(changes);
}

std::string Precompiled::describe() const {
  Sha256 hash;
  hash.field(map_.bytes());
  return "Precompiled " + hash.hex();
}

Charsmap read_charsmap(const Json& json, const std::string& where) {
  const std::string text = string_field(json, "precompiled_charsmap", where);
  std::optional<std::string> bytes = decode_base64(text);
  if (!bytes)
    throw Error(ErrorCode::corrupt,
                where + ": the " + std::to_string(text.size()) + " characters of 'precompiled_charsmap' are not base64");
  return {std::move(*bytes), where};
}

}  // namespace akin::text

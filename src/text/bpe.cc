#include "bpe.h"

#include <algorithm>
#include <bit>
#include <functional>
#include <iterator>
#include <limits>
#include <queue>

#include "akin/base/error.h"
#include "akin/base/utf8.h"

namespace akin::text {
namespace {

// Up to so many symbols the best pair is looked for one by one, which is faster than a heap; as many as an integer has bits.
constexpr std::size_t kShort = 32;

std::string byte_piece(unsigned byte) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  return {'<', '0', 'x', kDigits[byte >> 4], kDigits[byte & 15], '>'};
}

// The last character of a piece that is not empty.
std::string_view last_character(std::string_view piece) noexcept {
  std::size_t begin = piece.size() - 1;
  while (begin > 0 && (static_cast<unsigned char>(piece[begin]) & 0xC0) == 0x80) --begin;
  return piece.substr(begin);
}

// The least of n numbers, by halves: what is compared does not wait for what was compared before.
template <unsigned n>
inline std::int32_t least(const std::int32_t* numbers) noexcept {
  if constexpr (n == 1) {
    return *numbers;
  } else {
    return std::min(least<n / 2>(numbers), least<n - n / 2>(numbers + n / 2));
  }
}

}  // namespace

Bpe::Bpe(std::vector<std::string> pieces, const std::vector<BpeMerge>& merges, BpeOptions options, const std::string& where)
    : pieces_(std::move(pieces)), options_(std::move(options)), where_(where), table_(pieces_) {
  for (std::size_t i = 0; i < pieces_.size(); ++i) {
    if (!is_valid_utf8(pieces_[i])) throw Error(ErrorCode::corrupt, where + ": piece " + std::to_string(i) + " is not valid UTF-8");
  }
  for (unsigned byte = 0; byte < 256; ++byte) byte_ids_[byte] = table_.find(byte_piece(byte));
  unknown_id_ = table_.find(options_.unknown);
  add_merges(merges, where);
}

void Bpe::add_merges(const std::vector<BpeMerge>& merges, const std::string& where) {
  if (pieces_.size() >> kIdBits != 0 || merges.size() >= kMaxRank)
    throw Error(ErrorCode::limit,
                where + ": " + std::to_string(pieces_.size()) + " pieces and " + std::to_string(merges.size()) + " merges are too many");
  n_merges_ = merges.size();
  merged_.resize(n_merges_);
  buckets_.resize(std::bit_ceil(std::max<std::size_t>(merges.size() * 2 / kBucket, 2)), Bucket{{kFree, kFree, kFree, kFree}});
  mask_ = buckets_.size() - 1;
  shift_ = 64 - static_cast<unsigned>(std::countr_zero(buckets_.size()));
  const auto require_piece = [&](const std::string& piece, std::size_t rank) {
    const std::int32_t id = table_.find(piece);
    if (id < 0)
      throw Error(ErrorCode::corrupt,
                  where + ": merge " + std::to_string(rank) + " needs the piece '" + piece + "', which is not in the vocabulary");
    return id;
  };
  std::string joined;
  for (std::size_t rank = 0; rank < merges.size(); ++rank) {
    const auto& [left, right] = merges[rank];
    const std::uint64_t pair = pair_of(require_piece(left, rank), require_piece(right, rank));
    const std::size_t prefix = options_.continuing_prefix.size();
    if (right.size() < prefix)
      throw Error(ErrorCode::corrupt, where + ": merge " + std::to_string(rank) + ": '" + right + "' lacks the prefix");
    joined = left;
    joined.append(right, prefix);
    slot_of(pair) = (pair << kRankBits) | rank;
    merged_[rank] = require_piece(joined, rank);
  }
  if (merged_.empty()) return;
  first_merged_ = merged_.front();
  const auto is_next = [](std::int32_t a, std::int32_t b) { return b == a + 1; };
  if (std::adjacent_find(merged_.begin(), merged_.end(), std::not_fn(is_next)) == merged_.end()) merged_ = {};
}

std::vector<std::uint64_t> Bpe::slots_by_rank() const {
  std::vector<std::uint64_t> out(n_merges_, kFree);
  for (const Bucket& bucket : buckets_) {
    for (const std::uint64_t slot : bucket.slots) {
      if (slot != kFree) out[slot & kMaxRank] = slot;
    }
  }
  std::erase(out, kFree);  // of two equal merges the earlier one
  return out;
}

bool Bpe::may_cut_before(std::string_view character) const noexcept {
  // Characters that are left out would have those beside them meet.
  const bool leaves_out = options_.unknown.empty() &&
                          !(options_.byte_fallback && std::all_of(byte_ids_.begin(), byte_ids_.end(), [](auto id) { return id >= 0; }));
  if (leaves_out || table_.find(character) < 0 || !options_.continuing_prefix.empty() || !options_.word_suffix.empty() ||
      options_.ignore_merges)
    return false;
  const auto joins = [&](std::uint64_t slot) {
    return slot != kFree && piece(right_of(slot)).starts_with(character) && last_character(piece(left_of(slot))) != character;
  };
  return std::none_of(buckets_.begin(), buckets_.end(),
                      [&](const Bucket& bucket) { return std::any_of(std::begin(bucket.slots), std::end(bucket.slots), joins); });
}

// The pieces of the bytes of what would have been a piece. Nothing is added unless all are there.
bool Bpe::start_bytes(std::string_view piece, std::vector<Symbol>& symbols) const {
  const auto has_piece = [&](char c) { return byte_ids_[static_cast<unsigned char>(c)] >= 0; };
  if (!std::all_of(piece.begin(), piece.end(), has_piece)) return false;
  for (const char c : piece) symbols.push_back({byte_ids_[static_cast<unsigned char>(c)], 1});
  return true;
}

void Bpe::start(std::string_view word, std::vector<Symbol>& symbols) const {
  Symbol unknown;  // characters not yet given out; length 0: none
  const auto flush = [&] {
    if (unknown.length > 0) symbols.push_back(unknown);
    unknown = {};
  };
  std::string affixed;
  for (std::size_t at = 0; at < word.size();) {
    const auto length = decode_utf8(word, at).length;
    std::string_view piece = word.substr(at, length);
    const bool prefixed = at > 0 && !options_.continuing_prefix.empty();
    at += length;
    if (const bool suffixed = at == word.size() && !options_.word_suffix.empty(); prefixed || suffixed) {
      affixed = (prefixed ? options_.continuing_prefix : "") + std::string(piece) + (suffixed ? options_.word_suffix : "");
      piece = affixed;
    }
    if (const std::int32_t id = table_.find(piece); id >= 0) {
      flush();
      symbols.push_back({id, length});
      continue;
    }
    // The reference does not give out the unknown characters before these bytes first: they follow them.
    if (options_.byte_fallback && start_bytes(piece, symbols)) continue;
    if (options_.unknown.empty()) continue;
    if (unknown_id_ < 0)
      throw Error(ErrorCode::corrupt, where_ + ": the unknown token '" + options_.unknown + "' is not in the vocabulary");
    if (!options_.fuse_unknown) flush();
    unknown = {unknown_id_, unknown.length + length};
  }
  flush();
}

void Bpe::tokenize(std::string_view word, std::vector<WordToken>& out) const {
  const auto size = static_cast<std::uint32_t>(word.size());
  if (options_.ignore_merges) {
    if (const std::int32_t id = table_.find(word); id >= 0) return out.push_back({id, 0, size});
  }
  std::vector<Symbol> symbols;
  symbols.reserve(word.size());
  start(word, symbols);
  merge(symbols);
  std::uint32_t begin = 0;
  for (const Symbol& symbol : symbols) {
    const std::uint32_t end = std::min(begin + symbol.length, size);  // the bytes of a suffix are not in the word
    if (begin == end) begin = end - 1;
    out.push_back({symbol.id, begin, end});
    begin = end;
  }
}

void Bpe::merge(std::vector<Symbol>& symbols) const {
  std::vector<std::uint32_t> ranks(symbols.size());
  for (std::size_t i = 0; i + 1 < symbols.size(); ++i) ranks[i] = rank_of(symbols[i].id, symbols[i + 1].id);
  merge(symbols, ranks);
}

void Bpe::merge(std::vector<Symbol>& symbols, const std::vector<std::uint32_t>& ranks) const {
  if (symbols.size() <= 8) return merge_few<8>(symbols, ranks);
  if (symbols.size() <= 16) return merge_few<16>(symbols, ranks);
  symbols.size() <= kShort ? merge_few<kShort>(symbols, ranks) : merge_long(symbols, ranks);
}

// Every pair is one number, its rank above its place, so that the least is the next to merge; symbols that were merged into the one before
// them are bits that are no longer set, and nothing moves until the end. All `kRoom` numbers are looked at, and both neighbours of what was
// merged are asked for: symbols that merge with none stand at both ends, so that no step but the last needs a branch.
template <unsigned kRoom>
void Bpe::merge_few(std::vector<Symbol>& symbols, const std::vector<std::uint32_t>& ranks) const {
  constexpr unsigned kPlaceBits = 5;
  constexpr std::int32_t kNone = static_cast<std::int32_t>(kMaxRank << kPlaceBits);
  static_assert(kRoom <= kShort && kShort == 1U << kPlaceBits && kRankBits + kPlaceBits < 32);
  const auto pair_at = [](std::uint32_t rank, unsigned place) { return static_cast<std::int32_t>(rank << kPlaceBits | place); };
  const auto n = static_cast<unsigned>(symbols.size());
  std::int32_t ids[kRoom + 2];  // of the symbol at place i − 1
  std::int32_t pairs[kRoom + 1];
  std::fill_n(pairs, kRoom + 1, kNone);
  ids[0] = ids[n + 1] = kNoId;
  for (unsigned i = 0; i < n; ++i) ids[i + 1] = symbols[i].id;
  for (unsigned i = 0; i + 1 < n; ++i) pairs[i + 1] = pair_at(std::min(ranks[i], static_cast<std::uint32_t>(kMaxRank)), i);
  std::uint64_t left = (std::uint64_t{4} << n) - 1;
  while (true) {
    const std::int32_t best = least<kRoom>(pairs + 1);
    if (best >= kNone) break;
    const unsigned i = (static_cast<unsigned>(best) & (kShort - 1)) + 1;
    const std::uint64_t behind = ~std::uint64_t{1} << i;
    const auto next = static_cast<unsigned>(std::countr_zero(left & behind));
    left ^= std::uint64_t{1} << next;
    const auto after = static_cast<unsigned>(std::countr_zero(left & behind));
    const auto before = 63 - static_cast<unsigned>(std::countl_zero(left & ~(behind >> 1)));
    ids[i] = merged(static_cast<std::uint32_t>(best) >> kPlaceBits);
    pairs[next] = kNone;
    pairs[i] = pair_at(rank_of_pair(pair_of(ids[i], ids[after])), i - 1);
    pairs[before] = pair_at(rank_of_pair(pair_of(ids[before], ids[i])), before - 1);
  }
  std::size_t kept = 0;
  for (unsigned i = 0; i < n; ++i) {
    if ((left >> (i + 1) & 1) != 0) {
      symbols[kept++] = {ids[i + 1], symbols[i].length};
    } else {
      symbols[kept - 1].length += symbols[i].length;
    }
  }
  symbols.resize(kept);
}

// Symbols as a doubly linked list; the heap holds rank and place, also of pairs that are no more, which are passed over.
void Bpe::merge_long(std::vector<Symbol>& symbols, const std::vector<std::uint32_t>& ranks) const {
  constexpr std::uint32_t kNone = ~std::uint32_t{0};
  struct Links {
    std::uint32_t previous = 0;
    std::uint32_t next = 0;
    std::uint32_t rank = kNoRank;  // of this symbol with the next
  };
  const auto n = static_cast<std::uint32_t>(symbols.size());
  std::vector<Links> links(n);
  std::vector<std::uint64_t> start;
  for (std::uint32_t i = 0; i < n; ++i) {
    links[i] = {i == 0 ? kNone : i - 1, i + 1 < n ? i + 1 : kNone, i + 1 < n ? ranks[i] : kNoRank};
    if (links[i].rank != kNoRank) start.push_back((std::uint64_t{links[i].rank} << 32) | i);
  }
  std::priority_queue<std::uint64_t, std::vector<std::uint64_t>, std::greater<>> heap(std::greater<>{}, std::move(start));
  const auto link = [&](std::uint32_t i) {
    const std::uint32_t next = links[i].next;
    links[i].rank = next == kNone ? kNoRank : rank_of(symbols[i].id, symbols[next].id);
    if (links[i].rank != kNoRank) heap.push((std::uint64_t{links[i].rank} << 32) | i);
  };
  while (!heap.empty()) {
    const auto i = static_cast<std::uint32_t>(heap.top());
    const auto rank = static_cast<std::uint32_t>(heap.top() >> 32);
    heap.pop();
    if (links[i].rank != rank) continue;
    const std::uint32_t next = links[i].next;
    symbols[i].id = merged(rank);
    symbols[i].length += symbols[next].length;
    symbols[next].length = 0;
    links[next].rank = kNoRank;
    links[i].next = links[next].next;
    if (links[i].next != kNone) links[links[i].next].previous = i;
    link(i);
    if (links[i].previous != kNone) link(links[i].previous);
  }
  std::erase_if(symbols, [](const Symbol& symbol) { return symbol.length == 0; });
}

void Bpe::describe(Sha256& hash) const {
  std::string flags;
  for (const bool flag : {options_.fuse_unknown, options_.byte_fallback, options_.ignore_merges}) flags += flag ? " 1" : " 0";
  hash.field("BPE").field(options_.unknown).field(options_.continuing_prefix).field(options_.word_suffix).field(flags);
  hash.field(std::to_string(pieces_.size()));
  for (const std::string& piece : pieces_) hash.field(piece);
  for (const std::uint64_t slot : slots_by_rank()) hash.field(std::to_string(left_of(slot)) + " " + std::to_string(right_of(slot)));
}

}  // namespace akin::text

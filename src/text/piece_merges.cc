#include "piece_merges.h"

#include <algorithm>
#include <cstdint>
#include <string_view>
#include <tuple>

#include "akin/base/error.h"
#include "akin/base/utf8.h"
#include "piece_trie.h"

namespace akin::text {
namespace {

// Gemma's 256,000 pieces have 580,604.
constexpr std::size_t kMaxMerges = std::size_t{1} << 22;

struct Candidate {
  std::int32_t left = 0;
  std::int32_t right = 0;
  double score = 0;
  std::uint32_t n_left = 0;  // characters
  std::uint32_t n_right = 0;
};

PieceTrie reversed_trie(const std::vector<ScoredPiece>& pieces, std::vector<std::string>& storage) {
  storage.reserve(pieces.size());
  for (const ScoredPiece& piece : pieces) storage.emplace_back(piece.text.rbegin(), piece.text.rend());
  return PieceTrie(std::vector<std::string_view>(storage.begin(), storage.end()));
}

PieceTrie forward_trie(const std::vector<ScoredPiece>& pieces) {
  std::vector<std::string_view> texts;
  texts.reserve(pieces.size());
  for (const ScoredPiece& piece : pieces) texts.emplace_back(piece.text);
  return PieceTrie(texts);
}

// ids[n]: the piece that is the first n bytes along `bytes`, −1 if none is.
template <class Iterator>
void ids_along(const PieceTrie& trie, Iterator begin, Iterator end, std::vector<std::int32_t>& ids) {
  ids.assign(static_cast<std::size_t>(end - begin) + 1, -1);
  PieceTrie::Walk walk = trie.begin();
  std::size_t n = 0;
  for (; begin != end && trie.step(walk, static_cast<unsigned char>(*begin)); ++begin) ids[++n] = trie.id(walk);
}

}  // namespace

std::vector<BpeMerge> merges_by_score(const std::vector<ScoredPiece>& pieces, const std::string& where) {
  const PieceTrie prefixes = forward_trie(pieces);
  std::vector<std::string> storage;
  const PieceTrie suffixes = reversed_trie(pieces, storage);
  std::vector<Candidate> all;
  std::vector<std::int32_t> before;
  std::vector<std::int32_t> after;
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    const std::string& text = pieces[i].text;
    if (text.size() > Unigram::kMaxPieceBytes)
      throw Error(ErrorCode::limit, where + ": piece " + std::to_string(i) + " has " + std::to_string(text.size()) + " bytes, at most " +
                                        std::to_string(Unigram::kMaxPieceBytes) + " are supported");
    if (prefixes.find(text) != static_cast<std::int32_t>(i)) continue;  // of equal pieces one counts
    ids_along(prefixes, text.begin(), text.end(), before);
    ids_along(suffixes, text.rbegin(), text.rend(), after);
    const auto first = static_cast<std::ptrdiff_t>(all.size());
    std::uint32_t n_left = 0;
    const auto n_chars = static_cast<std::uint32_t>(count_code_points(text));
    for (std::size_t cut = 1; cut < text.size(); ++cut) {
      if ((static_cast<unsigned char>(text[cut]) & 0xC0) == 0x80) continue;
      ++n_left;
      if (before[cut] >= 0 && after[text.size() - cut] >= 0)
        all.push_back({before[cut], after[text.size() - cut], pieces[i].score, n_left, n_chars - n_left});
    }
    if (all.size() > kMaxMerges)
      throw Error(ErrorCode::limit, where + ": the pieces have more than " + std::to_string(kMaxMerges) + " merges");
    std::sort(all.begin() + first, all.end(),
              [](const Candidate& a, const Candidate& b) { return std::pair(a.left, a.right) < std::pair(b.left, b.right); });
  }
  std::stable_sort(all.begin(), all.end(), [](const Candidate& a, const Candidate& b) {
    return std::tie(a.score, a.n_left, a.n_right) > std::tie(b.score, b.n_left, b.n_right);
  });
  std::vector<BpeMerge> out;
  out.reserve(all.size());
  for (const Candidate& c : all)
    out.push_back({pieces[static_cast<std::size_t>(c.left)].text, pieces[static_cast<std::size_t>(c.right)].text});
  return out;
}

}  // namespace akin::text

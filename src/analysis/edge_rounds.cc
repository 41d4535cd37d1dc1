#include "edge_rounds.h"

#include <algorithm>
#include <bit>
#include <numeric>

namespace akin::analysis {
namespace {

/// Which rounds a vertex has an edge in, 64 a word; words without any are not held, or all neighbours of a vertex of very many edges would
/// hold as many bits.
class Taken {
 public:
  [[nodiscard]] std::size_t n_full() const noexcept { return n_full_; }  ///< words without a free round, at the front
  [[nodiscard]] std::uint64_t word(std::size_t w) const noexcept {
    const std::size_t at = place_of(w);
    return at < words_.size() && words_[at].index == w ? words_[at].bits : 0;
  }
  void take(std::uint32_t round) {
    const std::uint32_t w = round / 64;
    const std::size_t at = place_of(w);
    if (at == words_.size() || words_[at].index != w) words_.insert(words_.begin() + static_cast<std::ptrdiff_t>(at), Word{w, 0});
    words_[at].bits |= std::uint64_t{1} << (round % 64);
    while (n_full_ < words_.size() && words_[n_full_].index == n_full_ && ~words_[n_full_].bits == 0) ++n_full_;
  }

 private:
  struct Word {
    std::uint32_t index = 0;
    std::uint64_t bits = 0;
  };
  /// Of the first held word from w on. A vertex of very many edges holds all.
  [[nodiscard]] std::size_t place_of(std::size_t w) const noexcept {
    if (w < words_.size() && words_[w].index == w) return w;
    return static_cast<std::size_t>(std::ranges::lower_bound(words_, w, {}, &Word::index) - words_.begin());
  }

  std::vector<Word> words_;
  std::size_t n_full_ = 0;
};

std::uint32_t first_free(const Taken& a, const Taken& b) {
  std::size_t w = std::max(a.n_full(), b.n_full());
  while (~(a.word(w) | b.word(w)) == 0) ++w;
  return static_cast<std::uint32_t>(64 * w) + static_cast<std::uint32_t>(std::countr_one(a.word(w) | b.word(w)));
}

}  // namespace

EdgeRounds edge_rounds(const SparseGraph& graph, float least) {
  std::vector<Taken> taken(graph.size());
  std::vector<std::uint32_t> rounds;
  std::vector<std::size_t> counts;
  const auto for_each_edge = [&](const auto& what) {
    for (std::uint32_t head = 0; head < graph.size(); ++head)
      for (std::size_t e = graph.begins[head]; e < graph.begins[head + 1]; ++e)
        if (head < graph.others[e] && graph.weights[e] >= least) what(head, graph.others[e], graph.weights[e]);
  };
  for_each_edge([&](std::uint32_t head, std::uint32_t tail, float) {
    const std::uint32_t round = first_free(taken[head], taken[tail]);
    taken[head].take(round);
    taken[tail].take(round);
    if (counts.size() <= round) counts.resize(round + 1);
    ++counts[round];
    rounds.push_back(round);
  });
  EdgeRounds out;
  out.begins.assign(counts.size() + 1, 0);
  std::partial_sum(counts.begin(), counts.end(), out.begins.begin() + 1);
  std::vector<std::size_t> next(out.begins.begin(), out.begins.end() - 1);
  out.heads.resize(rounds.size());
  out.tails.resize(rounds.size());
  out.weights.resize(rounds.size());
  std::size_t edge = 0;
  for_each_edge([&](std::uint32_t head, std::uint32_t tail, float weight) {
    const std::size_t at = next[rounds[edge++]]++;
    out.heads[at] = head;
    out.tails[at] = tail;
    out.weights[at] = weight;
  });
  return out;
}

}  // namespace akin::analysis

// All ways to cut a word into pieces of a Unigram model: the best one, and how often each piece is expected over all of them
// (forward–backward; Kudo, 2018). Tested by piece_lattice_test.cc against all cuts counted one by one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace akin::train {

/// The pieces of a model as a trie over their bytes. Immutable; every thread may share one.
class PieceSet {
 public:
  /// `scores` are natural logarithms of probabilities, one a piece; pieces are different and not empty. A character that is no piece is
  /// read as the piece `unknown`, at 10 below the lowest score.
  PieceSet(const std::vector<std::string>& pieces, std::vector<double> scores, std::uint32_t unknown);
  /// Calls take(end, id, score) for each piece that stands at byte `begin` of a word, shortest first.
  template <class Take>
  void for_each_at(std::string_view word, std::size_t begin, std::size_t char_length, Take&& take) const {
    bool has_single = false;
    std::uint32_t node = 0;
    for (std::size_t end = begin; end < word.size();) {
      node = child(node, static_cast<unsigned char>(word[end++]));
      if (node == 0) break;
      const std::int32_t id = nodes_[node].piece;
      if (id < 0) continue;
      has_single |= end == begin + char_length;
      take(end, static_cast<std::uint32_t>(id), scores_[static_cast<std::size_t>(id)]);
    }
    if (!has_single) take(begin + char_length, unknown_, unknown_score_);
  }
  [[nodiscard]] std::size_t size() const noexcept { return scores_.size(); }
  [[nodiscard]] double score(std::size_t id) const noexcept { return scores_[id]; }

 private:
  struct Node {
    std::int32_t piece = -1;
    std::uint32_t first_child = 0;  // in bytes_ and targets_, ascending
    std::uint32_t n_children = 0;
  };
  [[nodiscard]] std::uint32_t child(std::uint32_t node, unsigned char byte) const noexcept;
  void build(std::span<const std::pair<std::string_view, std::uint32_t>> pieces);

  std::vector<double> scores_;
  std::uint32_t unknown_ = 0;
  double unknown_score_ = 0;
  std::vector<Node> nodes_;  // 0 is the root
  std::vector<unsigned char> bytes_;
  std::vector<std::uint32_t> targets_;
};

/// Scratch of one thread.
class PieceLattice {
 public:
  explicit PieceLattice(const PieceSet& pieces) : pieces_(pieces) {}
  /// Reads a word; all other calls are about it. `without` is left out if it spans the whole word (none: −1).
  void read(std::string_view word, std::int64_t without = -1);
  /// The pieces of the best cut, first to last; of equal ones that whose last piece is longest. Its score is in `score`.
  const std::vector<std::uint32_t>& best(double& score);
  /// Adds `times` × the expected number of each piece to expected[id]. Returns the logarithm of the word's probability.
  double expect(double times, std::span<double> expected);

 private:
  struct Edge {
    std::uint32_t begin = 0, end = 0, piece = 0;
    double score = 0;
  };
  const PieceSet& pieces_;
  std::size_t n_ = 0;        // bytes of the word
  std::vector<Edge> edges_;  // by begin, then end
  std::vector<double> scale_, forward_, back_scale_, backward_, outgrown_;
  std::vector<std::int64_t> from_;  // the best edge into a place
  std::vector<std::uint32_t> path_;
};

}  // namespace akin::train

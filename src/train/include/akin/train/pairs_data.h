// What contrastive tuning is fed with: pairs and triplets of texts, scored pairs, or labelled texts that pairs are drawn from; equal texts
// are kept once. And the batches of each step, a function of seed and step alone. Tested by pairs_data_test.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace akin {

struct TuningPair {
  static constexpr std::uint32_t kNone = UINT32_MAX;
  std::uint32_t anchor = 0, positive = 0;  ///< numbers of texts
  std::uint32_t negative = kNone;
  float score = 0;
};

class TextPairs {
 public:
  /// Throws Error{limit} for more than 2^32 − 1 different texts.
  std::uint32_t add_text(std::string_view text, std::int32_t label = -1);
  void add(const TuningPair& pair) { list_.push_back(pair); }
  void add(std::string_view anchor, std::string_view positive) { add({add_text(anchor), add_text(positive)}); }

  [[nodiscard]] const std::vector<std::string>& texts() const noexcept { return texts_; }
  /// −1 for none, one a text.
  [[nodiscard]] const std::vector<std::int32_t>& labels() const noexcept { return labels_; }
  [[nodiscard]] const std::vector<TuningPair>& list() const noexcept { return list_; }
  [[nodiscard]] std::vector<TuningPair>& list() noexcept { return list_; }

  /// Takes a share of the pairs away, chosen by `seed`, at least one and never all; share 0: none. They keep their order. Two pairs that
  /// share a text may come to different sides.
  std::vector<TuningPair> hold_out(double share, std::uint64_t seed);

 private:
  std::vector<std::string> texts_;
  std::vector<std::int32_t> labels_;
  std::unordered_map<std::string, std::uint32_t> numbers_;
  std::vector<TuningPair> list_;
};

/// A pair for every text that has another of its label: the partner is drawn by `seed`. Texts of one label are never negatives of each
/// other. Throws Error{invalid_argument} if there is no pair, Error{mismatch} unless there is a label a text.
TextPairs pairs_of_labels(const std::vector<std::string>& texts, const std::vector<std::string>& labels, std::uint64_t seed);

/// Pairs number first … first + count − 1 of an endless sequence of passes over `n` of them, each pass in an order of its own.
class PairOrder {
 public:
  PairOrder(std::size_t n, std::uint64_t seed) : n_(n), seed_(seed) {}
  [[nodiscard]] std::vector<std::size_t> get(std::uint64_t first, std::size_t count);

 private:
  std::size_t n_;
  std::uint64_t seed_, pass_ = 0;
  std::vector<std::size_t> order_;  // of pass_
};

}  // namespace akin

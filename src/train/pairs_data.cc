#include "akin/train/pairs_data.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "akin/base/error.h"
#include "akin/base/rng.h"

namespace akin {
namespace {

/// Fisher and Yates, on our own Rng: the same on every machine.
std::vector<std::size_t> shuffled(std::size_t n, Rng rng) {
  std::vector<std::size_t> order(n);
  std::iota(order.begin(), order.end(), std::size_t{0});
  for (std::size_t i = n; i > 1; --i) std::swap(order[i - 1], order[static_cast<std::size_t>(rng.below(i))]);
  return order;
}

// Streams of a seed that are not those of passes.
constexpr std::uint64_t kHoldOutStream = 0x9e3779b97f4a7c15ULL, kPartnerStream = 0xc2b2ae3d27d4eb4fULL;

}  // namespace

std::uint32_t TextPairs::add_text(std::string_view text, std::int32_t label) {
  const auto [place, is_new] = numbers_.try_emplace(std::string(text), static_cast<std::uint32_t>(texts_.size()));
  if (is_new) {
    if (texts_.size() == TuningPair::kNone) throw Error(ErrorCode::limit, "more than 4,294,967,294 different texts");
    texts_.emplace_back(text);
    labels_.push_back(label);
  }
  return place->second;
}

std::vector<TuningPair> TextPairs::hold_out(double share, std::uint64_t seed) {
  require(share >= 0 && share < 1, "the held-out share must be at least 0 and below 1");
  if (share == 0 || list_.size() < 2) return {};
  const auto wanted = static_cast<std::size_t>(share * static_cast<double>(list_.size()) + 0.5);
  const std::size_t n = std::clamp<std::size_t>(wanted, 1, list_.size() - 1);
  const std::vector<std::size_t> order = shuffled(list_.size(), Rng(seed).fork(kHoldOutStream));
  std::vector<bool> is_held_out(list_.size());
  for (std::size_t i = 0; i < n; ++i) is_held_out[order[i]] = true;
  std::vector<TuningPair> kept, held_out;
  for (std::size_t i = 0; i < list_.size(); ++i) (is_held_out[i] ? held_out : kept).push_back(list_[i]);
  list_ = std::move(kept);
  return held_out;
}

TextPairs pairs_of_labels(const std::vector<std::string>& texts, const std::vector<std::string>& labels, std::uint64_t seed) {
  if (texts.size() != labels.size()) throw Error(ErrorCode::mismatch, "pairs_of_labels: a label a text is wanted");
  TextPairs pairs;
  std::unordered_map<std::string, std::int32_t> numbers;
  std::vector<std::vector<std::uint32_t>> groups;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const auto [place, is_new] = numbers.try_emplace(labels[i], static_cast<std::int32_t>(groups.size()));
    if (is_new) groups.emplace_back();
    const std::size_t n_before = pairs.texts().size();
    const std::uint32_t number = pairs.add_text(texts[i], place->second);
    if (pairs.texts().size() > n_before) groups[static_cast<std::size_t>(place->second)].push_back(number);
  }
  Rng rng = Rng(seed).fork(kPartnerStream);
  for (const std::vector<std::uint32_t>& group : groups) {
    for (std::size_t i = 0; group.size() > 1 && i < group.size(); ++i) {
      const auto other = static_cast<std::size_t>(rng.below(group.size() - 1));
      pairs.add({group[i], group[other < i ? other : other + 1]});
    }
  }
  if (pairs.list().empty()) throw Error(ErrorCode::invalid_argument, "no two different texts have the same label: there are no pairs");
  return pairs;
}

std::vector<std::size_t> PairOrder::get(std::uint64_t first, std::size_t count) {
  std::vector<std::size_t> numbers;
  for (std::uint64_t i = first; i < first + count; ++i) {
    if (order_.empty() || pass_ != i / n_) {
      pass_ = i / n_;
      order_ = shuffled(n_, Rng(seed_).fork(pass_));
    }
    numbers.push_back(order_[static_cast<std::size_t>(i % n_)]);
  }
  return numbers;
}

}  // namespace akin

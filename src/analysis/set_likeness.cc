#include "set_likeness.h"

#include <algorithm>
#include <limits>
#include <map>

#include "akin/base/error.h"
#include "akin/base/rng.h"
#include "akin/kernels/min_hash.h"
#include "band_table.h"

namespace akin::analysis {
namespace {

constexpr std::size_t kItemsAtOnce = 16;
constexpr std::size_t kPairsAtOnce = 256;
// Hash functions are worked out this many at a time: a multiple of every CPU's vector.
constexpr std::size_t kFunctionsAtOnce = 16;
// Items of one bucket that a joining looks at between two questions for cancel.
constexpr std::size_t kItemsOfBucket = 1024;

/// A key for every band of a set's signature.
class BandKeys {
 public:
  BandKeys(const LshBands& bands, std::uint64_t seed) : bands_(bands) {
    const std::size_t n = (bands.n_bands * bands.n_hashes + kFunctionsAtOnce - 1) / kFunctionsAtOnce * kFunctionsAtOnce;
    Rng rng(seed);
    for (std::size_t i = 0; i < n; ++i) {
      multipliers_.push_back(static_cast<std::uint32_t>(rng.next()) | 1);
      addends_.push_back(static_cast<std::uint32_t>(rng.next()));
    }
  }

  void of(std::span<const std::uint32_t> set, std::span<std::uint32_t> keys) const {
    std::vector<std::uint32_t> mins(multipliers_.size());
    kernels::min_hash(set, multipliers_, addends_, mins);
    for (std::size_t b = 0; b < bands_.n_bands; ++b) {
      std::uint64_t hash = b;
      for (std::size_t h = 0; h < bands_.n_hashes; ++h) hash = mixed(hash ^ mins[b * bands_.n_hashes + h]);
      keys[b] = static_cast<std::uint32_t>(hash >> 32);
    }
  }

 private:
  /// The last steps of splitmix64 (Steele, Lea & Flood, 2014): a permutation in which every bit tells.
  static std::uint64_t mixed(std::uint64_t x) noexcept {
    x = (x ^ x >> 30) * 0xBF58476D1CE4E5B9ULL;
    x = (x ^ x >> 27) * 0x94D049BB133111EBULL;
    return x ^ x >> 31;
  }

  LshBands bands_;
  std::vector<std::uint32_t> multipliers_, addends_;
};

std::size_t n_common(std::span<const std::uint32_t> a, std::span<const std::uint32_t> b) noexcept {
  std::size_t n = 0;
  for (std::size_t i = 0, j = 0; i < a.size() && j < b.size();) {
    const std::uint32_t x = a[i], y = b[j];
    n += x == y ? 1 : 0;
    i += x <= y ? 1 : 0;
    j += y <= x ? 1 : 0;
  }
  return n;
}

class SetLikeness final : public Likeness {
 public:
  SetLikeness(const SetsView& sets, const SetLikenessOptions& options)
      : sets_(sets),
        threshold_(options.threshold),
        n_bands_(options.bands.n_bands),
        keys_of_(options.bands, options.seed),
        table_(options.bands.n_bands, sets.size()) {}

  [[nodiscard]] double threshold() const noexcept override { return threshold_; }
  [[nodiscard]] float similarity(std::uint32_t a, std::uint32_t b) const override {
    return static_cast<float>(jaccard(sets_.of(a), sets_.of(b)));
  }

  void begin(std::span<const std::uint32_t> items, Context& context) override {
    items_.assign(items.begin(), items.end());
    keys_ = keys_of(items, context);
  }

  void match(std::span<const KeptRange> among, std::span<Match> best, Context& context) override {
    context.parallel_for(items_.size(), kItemsAtOnce, [&](std::size_t begin, std::size_t end) {
      std::vector<std::uint32_t> met;
      for (std::size_t i = begin; i < end; ++i) {
        if (among[i].empty() || sets_.of(items_[i]).empty()) continue;
        find(table_, i, among[i], met);
        for (const std::uint32_t kept : met) {
          const double similarity = likeness_of(items_[i], kept_[kept]);
          if (similarity >= threshold_) best[i].take(kept, static_cast<float>(similarity));
        }
      }
    });
  }

  std::vector<AlikePair> pairs(std::span<const std::uint32_t> places, Context& context) override {
    BandTable table(n_bands_, places.size());
    std::vector<AlikePair> met_pairs;
    std::vector<std::uint32_t> met;
    for (const std::uint32_t place : places) {
      find(table, place, {0, table.size()}, met);
      if (sets_.of(items_[place]).empty()) met.clear();
      for (const std::uint32_t entry : met) met_pairs.push_back({places[entry], place});
      table.add(keys_.row(place));
    }
    std::vector<char> is_alike(met_pairs.size());
    context.parallel_for(met_pairs.size(), kPairsAtOnce, [&](std::size_t begin, std::size_t end) {
      for (std::size_t p = begin; p < end; ++p)
        is_alike[p] = likeness_of(items_[met_pairs[p].earlier], items_[met_pairs[p].later]) >= threshold_;
    });
    std::size_t n = 0;
    for (std::size_t p = 0; p < met_pairs.size(); ++p)
      if (is_alike[p] != 0) met_pairs[n++] = met_pairs[p];
    met_pairs.resize(n);
    return met_pairs;
  }

  void keep(std::span<const std::uint32_t> places) override {
    for (const std::uint32_t place : places) {
      kept_.push_back(items_[place]);
      table_.add(keys_.row(place));
    }
  }

  void forget() override {
    kept_.clear();
    table_.clear();
  }

  void join(std::span<const std::uint32_t> items, Parts& parts, Context& context) override {
    const Matrix<std::uint32_t> keys = keys_of(items, context);
    std::vector<std::uint32_t> order;
    for (std::size_t b = 0; b < n_bands_; ++b) {
      order.clear();
      for (std::uint32_t i = 0; i < items.size(); ++i)
        if (!sets_.of(items[i]).empty()) order.push_back(i);
      const auto key_of = [&](std::uint32_t i) { return keys(i, b); };
      std::ranges::stable_sort(order, {}, key_of);
      for (std::size_t from = 0, to = 0; from < order.size(); from = to) {
        context.cancel.check();
        while (to < order.size() && key_of(order[to]) == key_of(order[from])) ++to;
        if (to - from > 1) join_bucket(items, std::span(order).subspan(from, to - from), parts, context);
      }
      context.progress.advance(items.size() / n_bands_);
    }
  }

 private:
  [[nodiscard]] Matrix<std::uint32_t> keys_of(std::span<const std::uint32_t> items, Context& context) const {
    Matrix<std::uint32_t> keys = Matrix<std::uint32_t>::uninitialized(items.size(), n_bands_);
    context.parallel_for(items.size(), kItemsAtOnce, [&](std::size_t begin, std::size_t end) {
      for (std::size_t i = begin; i < end; ++i) keys_of_.of(sets_.of(items[i]), keys.row(i));
    });
    return keys;
  }

  /// jaccard(), or 0 where the sizes alone say that it is below the threshold.
  [[nodiscard]] double likeness_of(std::uint32_t a, std::uint32_t b) const {
    const auto n_a = static_cast<double>(sets_.of(a).size()), n_b = static_cast<double>(sets_.of(b).size());
    return std::min(n_a, n_b) < threshold_ * std::max(n_a, n_b) ? 0 : jaccard(sets_.of(a), sets_.of(b));
  }

  /// Entries that meet the item at a place, each once.
  void find(const BandTable& table, std::size_t place, const KeptRange& among, std::vector<std::uint32_t>& met) const {
    met.clear();
    table.find(keys_.row(place), among, [&](std::uint32_t entry) { met.push_back(entry); });
    std::ranges::sort(met);
    met.erase(std::unique(met.begin(), met.end()), met.end());
  }

  /// Items of one bucket go to the parts that they are like a member of. Members of one part are never compared.
  void join_bucket(std::span<const std::uint32_t> items, std::span<const std::uint32_t> bucket, Parts& parts, Context& context) const {
    std::map<std::uint32_t, std::vector<std::uint32_t>> members;  // of parts, by who stands for them
    std::size_t n_seen = 0;
    for (const std::uint32_t i : bucket) {
      if (++n_seen % kItemsOfBucket == 0) context.cancel.check();
      const std::uint32_t item = items[i];
      std::vector<std::uint32_t> own = {item};
      for (auto part = members.begin(); part != members.end();) {
        const bool is_one = parts.of(part->first) == parts.of(item);
        if (is_one || std::ranges::any_of(part->second, [&](std::uint32_t other) { return likeness_of(item, other) >= threshold_; })) {
          parts.join(item, part->first);
          if (own.size() < part->second.size()) own.swap(part->second);
          own.insert(own.end(), part->second.begin(), part->second.end());
          part = members.erase(part);
        } else {
          ++part;
        }
      }
      members.emplace(parts.of(item), std::move(own));
    }
  }

  SetsView sets_;
  double threshold_;
  std::size_t n_bands_;
  BandKeys keys_of_;
  BandTable table_;  // of the kept
  std::vector<std::uint32_t> kept_, items_;
  Matrix<std::uint32_t> keys_;  // of the batch
};

}  // namespace

double jaccard(std::span<const std::uint32_t> a, std::span<const std::uint32_t> b) noexcept {
  if (a.empty() || b.empty()) return 0;
  const std::size_t both = n_common(a, b);
  return static_cast<double>(both) / static_cast<double>(a.size() + b.size() - both);
}

std::unique_ptr<Likeness> make_set_likeness(const SetsView& sets, const SetLikenessOptions& options) {
  if (sets.size() > std::numeric_limits<std::uint32_t>::max() / options.bands.n_bands)
    throw Error(ErrorCode::limit, "near duplicates: too many texts for so low a threshold");
  return std::make_unique<SetLikeness>(sets, options);
}

}  // namespace akin::analysis

#include "cooccurrence.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "akin/base/scratch_pool.h"

namespace akin {
namespace {

constexpr std::size_t kGroups = Cooccurrence::kGroups;
constexpr double kOne = 4294967296.0;  // 2^32 stands for a count of one
// Pairs that wait to be written: 64 MB.
constexpr std::uint64_t kPairsAtOnce = std::uint64_t{1} << 22;

/// Words [first, last) and where they stand in the text.
struct Places {
  std::size_t first = 0, last = 0;
  std::vector<std::uint64_t> begins;  // of each word, and the end
  std::vector<std::uint64_t> at;

  [[nodiscard]] std::span<const std::uint64_t> of(std::size_t word) const {
    return std::span(at).subspan(begins[word - first], begins[word - first + 1] - begins[word - first]);
  }
};

/// A word's pairs, those of group h from begins[h] on.
struct Row {
  std::vector<kernels::GlovePair> pairs;
  std::array<std::size_t, kGroups + 1> begins{};
};

/// One a thread.
struct Sums {
  std::vector<std::uint64_t> counts;  // by neighbour; zero but for those seen
  std::vector<std::uint32_t> seen;
};

class Counting {
 public:
  Counting(const WordCorpus& corpus, const CooccurrenceOptions& options, std::vector<std::unique_ptr<MappedSpool>>& cells)
      : corpus_(corpus), options_(options), cells_(cells), text_(corpus.numbers()) {
    for (std::size_t d = 1; d <= options.window; ++d)
      shares_.push_back(static_cast<std::uint64_t>(std::llround(kOne / static_cast<double>(d))));
  }

  std::uint64_t run(Context& context) {
    context.progress.begin("counting", corpus_.report().n_kept, "words");
    for (std::size_t first = 0; first < corpus_.words().size();) {
      const Places places = collect(first);
      corpus_.forget(0, corpus_.n_blocks());
      for (std::size_t word = first; word < places.last;) word = count_some(places, word, context);
      first = places.last;
    }
    context.progress.end();
    return n_pairs_;
  }

 private:
  /// As many words from `first` on as the memory allows, one at least.
  [[nodiscard]] Places collect(std::size_t first) const {
    const auto& counts = corpus_.counts();
    Places places{first, first, {0}, {}};
    do {
      places.begins.push_back(places.begins.back() + counts[places.last++]);
    } while (places.last < counts.size() && (places.begins.back() + counts[places.last]) * sizeof(std::uint64_t) <= options_.memory);
    places.at.resize(places.begins.back());
    std::vector<std::uint64_t> next(places.begins.begin(), places.begins.end() - 1);
    const std::size_t n = places.last - first;
    for (std::size_t i = 0; i < text_.size(); ++i) {
      // Smaller words wrap around; the end of a sentence is larger than any word.
      const std::size_t word = std::size_t{text_[i]} - first;
      if (word < n) places.at[next[word]++] = i;
    }
    return places;
  }

  /// Counts words from `begin` on, writes their pairs, and returns where to go on.
  std::size_t count_some(const Places& places, std::size_t begin, Context& context) {
    std::size_t end = begin;
    for (std::uint64_t most = 0; end < places.last && (end == begin || most < kPairsAtOnce); ++end)
      most += std::min<std::uint64_t>(corpus_.words().size(), 2 * options_.window * corpus_.counts()[end]);
    std::vector<Row> rows(end - begin);
    context.parallel_for(rows.size(), 1, [&](std::size_t from, std::size_t to) {
      ScratchPool<Sums>::Lease sums(sums_);
      for (std::size_t i = from; i < to; ++i) rows[i] = count(places, static_cast<std::uint32_t>(begin + i), sums.get());
    });
    for (std::size_t i = 0; i < rows.size(); ++i) {
      write(rows[i], Cooccurrence::group_of(static_cast<std::uint32_t>(begin + i)));
      context.progress.advance(corpus_.counts()[begin + i]);
    }
    return end;
  }

  [[nodiscard]] Row count(const Places& places, std::uint32_t word, Sums& sums) const {
    sums.counts.resize(corpus_.words().size(), 0);
    const auto add = [&](std::uint32_t neighbour, std::uint64_t share) {
      if (sums.counts[neighbour] == 0) sums.seen.push_back(neighbour);
      sums.counts[neighbour] += share;
    };
    for (const std::uint64_t place : places.of(word)) {
      const std::size_t before = std::min<std::uint64_t>(options_.window, place);
      for (std::size_t d = 1; d <= before && text_[place - d] != WordCorpus::kSentenceEnd; ++d) add(text_[place - d], shares_[d - 1]);
      // Behind every sentence stands its end.
      for (std::size_t d = 1; d <= options_.window && text_[place + d] != WordCorpus::kSentenceEnd; ++d)
        add(text_[place + d], shares_[d - 1]);
    }
    return row_of(word, sums);
  }

  [[nodiscard]] Row row_of(std::uint32_t word, Sums& sums) const {
    Row row;
    std::sort(sums.seen.begin(), sums.seen.end());
    for (const std::uint32_t neighbour : sums.seen) ++row.begins[Cooccurrence::group_of(neighbour) + 1];
    for (std::size_t h = 0; h < kGroups; ++h) row.begins[h + 1] += row.begins[h];
    row.pairs.resize(sums.seen.size());
    auto next = row.begins;
    for (const std::uint32_t neighbour : sums.seen) {
      const double x = static_cast<double>(std::exchange(sums.counts[neighbour], 0)) / kOne;
      row.pairs[next[Cooccurrence::group_of(neighbour)]++] = {word, neighbour, static_cast<float>(std::log(x)),
                                                              static_cast<float>(weight_of(x))};
    }
    sums.seen.clear();
    return row;
  }

  [[nodiscard]] double weight_of(double x) const { return x < options_.x_max ? std::pow(x / options_.x_max, options_.alpha) : 1; }

  void write(const Row& row, std::size_t group) {
    for (std::size_t h = 0; h < kGroups; ++h) {
      const std::size_t n = row.begins[h + 1] - row.begins[h];
      if (n > 0) cells_[group * kGroups + h]->write(std::as_bytes(std::span(row.pairs).subspan(row.begins[h], n)));
    }
    n_pairs_ += row.pairs.size();
  }

  const WordCorpus& corpus_;
  const CooccurrenceOptions& options_;
  std::vector<std::unique_ptr<MappedSpool>>& cells_;
  std::span<const std::uint32_t> text_;
  std::vector<std::uint64_t> shares_;  // of distance d: [d − 1]
  ScratchPool<Sums> sums_;
  std::uint64_t n_pairs_ = 0;
};

}  // namespace

Cooccurrence::Cooccurrence(const WordCorpus& corpus, const CooccurrenceOptions& options, Context& context) {
  for (std::size_t i = 0; i < kGroups * kGroups; ++i) cells_.push_back(std::make_unique<MappedSpool>(options.spool));
  n_pairs_ = Counting(corpus, options, cells_).run(context);
  for (const auto& cell : cells_) cell->finish();
}

std::span<const kernels::GlovePair> Cooccurrence::cell(std::size_t row_group, std::size_t column_group) const noexcept {
  const std::span<const std::byte> bytes = cells_[row_group * kGroups + column_group]->bytes();
  return {reinterpret_cast<const kernels::GlovePair*>(bytes.data()), bytes.size() / sizeof(kernels::GlovePair)};
}

void Cooccurrence::forget(std::size_t row_group, std::size_t column_group) const noexcept {
  const MappedSpool& spool = *cells_[row_group * kGroups + column_group];
  if (!spool.bytes().empty()) spool.forget(spool.bytes());
}

}  // namespace akin

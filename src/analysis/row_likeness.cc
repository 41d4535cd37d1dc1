#include "row_likeness.h"

#include <algorithm>

#include "akin/analysis/knn_graph.h"
#include "akin/base/error.h"
#include "akin/index/flat.h"
#include "akin/index/hnsw.h"
#include "akin/kernels/distance.h"
#include "akin/space/normalize.h"

namespace akin::analysis {
namespace {

// Kept rows of a segment: enough for a first look to pay, few enough to be measured by floats while it fills.
constexpr std::size_t kRowsOfSegment = 8192;
// Rows that meet rows in the second-level cache.
constexpr std::size_t kRowsOfTile = 64;
constexpr std::size_t kOthersOfTile = 256;
// Of a graph, the neighbours that a joining looks at.
constexpr std::size_t kNeighbours = 16;

bool is_zero(std::span<const float> row) {
  return std::ranges::all_of(row, [](float x) { return x == 0; });
}

/// A row at length 1.
void copy_unit(std::span<const float> row, std::span<float> out) {
  std::ranges::copy(row, out.begin());
  normalize(out);
}

class RowLikeness : public Likeness {
 public:
  RowLikeness(MatrixView<const float> rows, double threshold) : rows_(rows), threshold_(threshold) {}

  [[nodiscard]] double threshold() const noexcept override { return threshold_; }
  [[nodiscard]] float similarity(std::uint32_t a, std::uint32_t b) const override {
    std::vector<float> first(rows_.cols()), second(rows_.cols());
    copy_unit(rows_.row(a), first);
    copy_unit(rows_.row(b), second);
    return std::min(1.0F, kernels::dot(first, second));
  }

  void begin(std::span<const std::uint32_t> items, Context& context) override {
    items_.assign(items.begin(), items.end());
    batch_ = unit_rows(items, context);
    n_before_ = n_kept_;
  }

  std::vector<AlikePair> pairs(std::span<const std::uint32_t> places, Context& context) override {
    const Matrix<float> rows = gathered(places);
    std::vector<std::vector<AlikePair>> found((places.size() + kRowsOfTile - 1) / kRowsOfTile);
    context.parallel_for(places.size(), kRowsOfTile, [&](std::size_t begin, std::size_t end) {
      Matrix<float> tile = Matrix<float>::uninitialized(end - begin, end);
      kernels::dot_tile(rows.view().middle_rows(begin, end - begin), rows.view().middle_rows(0, end), tile.view());
      for (std::size_t i = begin; i < end; ++i)
        for (std::size_t j = 0; j < i; ++j)
          if (is_alike(tile(i - begin, j))) found[begin / kRowsOfTile].push_back({places[j], places[i]});
    });
    std::vector<AlikePair> all;
    for (const auto& part : found) all.insert(all.end(), part.begin(), part.end());
    return all;
  }

 protected:
  [[nodiscard]] bool is_alike(float cosine) const noexcept { return static_cast<double>(cosine) >= threshold_ - kCosineRounding; }

  [[nodiscard]] Matrix<float> unit_rows(std::span<const std::uint32_t> items, Context& context) const {
    Matrix<float> out = Matrix<float>::uninitialized(items.size(), rows_.cols());
    context.parallel_for(items.size(), kRowsOfTile, [&](std::size_t begin, std::size_t end) {
      for (std::size_t i = begin; i < end; ++i) copy_unit(rows_.row(items[i]), out.row(i));
    });
    return out;
  }

  [[nodiscard]] Matrix<float> gathered(std::span<const std::uint32_t> places) const {
    Matrix<float> out = Matrix<float>::uninitialized(places.size(), rows_.cols());
    for (std::size_t i = 0; i < places.size(); ++i) std::ranges::copy(batch_.row(places[i]), out.row(i).begin());
    return out;
  }

  /// Improves `best` by kept rows [first, first + rows.rows()).
  void match_rows(MatrixView<const float> rows, std::uint32_t first, std::span<const KeptRange> among, std::span<Match> best,
                  Context& context) const {
    context.parallel_for(items_.size(), kRowsOfTile, [&](std::size_t begin, std::size_t end) {
      std::vector<std::uint32_t> asking;
      for (auto i = static_cast<std::uint32_t>(begin); i < end; ++i)
        if (std::max(among[i].begin, first) < std::min<std::size_t>(among[i].end, first + rows.rows())) asking.push_back(i);
      if (asking.empty()) return;
      const Matrix<float> queries = gathered(asking);
      Matrix<float> tile = Matrix<float>::uninitialized(asking.size(), kOthersOfTile);
      for (std::size_t from = 0; from < rows.rows(); from += kOthersOfTile) {
        const std::size_t count = std::min(kOthersOfTile, rows.rows() - from);
        const MatrixView<float> cosines = tile.view().middle_cols(0, count);
        kernels::dot_tile(queries.view(), rows.middle_rows(from, count), cosines);
        for (std::size_t q = 0; q < asking.size(); ++q) {
          const KeptRange& range = among[asking[q]];
          for (std::size_t j = 0; j < count; ++j) {
            const auto kept = static_cast<std::uint32_t>(first + from + j);
            if (is_alike(cosines(q, j)) && kept >= range.begin && kept < range.end)
              best[asking[q]].take(kept, std::min(1.0F, cosines(q, j)));
          }
        }
      }
    });
  }

  MatrixView<const float> rows_;
  double threshold_;
  std::vector<std::uint32_t> items_;
  Matrix<float> batch_;  // unit rows of items_
  std::uint32_t n_kept_ = 0, n_before_ = 0;
};

/// Places of a batch that ask for kept rows of [begin, end).
std::vector<std::uint32_t> asking_for(std::span<const KeptRange> among, std::uint32_t begin, std::uint32_t end) {
  std::vector<std::uint32_t> asking;
  for (std::uint32_t i = 0; i < among.size(); ++i)
    if (std::max(among[i].begin, begin) < std::min(among[i].end, end)) asking.push_back(i);
  return asking;
}

class ByScan final : public RowLikeness {
 public:
  using RowLikeness::RowLikeness;

  void begin(std::span<const std::uint32_t> items, Context& context) override {
    while (n_indexed_ < segments_.size() && segments_[n_indexed_].n == kRowsOfSegment) add_to_runs(n_indexed_++, context);
    RowLikeness::begin(items, context);
  }

  void match(std::span<const KeptRange> among, std::span<Match> best, Context& context) override {
    for (const Run& run : runs_) {
      if (is_whole(among, run)) {
        look_up(run, among, best, context);
      } else {
        for (std::size_t s = run.first; s < run.first + run.n; ++s) match_segment(s, among, best, context);
      }
    }
    for (std::size_t s = n_indexed_; s < segments_.size(); ++s) match_segment(s, among, best, context);
  }

  void keep(std::span<const std::uint32_t> places) override {
    for (const std::uint32_t place : places) {
      if (segments_.empty() || segments_.back().n == kRowsOfSegment)
        segments_.push_back({Matrix<float>::uninitialized(kRowsOfSegment, rows_.cols()), 0});
      Segment& open = segments_.back();
      std::ranges::copy(batch_.row(place), open.rows.row(open.n++).begin());
      ++n_kept_;
    }
  }

  void forget() override {
    runs_.clear();
    segments_.clear();
    n_indexed_ = n_kept_ = 0;
  }

  void join(std::span<const std::uint32_t> items, Parts& parts, Context& context) override {
    const Matrix<float> unit = unit_rows(items, context);
    std::vector<std::vector<std::uint32_t>> found(items.size());
    for (std::size_t first = 0; first < items.size(); first += kRowsOfSegment) {
      const std::size_t end = std::min(items.size(), first + kRowsOfSegment);
      for (std::size_t from = 0; from < end; from += kOthersOfTile) {
        find_alike(unit, {first, end}, {from, std::min(end, from + kOthersOfTile)}, items, parts, found, context);
        for (std::size_t i = first; i < end; ++i) {
          for (const std::uint32_t other : found[i]) parts.join(items[i], items[other]);
          found[i].clear();
        }
      }
      context.progress.advance(end - first);
    }
  }

 private:
  struct Segment {
    Matrix<float> rows;
    std::size_t n = 0;
  };
  /// Full segments under one index: of 1, 2, 4, … so that there are few.
  struct Run {
    std::size_t first, n;
    FlatIndex index;
    [[nodiscard]] std::uint32_t begin() const { return static_cast<std::uint32_t>(first * kRowsOfSegment); }
    [[nodiscard]] std::uint32_t end() const { return static_cast<std::uint32_t>((first + n) * kRowsOfSegment); }
  };
  struct Stretch {
    std::size_t begin, end;
  };

  /// A segment makes a run, with the runs before it that are as long.
  void add_to_runs(std::size_t segment, Context& context) {
    std::size_t first = segment, n = 1;
    for (; !runs_.empty() && runs_.back().n == n; n *= 2) {
      first = runs_.back().first;
      runs_.pop_back();
    }
    VectorSet set(rows_.cols(), true);
    for (std::size_t s = first; s < first + n; ++s) set.add_segment(segments_[s].rows.view());
    runs_.push_back({first, n, build_flat(set, {Metric::cosine, true}, context)});
  }

  /// Whether everybody asks for all of a run or for nothing of it.
  static bool is_whole(std::span<const KeptRange> among, const Run& run) {
    return std::ranges::all_of(among, [&](const KeptRange& range) {
      return range.empty() || range.begin >= run.end() || range.end <= run.begin() ||
             (range.begin <= run.begin() && range.end >= run.end());
    });
  }

  void match_segment(std::size_t s, std::span<const KeptRange> among, std::span<Match> best, Context& context) const {
    match_rows(segments_[s].rows.view().middle_rows(0, segments_[s].n), static_cast<std::uint32_t>(s * kRowsOfSegment), among, best,
               context);
  }

  void look_up(const Run& run, std::span<const KeptRange> among, std::span<Match> best, Context& context) const {
    const std::vector<std::uint32_t> asking = asking_for(among, run.begin(), run.end());
    if (asking.empty()) return;
    const Matrix<float> queries = gathered(asking);
    SearchParameters nearest;
    nearest.k = 1;
    const auto hits = run.index.searcher()->search_batch(queries.view(), nearest, context);
    for (std::size_t q = 0; q < asking.size(); ++q) {
      const std::size_t kept = run.begin() + hits[q].front().id;
      const float cosine = kernels::dot(queries.row(q), segments_[kept / kRowsOfSegment].rows.row(kept % kRowsOfSegment));
      if (is_alike(cosine)) best[asking[q]].take(static_cast<std::uint32_t>(kept), std::min(1.0F, cosine));
    }
  }

  /// Rows of `some` and of `others`, above the diagonal, that are alike and not of one part yet.
  void find_alike(const Matrix<float>& unit, const Stretch& some, const Stretch& others, std::span<const std::uint32_t> items, Parts& parts,
                  std::vector<std::vector<std::uint32_t>>& found, Context& context) const {
    std::vector<std::uint32_t> part_of(others.end - others.begin), own(some.end - some.begin);
    for (std::size_t j = others.begin; j < others.end; ++j) part_of[j - others.begin] = parts.of(items[j]);
    for (std::size_t i = some.begin; i < some.end; ++i) own[i - some.begin] = parts.of(items[i]);
    context.parallel_for(some.end - some.begin, kRowsOfTile, [&](std::size_t begin, std::size_t end) {
      Matrix<float> tile = Matrix<float>::uninitialized(end - begin, others.end - others.begin);
      kernels::dot_tile(unit.view().middle_rows(some.begin + begin, end - begin),
                        unit.view().middle_rows(others.begin, others.end - others.begin), tile.view());
      for (std::size_t i = begin; i < end; ++i)
        for (std::size_t j = others.begin; j < std::min(others.end, some.begin + i); ++j)
          if (part_of[j - others.begin] != own[i] && is_alike(tile(i - begin, j - others.begin)))
            found[some.begin + i].push_back(static_cast<std::uint32_t>(j));
    });
  }

  std::vector<Segment> segments_;
  std::vector<Run> runs_;
  std::size_t n_indexed_ = 0;  // segments in runs
};

class ByGraph final : public RowLikeness {
 public:
  ByGraph(MatrixView<const float> rows, double threshold, Context& context)
      : RowLikeness(rows, threshold),
        set_(rows),
        graph_(build_hnsw(set_, {}, context)),
        searcher_(graph_.searcher()),
        bits_((rows.rows() + 63) / 64) {
    number_of_.assign(rows.rows(), kNoItem);
  }

  void match(std::span<const KeptRange> among, std::span<Match> best, Context& context) override {
    const std::vector<std::uint32_t> asking = asking_for(among, 0, n_before_);
    if (!asking.empty()) {
      const Matrix<float> queries = gathered(asking);
      SearchParameters nearest;
      nearest.k = 1;
      nearest.filter = RowFilter::from_bits(bits_);
      const auto hits = searcher_->search_batch(queries.view(), nearest, context);
      for (std::size_t q = 0; q < asking.size(); ++q) {
        if (hits[q].empty()) continue;
        const auto item = static_cast<std::uint32_t>(hits[q].front().id);
        const std::uint32_t kept = number_of_[item];
        const float cosine = similarity(items_[asking[q]], item);
        if (is_alike(cosine) && kept >= among[asking[q]].begin && kept < among[asking[q]].end) best[asking[q]].take(kept, cosine);
      }
    }
    if (!new_.empty()) match_rows(gathered(new_).view(), n_before_, among, best, context);
  }

  void begin(std::span<const std::uint32_t> items, Context& context) override {
    new_.clear();
    RowLikeness::begin(items, context);
  }

  void keep(std::span<const std::uint32_t> places) override {
    for (const std::uint32_t place : places) {
      const std::uint32_t item = items_[place];
      if (!is_zero(rows_.row(item))) bits_[item / 64] |= std::uint64_t{1} << item % 64;
      number_of_[item] = n_kept_++;
      new_.push_back(place);
    }
  }

  void forget() override {
    std::ranges::fill(bits_, 0);
    std::ranges::fill(number_of_, kNoItem);
    new_.clear();
    n_kept_ = 0;
  }

  void join(std::span<const std::uint32_t> items, Parts& parts, Context& context) override {
    SearchParameters near;
    near.k = kNeighbours;
    for (std::size_t first = 0; first < items.size(); first += kRowsOfSegment) {
      const std::span<const std::uint32_t> some = items.subspan(first, std::min(kRowsOfSegment, items.size() - first));
      const auto hits = searcher_->search_batch(unit_rows(some, context).view(), near, context);
      for (std::size_t i = 0; i < some.size(); ++i)
        for (const Neighbor& hit : hits[i])
          if (const auto other = static_cast<std::uint32_t>(hit.id); is_alike(similarity(some[i], other))) parts.join(some[i], other);
      context.progress.advance(some.size());
    }
  }

 private:
  VectorSet set_;
  HnswIndex graph_;
  std::unique_ptr<Searcher> searcher_;
  std::vector<std::uint64_t> bits_;       // of the kept
  std::vector<std::uint32_t> number_of_;  // of a kept item
  std::vector<std::uint32_t> new_;        // places of this batch that are kept
};

}  // namespace

std::unique_ptr<Likeness> make_row_likeness(MatrixView<const float> rows, const RowLikenessOptions& options, Context& context) {
  if (options.by_graph) return std::make_unique<ByGraph>(rows, options.threshold, context);
  return std::make_unique<ByScan>(rows, options.threshold);
}

}  // namespace akin::analysis

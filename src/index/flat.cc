// One query: groups of rows are scanned side by side, each into a collector of its own. Many queries: blocks of queries meet blocks of rows
// that stay in the second-level cache. Collectors are merged in the order of the groups. With a first look only the rows that can be among
// the hits are measured.
#include "akin/index/flat.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <string>

#include "akin/base/error.h"
#include "akin/kernels/top_k.h"
#include "first_look.h"
#include "measure.h"
#include "prepared_rows.h"
#include "work_plan.h"

namespace akin {

struct FlatIndex::Impl {
  VectorSet vectors;
  Metric metric = Metric::cosine;
  std::vector<float> inverse_norms;  // one a row for cosine over rows of any length, else empty
  std::optional<FirstLook> first_look;
};

namespace {

using kernels::Scored;
using kernels::TopK;

// Distances computed between two looks at the threshold: 4 KB, and long enough to hide the call.
constexpr std::size_t kScanRows = 1024;
// Rows of a piece of work for one query: about 0.5 ms at 384 dimensions, long enough to wake a thread for.
constexpr std::size_t kGroupRows = 8192;
constexpr std::size_t kMaxGroups = 256;
// Many queries: a block of rows and a block of queries share a second-level cache of 512 KB or more.
constexpr std::size_t kBlockBytes = std::size_t{256} << 10;
constexpr std::size_t kBlockQueries = 128;
constexpr std::size_t kBatchGroupRows = 16384;
constexpr std::size_t kMaxBatchGroups = 16;

std::size_t rows_in_block(std::size_t dim) { return std::clamp<std::size_t>(kBlockBytes / (dim * sizeof(float)), 24, 1024); }

class FlatSearcher final : public Searcher {
 public:
  explicit FlatSearcher(std::shared_ptr<const FlatIndex::Impl> impl)
      : impl_(std::move(impl)), vectors_(impl_->vectors), measure_(impl_->metric, impl_->inverse_norms) {}

  std::vector<Neighbor> search(std::span<const float> query, const SearchParameters& parameters, Context& context) override {
    check_search(vectors_, query.size(), parameters);
    const std::vector<float> prepared = prepared_query(impl_->metric, query);
    if (impl_->first_look && parameters.filter.keeps_all()) {
      const std::vector<Candidates> candidates =
          impl_->first_look->look(MatrixView<const float>(prepared.data(), 1, prepared.size()), parameters.k, context);
      if (candidates[0].bounded) return look_again(prepared, candidates[0].rows, parameters.k);
    }
    return scan_all(prepared, parameters, context);
  }

  std::vector<std::vector<Neighbor>> search_batch(MatrixView<const float> queries, const SearchParameters& parameters,
                                                  Context& context) override {
    check_search(vectors_, queries.cols(), parameters);
    const Matrix<float> prepared = prepared_queries(impl_->metric, queries);
    if (!impl_->first_look || !parameters.filter.keeps_all()) return scan_all(prepared.view(), parameters, context);

    std::vector<std::vector<Neighbor>> results(queries.rows());
    const std::size_t at_once = impl_->first_look->queries_at_once(parameters.k);
    for (std::size_t first = 0; first < queries.rows(); first += at_once) {
      const auto some = prepared.view().middle_rows(first, std::min(at_once, queries.rows() - first));
      search_some(some, parameters, context, std::span(results).subspan(first, some.rows()));
    }
    return results;
  }

 private:
  std::vector<Neighbor> scan_all(std::span<const float> prepared, const SearchParameters& parameters, Context& context) const {
    // A filter that keeps little makes a row cheap: groups hold about the same number of kept rows.
    const std::size_t n_kept = parameters.filter.count(vectors_.size());
    if (n_kept == 0) return {};
    const std::size_t rows_per_kept = vectors_.size() / n_kept;
    const std::vector<RowGroup> groups = cut_rows(vectors_, kGroupRows * rows_per_kept, kMaxGroups);
    std::vector<TopK> parts(groups.size(), TopK(parameters.k));
    context.parallel_for(groups.size(), 1, [&](std::size_t begin, std::size_t end) {
      for (std::size_t g = begin; g < end; ++g)
        for (const RowRange& range : groups[g]) scan(prepared, range, parameters.filter, parts[g]);
    });
    for (std::size_t g = 1; g < parts.size(); ++g) parts[0].merge(parts[g]);
    return hits_of(measure_, parts[0].take());
  }

  std::vector<std::vector<Neighbor>> scan_all(MatrixView<const float> queries, const SearchParameters& parameters, Context& context) const {
    std::vector<std::vector<Neighbor>> results(queries.rows());
    const std::vector<RowGroup> groups = cut_rows(vectors_, kBatchGroupRows, kMaxBatchGroups);
    if (groups.empty() || queries.rows() == 0) return results;

    // Collectors of (group, query); a piece of work fills those of one group and one block of queries.
    const std::size_t n_blocks = (queries.rows() + kBlockQueries - 1) / kBlockQueries;
    std::vector<TopK> parts(groups.size() * queries.rows(), TopK(parameters.k));
    context.parallel_for(groups.size() * n_blocks, 1, [&](std::size_t begin, std::size_t end) {
      for (std::size_t piece = begin; piece < end; ++piece) {
        const std::size_t g = piece / n_blocks, first = piece % n_blocks * kBlockQueries;
        const std::size_t count = std::min(kBlockQueries, queries.rows() - first);
        scan_block(queries.middle_rows(first, count), groups[g], parameters.filter, {&parts[g * queries.rows() + first], count});
      }
    });
    context.parallel_for(queries.rows(), kBlockQueries, [&](std::size_t begin, std::size_t end) {
      for (std::size_t q = begin; q < end; ++q) {
        for (std::size_t g = 1; g < groups.size(); ++g) parts[q].merge(parts[g * queries.rows() + q]);
        results[q] = hits_of(measure_, parts[q].take());
      }
    });
    return results;
  }

  void search_some(MatrixView<const float> prepared, const SearchParameters& parameters, Context& context,
                   std::span<std::vector<Neighbor>> results) const {
    const std::vector<Candidates> candidates = impl_->first_look->look(prepared, parameters.k, context);
    context.parallel_for(prepared.rows(), 8, [&](std::size_t begin, std::size_t end) {
      for (std::size_t q = begin; q < end; ++q)
        if (candidates[q].bounded) results[q] = look_again(prepared.row(q), candidates[q].rows, parameters.k);
    });
    scan_unbounded(prepared, candidates, parameters, context, results);
  }

  // The queries whose candidates are not bounded, together.
  void scan_unbounded(MatrixView<const float> queries, const std::vector<Candidates>& candidates, const SearchParameters& parameters,
                      Context& context, std::span<std::vector<Neighbor>> results) const {
    std::vector<std::size_t> left;
    for (std::size_t q = 0; q < candidates.size(); ++q)
      if (!candidates[q].bounded) left.push_back(q);
    if (left.empty()) return;
    Matrix<float> some = Matrix<float>::uninitialized(left.size(), queries.cols());
    for (std::size_t i = 0; i < left.size(); ++i) std::ranges::copy(queries.row(left[i]), some.row(i).begin());
    std::vector<std::vector<Neighbor>> found = scan_all(some.view(), parameters, context);
    for (std::size_t i = 0; i < left.size(); ++i) results[left[i]] = std::move(found[i]);
  }

  // The k nearest among the candidates, by their floats. The most promising ones are measured first: what lies above the k-th of them
  // need not be.
  std::vector<Neighbor> look_again(std::span<const float> query, const std::vector<Candidate>& candidates, std::size_t k) const {
    std::vector<Candidate> order = candidates;
    const auto by_least = [](const Candidate& a, const Candidate& b) { return a.least < b.least; };
    const std::size_t n_first = std::min(order.size(), 2 * k + 16);
    const auto middle = order.begin() + static_cast<std::ptrdiff_t>(n_first);
    std::nth_element(order.begin(), middle, order.end(), by_least);
    std::vector<Scored> measured;
    measure(query, std::span(order).first(n_first), measured);
    std::sort(measured.begin(), measured.end());
    if (measured.size() >= k) {
      const float last = measured[k - 1].distance;
      order.erase(std::remove_if(middle, order.end(), [&](const Candidate& row) { return row.least > last; }), order.end());
    }
    measure(query, std::span(order).subspan(n_first), measured);
    std::sort(measured.begin(), measured.end());
    measured.resize(std::min(measured.size(), k));
    return hits_of(measure_, measured);
  }

  // Appends the raw distances of `rows`, whose order is changed to that of ids.
  void measure(std::span<const float> query, std::span<Candidate> rows, std::vector<Scored>& measured) const {
    std::ranges::sort(rows, {}, &Candidate::id);
    std::vector<std::uint64_t> ids;
    for (const Candidate& row : rows) ids.push_back(row.id);
    measure_rows(vectors_, measure_, query, ids, measured);
  }

  // The rows of `range` that the filter keeps, against one query.
  void scan(std::span<const float> query, const RowRange& range, const RowFilter& filter, TopK& top) const {
    std::array<float, kScanRows> distances;
    if (filter.keeps_all()) {
      for (std::size_t begin = range.begin; begin < range.end; begin += kScanRows) {
        const RowRange rows{range.segment, begin, std::min(begin + kScanRows, range.end)};
        const std::span<float> out(distances.data(), rows.end - rows.begin);
        measure_.rows(query, rows, out);
        top.push(out, rows.first_id());
      }
      return;
    }
    std::vector<std::uint32_t> offsets;
    filter.select(range.first_id(), range.end - range.begin, offsets);
    for (std::size_t begin = 0; begin < offsets.size(); begin += kScanRows) {
      const auto some = std::span<const std::uint32_t>(offsets).subspan(begin, std::min(kScanRows, offsets.size() - begin));
      const std::span<float> out(distances.data(), some.size());
      measure_.selected(query, range, some, out);
      top.push(out, some, range.first_id());
    }
  }

  // The rows of `group` that the filter keeps, against a block of queries; tops[q] collects for query q.
  void scan_block(MatrixView<const float> queries, const RowGroup& group, const RowFilter& filter, std::span<TopK> tops) const {
    const std::size_t block = rows_in_block(vectors_.dim());
    Matrix<float> distances = Matrix<float>::uninitialized(queries.rows(), block);
    for (const RowRange& range : group) {
      if (filter.keeps_all()) {
        for (std::size_t begin = range.begin; begin < range.end; begin += block) {
          const RowRange rows{range.segment, begin, std::min(begin + block, range.end)};
          const MatrixView<float> out = distances.view().middle_cols(0, rows.end - rows.begin);
          measure_.tile(queries, range.segment->rows.middle_rows(rows.begin, out.cols()), out,
                        [&](std::size_t i) { return rows.first_id() + i; });
          for (std::size_t q = 0; q < tops.size(); ++q) tops[q].push(out.row(q), rows.first_id());
        }
      } else {
        scan_kept(queries, range, filter, distances.view(), tops);
      }
    }
  }

  // Kept rows are brought together first: the tile reads each of them once a query group.
  void scan_kept(MatrixView<const float> queries, const RowRange& range, const RowFilter& filter, MatrixView<float> distances,
                 std::span<TopK> tops) const {
    std::vector<std::uint32_t> offsets;
    filter.select(range.first_id(), range.end - range.begin, offsets);
    Matrix<float> kept = Matrix<float>::uninitialized(std::min(distances.cols(), offsets.size()), vectors_.dim());
    for (std::size_t begin = 0; begin < offsets.size(); begin += distances.cols()) {
      const auto some = std::span<const std::uint32_t>(offsets).subspan(begin, std::min(distances.cols(), offsets.size() - begin));
      for (std::size_t i = 0; i < some.size(); ++i)
        std::copy_n(range.segment->rows.row_data(range.begin + some[i]), vectors_.dim(), kept.view().row_data(i));
      const MatrixView<float> out = distances.middle_cols(0, some.size());
      measure_.tile(queries, kept.view().middle_rows(0, some.size()), out, [&](std::size_t i) { return range.first_id() + some[i]; });
      for (std::size_t q = 0; q < tops.size(); ++q) tops[q].push(out.row(q), some, range.first_id());
    }
  }

  std::shared_ptr<const FlatIndex::Impl> impl_;
  const VectorSet& vectors_;
  Measure measure_;
};

}  // namespace

std::size_t FlatIndex::size() const noexcept { return impl_->vectors.size(); }
std::size_t FlatIndex::dim() const noexcept { return impl_->vectors.dim(); }
Metric FlatIndex::metric() const noexcept { return impl_->metric; }
std::unique_ptr<Searcher> FlatIndex::searcher() const { return std::make_unique<FlatSearcher>(impl_); }

FlatIndex build_flat(const VectorSet& vectors, const FlatOptions& options, Context& context) {
  require(vectors.dim() > 0, "build_flat: the set of vectors has no dimensions");
  auto impl = std::make_shared<FlatIndex::Impl>();
  impl->vectors = vectors;
  impl->metric = options.metric;
  impl->inverse_norms = inverse_norms_of(vectors, options.metric, context);
  if (options.first_look) impl->first_look = FirstLook::build(vectors, options.metric, impl->inverse_norms, context);
  return FlatIndex(std::move(impl));
}

}  // namespace akin

#include "dense_view.h"

#include <algorithm>
#include <queue>

#include "akin/base/error.h"
#include "akin/space/metric.h"
#include "akin/space/vector_set.h"
#include "dense_plan.h"

namespace akin::store {
namespace {

/// Rows of one segment whose ids come next in the order of all ids.
struct Run {
  const SegmentView* segment;
  std::size_t first;
  std::size_t count;
};

struct Cursor {
  const SegmentView* segment;
  std::size_t row;
  std::size_t end;
  [[nodiscard]] std::uint64_t id() const noexcept { return segment->chunk_ids[row]; }
};

/// Equal distances go by the lower row, so rows must be in the order of ids for ties to go by id. A segment's ids ascend, and segments
/// overlap only where a compaction joined some, so there are hardly more runs than segments.
std::vector<Run> runs_by_id(const std::vector<SegmentView>& segments) {
  const auto later = [](const Cursor& a, const Cursor& b) { return a.id() > b.id(); };
  std::priority_queue<Cursor, std::vector<Cursor>, decltype(later)> next(later);
  for (const SegmentView& segment : segments) {
    if (segment.reader == nullptr) continue;
    const std::size_t n = std::min<std::size_t>(segment.n_rows(), segment.reader->n_rows());
    if (n != 0) next.push({&segment, 0, n});
  }
  std::vector<Run> runs;
  while (!next.empty()) {
    Cursor cursor = next.top();
    next.pop();
    std::size_t end = cursor.end;
    if (!next.empty()) {
      const auto ids = std::span(cursor.segment->chunk_ids);
      const auto at = std::lower_bound(ids.begin() + static_cast<std::ptrdiff_t>(cursor.row) + 1,
                                       ids.begin() + static_cast<std::ptrdiff_t>(cursor.end), next.top().id());
      end = static_cast<std::size_t>(at - ids.begin());
    }
    runs.push_back({cursor.segment, cursor.row, end - cursor.row});
    cursor.row = end;
    if (cursor.row < cursor.end) next.push(cursor);
  }
  return runs;
}

bool is_set(std::span<const std::uint64_t> bits, std::size_t row) noexcept {
  return bits.empty() || ((bits[row / 64] >> (row % 64)) & 1U) != 0;
}

/// Rows of `chunk_ids` that can be searched; both lists ascend. Ids mostly follow each other, so the next is looked for where it would be.
std::vector<std::uint64_t> rows_of(std::span<const std::uint64_t> chunk_ids, std::span<const std::uint64_t> all,
                                   std::span<const std::uint64_t> usable) {
  std::vector<std::uint64_t> rows;
  rows.reserve(chunk_ids.size());
  auto at = all.begin();
  for (const std::uint64_t id : chunk_ids) {
    // No id is there twice, so it is no further on than the ids are apart.
    if (at == all.end()) break;
    const auto furthest = std::min<std::uint64_t>(id >= *at ? id - *at + 1 : 0, static_cast<std::uint64_t>(all.end() - at));
    at = std::lower_bound(at, at + static_cast<std::ptrdiff_t>(furthest), id);
    if (at == all.end()) break;
    const auto row = static_cast<std::size_t>(at - all.begin());
    if (*at == id && is_set(usable, row)) rows.push_back(row);
  }
  return rows;
}

double score_of(Metric metric, float distance) noexcept {
  return metric == Metric::euclidean ? -static_cast<double>(distance) : static_cast<double>(similarity_of(metric, distance));
}

}  // namespace

DenseView::DenseView(std::filesystem::path folder, std::shared_ptr<const VectorView> vectors, const StoreSpace& space)
    : folder_(std::move(folder)), vectors_(std::move(vectors)), space_(space), dim_(space.dim), metric_(metric_from(space.metric)) {}

GraphRows DenseView::graph_rows(const Ready& now) const {
  return {now.vectors, now.chunk_ids, now.usable, now.n_usable, space_.fingerprint, metric_};
}

const DenseView::Ready& DenseView::ready(Context& context) const {
  const std::lock_guard lock(mutex_);
  if (ready_) return *ready_;
  const std::vector<Run> runs = runs_by_id(vectors_->verified(&context));
  Ready made;
  VectorSet set(dim_);
  std::vector<std::uint8_t> usable;
  for (const Run& run : runs) {
    const auto first = static_cast<std::ptrdiff_t>(run.first);
    const auto end = static_cast<std::ptrdiff_t>(run.first + run.count);
    const auto& ids = run.segment->chunk_ids;
    const auto& good = run.segment->usable;
    made.chunk_ids.insert(made.chunk_ids.end(), ids.begin() + first, ids.begin() + end);
    usable.insert(usable.end(), good.begin() + first, good.begin() + end);
    set.add_segment(run.segment->reader->rows(run.first, run.count));
  }
  made.n_usable = static_cast<std::size_t>(std::count(usable.begin(), usable.end(), std::uint8_t{1}));
  if (made.n_usable != usable.size()) {
    made.usable.assign((usable.size() + 63) / 64, 0);
    for (std::size_t row = 0; row < usable.size(); ++row) {
      if (usable[row] != 0) made.usable[row / 64] |= std::uint64_t{1} << (row % 64);
    }
  }
  made.vectors = std::move(set);
  if (made.n_usable != 0) made.graph = open_graph(folder_, graph_rows(made), context);
  if (made.n_usable != 0 && !made.graph) made.flat = build_flat(made.vectors, {.metric = metric_}, context);
  ready_ = std::move(made);
  return *ready_;
}

std::shared_ptr<const KeptRows> DenseView::kept_rows(const Ready& now, const ChunkSet::Impl& among) const {
  const std::lock_guard lock(among.mutex);
  const auto same = [&](const std::weak_ptr<const VectorView>& of) { return !of.owner_before(vectors_) && !vectors_.owner_before(of); };
  if (among.rows != nullptr && same(among.rows->of)) return among.rows;
  auto made = std::make_shared<KeptRows>();
  made->of = vectors_;
  made->words = rows_of(among.ids, now.chunk_ids, now.usable);
  made->count = made->words.size();
  made->as_bits = dense_way(now.n_usable, made->count, true) == DenseWay::marked_rows;
  if (made->as_bits) {
    std::vector<std::uint64_t> bits((now.chunk_ids.size() + 63) / 64, 0);
    for (const std::uint64_t row : made->words) bits[row / 64] |= std::uint64_t{1} << (row % 64);
    made->words = std::move(bits);
  }
  among.rows = made;
  return made;
}

SearchParameters DenseView::parameters_for(const Ready& now, const DenseOptions& options, const KeptRows* rows) {
  SearchParameters parameters{std::min(options.k, rows == nullptr ? now.n_usable : rows->count),
                              {},
                              options.effort.ef,
                              options.effort.recall,
                              options.effort.exact};
  if (rows != nullptr) {
    parameters.filter = rows->as_bits ? RowFilter::from_bits(rows->words) : RowFilter::from_ids(rows->words);
  } else if (!now.usable.empty()) {
    parameters.filter = RowFilter::from_bits(now.usable);
  }
  return parameters;
}

DensePlan DenseView::plan(const ChunkSet::Impl* among, const DenseOptions& options, Context& context) const {
  const Ready& now = ready(context);
  const std::shared_ptr<const KeptRows> rows = among == nullptr ? nullptr : kept_rows(now, *among);
  const std::size_t n_kept = rows == nullptr ? now.n_usable : rows->count;
  DensePlan plan{dense_way(now.n_usable, n_kept, among != nullptr), now.n_usable, n_kept};
  if (n_kept != 0 && now.graph && now.graph->walks(parameters_for(now, options, rows.get()))) plan.way = DenseWay::graph;
  return plan;
}

std::vector<ScoredChunk> DenseView::search(std::span<const float> query, const DenseOptions& options, const ChunkSet::Impl* among,
                                           Context& context) const {
  require(options.k > 0, "the number of hits asked for must be at least 1");
  if (query.size() != dim_)
    throw Error(ErrorCode::mismatch,
                "the query's vector has " + std::to_string(query.size()) + " numbers, the collection's have " + std::to_string(dim_));
  const Ready& now = ready(context);
  const std::shared_ptr<const KeptRows> rows = among == nullptr ? nullptr : kept_rows(now, *among);
  const SearchParameters parameters = parameters_for(now, options, rows.get());
  if (parameters.k == 0) return {};
  std::vector<ScoredChunk> hits;
  for (const Neighbor& hit : now.index().searcher()->search(query, parameters, context))
    hits.push_back({now.chunk_ids[hit.id], score_of(metric_, hit.distance)});
  return hits;
}

bool DenseView::refresh_graph(std::size_t max_bytes, Context& context) const {
  const Ready& now = ready(context);
  return now.n_usable != 0 && store::refresh_graph(folder_, graph_rows(now), max_bytes, context);
}

}  // namespace akin::store

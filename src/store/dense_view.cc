#include "dense_view.h"

#include <algorithm>
#include <atomic>
#include <optional>
#include <queue>

#include "akin/base/error.h"
#include "akin/space/metric.h"
#include "akin/space/vector_set.h"
#include "dense_plan.h"

namespace akin::store {
namespace {

/// Rows of one segment whose ids come next in the order of all ids.
struct Run {
  std::size_t segment;
  std::size_t first;
  std::size_t count;
  std::size_t place = 0;  ///< of its first row in the order of all ids
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
  std::size_t place = 0;
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
    runs.push_back({static_cast<std::size_t>(cursor.segment - segments.data()), cursor.row, end - cursor.row, place});
    place += end - cursor.row;
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

/// Of all rows, as 1 / n, have been read when there will be more searches to come.
constexpr std::size_t kSomeSearches = 100;

double score_of(Metric metric, float distance) noexcept {
  return metric == Metric::euclidean ? -static_cast<double>(distance) : static_cast<double>(similarity_of(metric, distance));
}

}  // namespace

struct DenseView::Ready {
  bool proved = false;                   // every row that can be searched is
  std::vector<std::uint64_t> chunk_ids;  // of each row of the index, ascending
  std::vector<std::uint64_t> usable;     // a bit a row; empty if all are
  std::size_t n_usable = 0;
  VectorSet vectors{1};
  std::optional<FlatIndex> flat;  // there is one of the two if a row can be searched
  std::optional<HnswIndex> graph;
  std::vector<Run> runs;
  mutable std::vector<std::uint64_t> proved_rows;  // a bit a row, set once and for all
  mutable std::atomic<std::size_t> n_proved{0};    // rows that were asked for, about
  mutable std::atomic<bool> all_proved{false};
  [[nodiscard]] const Index& index() const noexcept { return graph ? static_cast<const Index&>(*graph) : *flat; }
};

/// Proves rows before they are read. Throws Error{corrupt} for one that is damaged.
class DenseView::Proof final : public RowCheck {
 public:
  Proof(const Ready& rows, const VectorView& vectors, Context& context) : rows_(rows), vectors_(vectors), context_(context) {}

  void before_reading(std::span<const std::uint64_t> ids) const override {
    std::vector<VectorView::Place> unproved;
    for (const std::uint64_t id : ids) {
      if ((word_of(id).load(std::memory_order_acquire) & bit_of(id)) != 0) continue;
      const Run& run = *(std::ranges::upper_bound(rows_.runs, id, {}, &Run::place) - 1);
      unproved.push_back({run.segment, run.first + (id - run.place)});
    }
    if (unproved.empty()) return;
    if (!vectors_.proves(unproved, &context_)) fail();
    rows_.n_proved += unproved.size();
    for (const std::uint64_t id : ids) word_of(id).fetch_or(bit_of(id), std::memory_order_acq_rel);
  }
  void before_reading_all() const override {
    if (rows_.all_proved.load(std::memory_order_acquire)) return;
    if (!vectors_.damaged_chunks(&context_).empty()) fail();
    rows_.all_proved.store(true, std::memory_order_release);
  }
  [[nodiscard]] bool met_damage() const noexcept { return met_damage_.load(); }

 private:
  [[nodiscard]] std::atomic_ref<std::uint64_t> word_of(std::uint64_t id) const {
    return std::atomic_ref<std::uint64_t>(rows_.proved_rows[id / 64]);
  }
  static std::uint64_t bit_of(std::uint64_t id) { return std::uint64_t{1} << (id % 64); }
  [[noreturn]] void fail() const {
    met_damage_ = true;
    throw Error(ErrorCode::corrupt, "vectors are damaged");
  }

  const Ready& rows_;
  const VectorView& vectors_;
  Context& context_;
  mutable std::atomic<bool> met_damage_{false};
};

struct DenseView::Question {
  std::span<const float> query;
  const DenseOptions& options;
  const ChunkSet::Impl* among;
};

DenseView::DenseView(std::filesystem::path folder, std::shared_ptr<const VectorView> vectors, const StoreSpace& space)
    : folder_(std::move(folder)), vectors_(std::move(vectors)), space_(space), dim_(space.dim), metric_(metric_from(space.metric)) {}

GraphRows DenseView::graph_rows(const Ready& now) const {
  return {now.vectors, now.chunk_ids, now.usable, now.n_usable, space_.fingerprint, metric_};
}

std::shared_ptr<DenseView::Ready> DenseView::rows_in_order(const std::vector<SegmentView>& segments, bool proved) const {
  auto made = std::make_shared<Ready>();
  made->proved = proved;
  made->runs = runs_by_id(segments);
  VectorSet set(dim_);
  std::vector<std::uint8_t> usable;
  for (const Run& run : made->runs) {
    const auto first = static_cast<std::ptrdiff_t>(run.first);
    const auto end = static_cast<std::ptrdiff_t>(run.first + run.count);
    const SegmentView& segment = segments[run.segment];
    const auto& good = proved ? segment.usable : segment.there;
    made->chunk_ids.insert(made->chunk_ids.end(), segment.chunk_ids.begin() + first, segment.chunk_ids.begin() + end);
    usable.insert(usable.end(), good.begin() + first, good.begin() + end);
    set.add_segment(segment.reader->rows(run.first, run.count));
  }
  made->n_usable = static_cast<std::size_t>(std::count(usable.begin(), usable.end(), std::uint8_t{1}));
  if (made->n_usable != usable.size()) {
    made->usable.assign((usable.size() + 63) / 64, 0);
    for (std::size_t row = 0; row < usable.size(); ++row) {
      if (usable[row] != 0) made->usable[row / 64] |= std::uint64_t{1} << (row % 64);
    }
  }
  if (!proved) made->proved_rows.assign((usable.size() + 63) / 64, 0);
  made->vectors = std::move(set);
  return made;
}

std::shared_ptr<const DenseView::Ready> DenseView::ready(bool proved, Context& context) const {
  const std::lock_guard lock(mutex_);
  if (ready_ != nullptr && (ready_->proved || !proved)) return ready_;
  std::shared_ptr<Ready> made;
  if (!proved) {
    made = rows_in_order(vectors_->segments(), false);
    if (made->n_usable != 0) made->graph = open_graph(folder_, graph_rows(*made), context);
  }
  if (made == nullptr || !made->graph) {
    made = rows_in_order(vectors_->verified(&context), true);
    if (made->n_usable != 0 && proved) made->graph = open_graph(folder_, graph_rows(*made), context);
    if (made->n_usable != 0 && !made->graph) made->flat = build_flat(made->vectors, {.metric = metric_}, context);
  }
  ready_ = std::move(made);
  return ready_;
}

std::shared_ptr<const KeptRows> DenseView::kept_rows(const std::shared_ptr<const Ready>& now, const ChunkSet::Impl& among) {
  const std::lock_guard lock(among.mutex);
  const auto same = [&](const std::weak_ptr<const void>& of) { return !of.owner_before(now) && !now.owner_before(of); };
  if (among.rows != nullptr && same(among.rows->of)) return among.rows;
  auto made = std::make_shared<KeptRows>();
  made->of = now;
  made->words = rows_of(among.ids, now->chunk_ids, now->usable);
  made->count = made->words.size();
  made->as_bits = dense_way(now->n_usable, made->count, true) == DenseWay::marked_rows;
  if (made->as_bits) {
    std::vector<std::uint64_t> bits((now->chunk_ids.size() + 63) / 64, 0);
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
  const std::shared_ptr<const Ready> now = ready(false, context);
  const std::shared_ptr<const KeptRows> rows = among == nullptr ? nullptr : kept_rows(now, *among);
  const std::size_t n_kept = rows == nullptr ? now->n_usable : rows->count;
  DensePlan plan{dense_way(now->n_usable, n_kept, among != nullptr), now->n_usable, n_kept};
  if (n_kept != 0 && now->graph && now->graph->walks(parameters_for(*now, options, rows.get()))) plan.way = DenseWay::graph;
  return plan;
}

std::vector<ScoredChunk> DenseView::answer(const Question& question, const std::shared_ptr<const Ready>& now, const RowCheck* check,
                                           Context& context) const {
  const std::shared_ptr<const KeptRows> rows = question.among == nullptr ? nullptr : kept_rows(now, *question.among);
  SearchParameters parameters = parameters_for(*now, question.options, rows.get());
  parameters.check = check;
  if (parameters.k == 0) return {};
  std::vector<ScoredChunk> hits;
  for (const Neighbor& hit : now->index().searcher()->search(question.query, parameters, context))
    hits.push_back({now->chunk_ids[hit.id], score_of(metric_, hit.distance)});
  return hits;
}

std::vector<ScoredChunk> DenseView::search(std::span<const float> query, const DenseOptions& options, const ChunkSet::Impl* among,
                                           Context& context) const {
  require(options.k > 0, "the number of hits asked for must be at least 1");
  if (query.size() != dim_)
    throw Error(ErrorCode::mismatch,
                "the query's vector has " + std::to_string(query.size()) + " numbers, the collection's have " + std::to_string(dim_));
  const Question question{query, options, among};
  const std::shared_ptr<const Ready> now = ready(false, context);
  if (now->proved || now->all_proved.load(std::memory_order_acquire)) return answer(question, now, nullptr, context);
  const Proof proof(*now, *vectors_, context);
  try {
    std::vector<ScoredChunk> hits = answer(question, now, &proof, context);
    // One search or a few read little. After more of them the rest is read at once, so that no further one waits for any.
    if (now->n_proved * kSomeSearches > now->n_usable) finish(*now, context);
    return hits;
  } catch (const Error&) {
    if (!proof.met_damage()) throw;
  }
  // Without what is damaged, wherever it is.
  for (const std::string& line : vectors_->damage(&context)) context.info(line);
  return answer(question, ready(true, context), nullptr, context);
}

void DenseView::finish(const Ready& now, Context& context) const {
  if (!vectors_->damaged_chunks(&context).empty()) {
    (void)ready(true, context);
    return;
  }
  now.graph->read_ahead(context);
  now.all_proved.store(true, std::memory_order_release);
}

bool DenseView::refresh_graph(std::size_t max_bytes, Context& context) const {
  const std::shared_ptr<const Ready> now = ready(true, context);
  return now->n_usable != 0 && store::refresh_graph(folder_, graph_rows(*now), max_bytes, context);
}

}  // namespace akin::store

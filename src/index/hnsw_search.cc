// One query: a walk by codes, then the beam by floats. A plan chooses between the walk and an exact pass over the rows that a filter keeps.
// Tested by hnsw_test.cc.
#include <algorithm>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "akin/base/scratch_pool.h"
#include "graph_walk.h"
#include "hnsw_impl.h"
#include "measure.h"
#include "prepared_rows.h"

namespace akin {

using kernels::Scored;

HnswIndex::Impl::Impl(const VectorSet& rows, const HnswOptions& chosen, Graph built)
    : vectors(rows), options(chosen), graph(std::move(built)), norms(rows, chosen.metric) {}

const FlatIndex& HnswIndex::Impl::exact(Context& context) const {
  const std::lock_guard lock(mutex_);
  if (!exact_) exact_ = build_flat(vectors, {options.metric}, context);
  return *exact_;
}

void HnswIndex::Impl::measure(std::span<const float> query, std::span<const std::uint64_t> ids, const RowCheck* check,
                              std::vector<Scored>& out) const {
  if (check != nullptr) check->before_reading(ids);
  norms.prepare(ids);
  measure_rows(vectors, Measure(options.metric, norms.all()), query, ids, out);
}

void HnswIndex::Impl::walk(std::span<const float> query, const WalkOptions& walk_options, const RowCheck* check,
                           HnswScratch& scratch) const {
  if (scratch.room.empty()) scratch.room = Matrix<std::int8_t>(1, graph.codes.query_size());
  const CodeQuery coded = graph.codes.encode_query(query, scratch.room.row(0));
  scratch.ids.clear();
  for (const BeamEntry& entry : scratch.walk.find({&graph.codes, graph.links, graph.n_entries, graph.proof.get()}, coded, walk_options))
    scratch.ids.push_back(graph.rows[entry.node()]);
  std::ranges::sort(scratch.ids);
  scratch.measured.clear();
  measure(query, scratch.ids, check, scratch.measured);
  std::sort(scratch.measured.begin(), scratch.measured.end());
}

namespace {

constexpr std::size_t kDefaultEf = 64;
constexpr float kDefaultRecall = 0.99F;
// A walk compares about so many rows for each candidate that it keeps; an exact pass reads a row in about the time of two comparisons.
constexpr std::size_t kRowsPerCandidate = 16;
// Of a filter: so many are one piece of work for an exact pass, too.
constexpr std::size_t kListedRows = 8192;
// Queries of a piece of work.
constexpr std::size_t kQueriesAtOnce = 4;

/// How the rows that pass a filter are searched.
struct Plan {
  bool exact = false;
  std::size_t n_hits = 0;
  std::size_t ef = 0;
  std::size_t wide_beam = 0;
  KeptNodes kept;
  std::vector<std::uint64_t> loose;  // rows besides the graph's
};

// 0: only an exact search will do.
std::size_t ef_of(const HnswIndex& index, const SearchParameters& parameters) {
  if (parameters.exact) return 0;
  if (parameters.ef != 0) return std::max(parameters.ef, parameters.k);
  if (index.recall().empty()) return std::max(kDefaultEf, parameters.k);
  return index.ef_for(parameters.recall == 0 ? kDefaultRecall : parameters.recall, parameters.k);
}

// `room` keeps the bits of a filter of ids.
Plan plan_of(const std::shared_ptr<const HnswIndex::Impl>& impl, const SearchParameters& parameters, std::vector<std::uint64_t>& room) {
  const std::size_t n_rows = impl->vectors.size(), n_nodes = impl->graph.size();
  std::size_t n_kept = parameters.filter.count(n_rows);
  Plan plan;
  plan.n_hits = std::min(parameters.k, n_kept);
  plan.ef = std::min(ef_of(HnswIndex(impl), parameters), n_kept);
  // A filter that keeps next to nothing is not made to bits first.
  plan.exact = impl->damaged() || plan.ef == 0 || n_kept / kRowsPerCandidate <= plan.ef;
  if (plan.exact) return plan;
  const std::span<const std::uint64_t> bits =
      parameters.filter.keeps_all() ? std::span<const std::uint64_t>() : parameters.filter.bits(n_rows, room);
  for (const std::uint64_t row : impl->loose_rows)
    if (bits.empty() || (bits[row / 64] >> row % 64 & 1) != 0) plan.loose.push_back(row);
  n_kept -= plan.loose.size();
  // The walk meets a kept node once in n_nodes / n_kept.
  plan.wide_beam = n_kept == 0 ? n_nodes : plan.ef * (n_nodes / n_kept + 1);
  plan.exact = n_kept / kRowsPerCandidate <= plan.wide_beam;
  if (!bits.empty() || impl->has_gone) plan.kept = {bits, impl->graph.rows};
  return plan;
}

class HnswSearcher final : public Searcher {
 public:
  explicit HnswSearcher(std::shared_ptr<const HnswIndex::Impl> impl) : impl_(std::move(impl)) {}

  std::vector<Neighbor> search(std::span<const float> query, const SearchParameters& parameters, Context& context) override {
    check_search(impl_->vectors, query.size(), parameters);
    const Plan plan = plan_of(impl_, parameters, bits_);
    if (plan.exact) return look(query, parameters, context);
    context.cancel.check();
    try {
      std::vector<Neighbor> hits = walk(prepared_query(impl_->options.metric, query), plan, parameters.check, scratch_);
      if (hits.size() == plan.n_hits) return hits;  // otherwise there is a part of the graph that no link leads to
    } catch (const GraphDamage& damage) {
      tell(damage, context);
    }
    return look(query, parameters, context);
  }

  std::vector<std::vector<Neighbor>> search_batch(MatrixView<const float> queries, const SearchParameters& parameters,
                                                  Context& context) override {
    check_search(impl_->vectors, queries.cols(), parameters);
    const Plan plan = plan_of(impl_, parameters, bits_);
    if (plan.exact) return all_rows(parameters, context).search_batch(queries, parameters, context);
    const Matrix<float> prepared = prepared_queries(impl_->options.metric, queries);
    std::vector<std::vector<Neighbor>> results(queries.rows());
    ScratchPool<HnswScratch> pool;
    try {
      context.parallel_for(queries.rows(), kQueriesAtOnce, [&](std::size_t begin, std::size_t end) {
        const ScratchPool<HnswScratch>::Lease lease(pool);
        for (std::size_t q = begin; q < end; ++q) results[q] = walk(prepared.row(q), plan, parameters.check, lease.get());
      });
    } catch (const GraphDamage& damage) {
      tell(damage, context);
      return all_rows(parameters, context).search_batch(queries, parameters, context);
    }
    for (std::size_t q = 0; q < queries.rows(); ++q)
      if (results[q].size() < plan.n_hits) results[q] = look(queries.row(q), parameters, context);
    return results;
  }

 private:
  static void tell(const GraphDamage& damage, Context& context) {
    context.info(std::string("the graph is passed over, the search is exact: ") + damage.what());
  }

  std::vector<Neighbor> walk(std::span<const float> query, const Plan& plan, const RowCheck* check, HnswScratch& scratch) const {
    impl_->walk(query, {.beam = plan.ef, .kept = plan.kept, .wide_beam = plan.wide_beam}, check, scratch);
    if (!plan.loose.empty()) {
      impl_->measure(query, plan.loose, check, scratch.measured);
      std::sort(scratch.measured.begin(), scratch.measured.end());
    }
    scratch.measured.resize(std::min(scratch.measured.size(), plan.n_hits));
    return hits_of(Measure(impl_->options.metric, impl_->norms.all()), scratch.measured);
  }

  // Exactly. Few rows are measured alone, so that nothing has to be known of the others.
  std::vector<Neighbor> look(std::span<const float> query, const SearchParameters& parameters, Context& context) {
    if (parameters.filter.keeps_all() || parameters.filter.count(impl_->vectors.size()) > kListedRows)
      return all_rows(parameters, context).search(query, parameters, context);
    std::vector<std::uint32_t> rows;
    parameters.filter.select(0, impl_->vectors.size(), rows);
    scratch_.ids.assign(rows.begin(), rows.end());
    std::vector<Scored>& measured = scratch_.measured;
    measured.clear();
    impl_->measure(prepared_query(impl_->options.metric, query), scratch_.ids, parameters.check, measured);
    const std::size_t n = std::min(parameters.k, measured.size());
    std::partial_sort(measured.begin(), measured.begin() + static_cast<std::ptrdiff_t>(n), measured.end());
    measured.resize(n);
    return hits_of(Measure(impl_->options.metric, impl_->norms.all()), measured);
  }

  Searcher& all_rows(const SearchParameters& parameters, Context& context) {
    if (parameters.check != nullptr) parameters.check->before_reading_all();
    if (exact_ == nullptr) exact_ = impl_->exact(context).searcher();
    return *exact_;
  }

  std::shared_ptr<const HnswIndex::Impl> impl_;
  std::unique_ptr<Searcher> exact_;  // once it is needed
  HnswScratch scratch_;
  std::vector<std::uint64_t> bits_;
};

}  // namespace

bool HnswIndex::walks(const SearchParameters& parameters) const {
  std::vector<std::uint64_t> room;
  return !plan_of(impl_, parameters, room).exact;
}

void HnswIndex::prove(Context& context) const {
  if (impl_->graph.proof) impl_->graph.proof->all(&context);
}

void HnswIndex::read_ahead(Context& context) const { impl_->norms.prepare_all(context); }

std::size_t HnswIndex::n_loose() const noexcept { return impl_->loose_rows.size(); }

std::unique_ptr<Searcher> HnswIndex::searcher() const { return std::make_unique<HnswSearcher>(impl_); }

}  // namespace akin

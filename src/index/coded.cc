// Blocks of rows meet one query after the other while their codes are in the cache; collectors of (group of blocks, query) are merged in
// the order of the groups. What they kept is measured by floats.
#include "akin/index/coded.h"

#include <algorithm>
#include <array>
#include <span>
#include <string>
#include <vector>

#include "akin/base/error.h"
#include "akin/kernels/top_k.h"
#include "code_scan.h"
#include "measure.h"
#include "prepared_rows.h"

namespace akin {

struct CodedIndex::Impl {
  VectorSet vectors;
  CodedOptions options;
  std::vector<float> inverse_norms;
  std::vector<float> squared_norms;  // one a row for Euclidean distances of codes that stand for products, else empty
  std::unique_ptr<const CodeScan> codes;
};

namespace {

using kernels::Scored;
using kernels::TopK;

// Pieces of work for one query: about 0.1 ms of one-bit codes each, long enough to wake a thread for.
constexpr std::size_t kGroupBlocks = 64;
constexpr std::size_t kQueryBlock = 32;

/// Blocks [first_block, last_block) for queries [first_query, last_query).
struct Piece {
  std::size_t first_block, last_block, first_query, last_query;
};

class CodedSearcher final : public Searcher {
 public:
  explicit CodedSearcher(std::shared_ptr<const CodedIndex::Impl> impl)
      : impl_(std::move(impl)), vectors_(impl_->vectors), measure_(impl_->options.metric, impl_->inverse_norms) {}

  std::vector<Neighbor> search(std::span<const float> query, const SearchParameters& parameters, Context& context) override {
    check_search(vectors_, query.size(), parameters);
    const std::vector<float> prepared = prepared_query(impl_->options.metric, query);
    return std::move(scan(MatrixView<const float>(prepared.data(), 1, prepared.size()), parameters, context).front());
  }

  std::vector<std::vector<Neighbor>> search_batch(MatrixView<const float> queries, const SearchParameters& parameters,
                                                  Context& context) override {
    check_search(vectors_, queries.cols(), parameters);
    if (queries.rows() == 0) return {};
    return scan(prepared_queries(impl_->options.metric, queries).view(), parameters, context);
  }

 private:
  std::vector<std::vector<Neighbor>> scan(MatrixView<const float> queries, const SearchParameters& parameters, Context& context) const {
    const std::size_t n_blocks = (vectors_.size() + CodeScan::kBlockRows - 1) / CodeScan::kBlockRows;
    const std::size_t n_groups = std::max<std::size_t>(1, (n_blocks + kGroupBlocks - 1) / kGroupBlocks);
    const std::size_t n_query_blocks = (queries.rows() + kQueryBlock - 1) / kQueryBlock;
    const std::size_t rescore = impl_->options.rescore == 0 ? default_rescore(impl_->options.code) : impl_->options.rescore;
    const std::size_t depth = std::max<std::size_t>(1, std::min(parameters.k, vectors_.size() / rescore + 1) * rescore);
    std::vector<TopK> tops(n_groups * queries.rows(), TopK(depth));
    context.parallel_for(n_groups * n_query_blocks, 1, [&](std::size_t begin, std::size_t end) {
      for (std::size_t i = begin; i < end; ++i) {
        const std::size_t group = i / n_query_blocks, first = i % n_query_blocks * kQueryBlock;
        const Piece piece{group * kGroupBlocks, std::min((group + 1) * kGroupBlocks, n_blocks), first,
                          std::min(first + kQueryBlock, queries.rows())};
        scan_piece(queries, piece, parameters.filter, std::span(tops).subspan(group * queries.rows(), queries.rows()));
      }
    });
    std::vector<std::vector<Neighbor>> results(queries.rows());
    context.parallel_for(queries.rows(), 4, [&](std::size_t begin, std::size_t end) {
      for (std::size_t q = begin; q < end; ++q) {
        for (std::size_t g = 1; g < n_groups; ++g) tops[q].merge(tops[g * queries.rows() + q]);
        results[q] = look_again(queries.row(q), tops[q].take(), parameters.k);
      }
    });
    return results;
  }

  void scan_piece(MatrixView<const float> queries, const Piece& piece, const RowFilter& filter, std::span<TopK> tops) const {
    std::vector<std::unique_ptr<CodeScan::Pass>> passes;
    for (std::size_t q = piece.first_query; q < piece.last_query; ++q) passes.push_back(impl_->codes->begin(queries.row(q)));
    std::vector<std::uint32_t> kept;
    for (std::size_t b = piece.first_block; b < piece.last_block; ++b) {
      const std::size_t first = b * CodeScan::kBlockRows, n = std::min(CodeScan::kBlockRows, vectors_.size() - first);
      if (!filter.keeps_all()) {
        filter.select(first, n, kept);
        if (kept.empty()) continue;
      }
      for (std::size_t q = piece.first_query; q < piece.last_query; ++q) {
        std::array<float, CodeScan::kBlockRows> room;
        const std::span<float> values = std::span(room).first(n);
        passes[q - piece.first_query]->products(first, values);
        to_distances(first, values);
        if (filter.keeps_all()) {
          tops[q].push(values, first);
        } else {
          for (std::size_t i = 0; i < kept.size(); ++i) values[i] = values[kept[i]];
          tops[q].push(values.first(kept.size()), kept, first);
        }
      }
    }
  }

  // Products → numbers in the order of raw distances: −p, or for Euclidean ones ‖x‖² − 2 p.
  void to_distances(std::size_t first, std::span<float> values) const {
    if (impl_->squared_norms.empty()) {
      for (float& value : values) value = -value;
    } else {
      for (std::size_t i = 0; i < values.size(); ++i) values[i] = impl_->squared_norms[first + i] - 2 * values[i];
    }
  }

  std::vector<Neighbor> look_again(std::span<const float> query, const std::vector<Scored>& found, std::size_t k) const {
    std::vector<std::uint64_t> ids;
    for (const Scored& entry : found) ids.push_back(entry.id);
    std::sort(ids.begin(), ids.end());
    std::vector<Scored> measured;
    measure_rows(vectors_, measure_, query, ids, measured);
    std::sort(measured.begin(), measured.end());
    measured.resize(std::min(measured.size(), k));
    return hits_of(measure_, measured);
  }

  std::shared_ptr<const CodedIndex::Impl> impl_;
  const VectorSet& vectors_;
  Measure measure_;
};

std::vector<float> squared_norms_of(const VectorSet& vectors, Context& context) {
  std::vector<float> out(vectors.size());
  context.parallel_for(vectors.size(), 4096, [&](std::size_t begin, std::size_t end) {
    for (std::size_t id = begin; id < end; ++id) out[id] = kernels::dot(vectors.row(id), vectors.row(id));
  });
  return out;
}

}  // namespace

std::size_t default_rescore(SearchCode code) noexcept {
  switch (code) {
    case SearchCode::f16:
    case SearchCode::bf16:
    case SearchCode::i8:
      return 2;
    case SearchCode::rabitq:
      return 16;
    case SearchCode::bit:
      break;
  }
  return 64;
}

std::size_t CodedIndex::size() const noexcept { return impl_->vectors.size(); }
std::size_t CodedIndex::dim() const noexcept { return impl_->vectors.dim(); }
Metric CodedIndex::metric() const noexcept { return impl_->options.metric; }
std::unique_ptr<Searcher> CodedIndex::searcher() const { return std::make_unique<CodedSearcher>(impl_); }
std::size_t CodedIndex::n_bytes() const noexcept {
  return impl_->codes->n_bytes() + (impl_->squared_norms.size() + impl_->inverse_norms.size()) * sizeof(float);
}

CodedIndex build_coded(const VectorSet& vectors, const CodedOptions& options, Context& context) {
  require(vectors.dim() > 0, "build_coded: the set of vectors has no dimensions");
  if (options.metric == Metric::manhattan)
    throw Error(ErrorCode::unsupported,
                "codes tell products of vectors, of which Manhattan distances are not made; search the vectors exactly");
  auto impl = std::make_shared<CodedIndex::Impl>();
  impl->vectors = vectors;
  impl->options = options;
  impl->inverse_norms = inverse_norms_of(vectors, options.metric, context);
  if (options.metric == Metric::euclidean && options.code != SearchCode::bit) impl->squared_norms = squared_norms_of(vectors, context);
  impl->codes = make_code_scan(options.code, vectors, impl->inverse_norms, context);
  return CodedIndex(std::move(impl));
}

}  // namespace akin

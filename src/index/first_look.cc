#include "first_look.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "akin/kernels/top_k.h"

namespace akin {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();
// Fewer rows are measured at once.
constexpr std::size_t kFewRows = 4096;
// Queries whose values for a block of 256 rows (128 KB) share the second-level cache with the block's codes.
constexpr std::size_t kPieceQueries = 128;
// Pieces that a search is cut into at least, so that threads share it; by its size alone.
constexpr std::size_t kPieces = 16;
constexpr std::size_t kPieceBlocks = 16;
// Candidates of all queries of a look, where every row is one: a crowd of equal rows.
constexpr std::size_t kMostBytes = std::size_t{256} << 20;
// Longer queries overflow in bounds.
constexpr float kLongest = 1e18F;

float just_above(float x) { return std::nextafter(x, kInfinity); }

}  // namespace

struct FirstLook::Piece {
  std::size_t first_query = 0, n_queries = 0;
  std::size_t first_block = 0, n_blocks = 0;
};

// The rows of one query so far, and the k-th smallest of the distances that they certainly do not pass.
class FirstLook::Collector {
 public:
  Collector(std::size_t k, std::size_t most_rows) : k_(k), most_rows_(most_rows) {}

  /// A row whose `least` is above it is not among the k nearest.
  [[nodiscard]] float threshold() const noexcept { return most_.size() < k_ ? kInfinity : most_.front(); }
  [[nodiscard]] bool full() const noexcept { return rows_.size() > most_rows_; }

  void add(std::uint64_t id, float value, float error) {
    rows_.push_back({value - error, id});
    offer(value + error);
  }
  void merge(const Collector& other) {
    rows_.insert(rows_.end(), other.rows_.begin(), other.rows_.end());
    for (const float most : other.most_) offer(most);
  }
  Candidates take() {
    const float last = threshold();
    std::erase_if(rows_, [&](const Candidate& row) { return row.least > last; });
    return {std::move(rows_), true};
  }

 private:
  void offer(float most) {
    if (most_.size() == k_) {
      if (!(most < most_.front())) return;
      std::pop_heap(most_.begin(), most_.end());
      most_.pop_back();
    }
    most_.push_back(most);
    std::push_heap(most_.begin(), most_.end());
  }

  std::size_t k_, most_rows_;
  std::vector<Candidate> rows_;
  std::vector<float> most_;  // a heap, the largest first
};

std::optional<FirstLook> FirstLook::build(const VectorSet& vectors, Metric metric, std::span<const float> inverse_norms, Context& context) {
  if (!kernels::code_dot_is_fast() || metric == Metric::manhattan || vectors.size() < kFewRows) return std::nullopt;
  std::optional<RowCodes> codes = RowCodes::encode(vectors, inverse_norms, context);
  if (!codes) return std::nullopt;
  return FirstLook(std::move(*codes), metric);
}

// With more candidates than that a query is measured by all rows' floats.
std::size_t FirstLook::most_rows(std::size_t k) const noexcept { return std::max(codes_.n_blocks() * RowCodes::kBlockRows / 8, 4 * k); }

std::size_t FirstLook::queries_at_once(std::size_t k) const noexcept {
  return std::max(kPieceQueries, kMostBytes / (most_rows(k) * sizeof(Candidate)));
}

std::vector<Candidates> FirstLook::look(MatrixView<const float> queries, std::size_t k, Context& context) const {
  const std::size_t n_queries = queries.rows(), n_blocks = codes_.n_blocks();
  QueryCodes coded = encode_queries(queries);
  // Raw distances are made of −q·x, euclidean ones of −2 q·x.
  for (float& scale : coded.scales) scale *= metric_ == Metric::euclidean ? -2.0F : -1.0F;

  // Collectors of (group of blocks, query).
  const std::size_t n_query_blocks = (n_queries + kPieceQueries - 1) / kPieceQueries;
  const std::size_t n_groups =
      std::clamp<std::size_t>(kPieces / std::max<std::size_t>(n_query_blocks, 1), 1, (n_blocks + kPieceBlocks - 1) / kPieceBlocks);
  const std::size_t room = kMostBytes / sizeof(Candidate) / std::max<std::size_t>(n_groups * n_queries, 1);
  const std::size_t most = std::clamp(room, std::max(most_rows(k) / n_groups, 4 * k), most_rows(k));
  std::vector<Collector> collectors(n_groups * n_queries, Collector(k, most));
  context.parallel_for(n_groups * n_query_blocks, 1, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      const std::size_t group = i / n_query_blocks, first_query = i % n_query_blocks * kPieceQueries;
      const std::size_t first_block = n_blocks * group / n_groups, last_block = n_blocks * (group + 1) / n_groups;
      const Piece piece{first_query, std::min(kPieceQueries, n_queries - first_query), first_block, last_block - first_block};
      scan(coded, piece, std::span(collectors).subspan(group * n_queries + first_query, piece.n_queries));
    }
  });

  std::vector<Candidates> result(n_queries);
  context.parallel_for(n_queries, 16, [&](std::size_t begin, std::size_t end) {
    for (std::size_t q = begin; q < end; ++q) {
      bool is_bounded = coded.norms[q] <= kLongest && !collectors[q].full();
      for (std::size_t g = 1; g < n_groups; ++g) {
        is_bounded = is_bounded && !collectors[g * n_queries + q].full();
        collectors[q].merge(collectors[g * n_queries + q]);
      }
      result[q] = is_bounded ? collectors[q].take() : Candidates{{}, false};
    }
  });
  return result;
}

void FirstLook::scan(const QueryCodes& queries, const Piece& piece, std::span<Collector> collectors) const {
  const kernels::CodeQueries some{queries.codes.view().middle_rows(piece.first_query, piece.n_queries),
                                  std::span(queries.scales).subspan(piece.first_query, piece.n_queries),
                                  std::span(queries.sums).subspan(piece.first_query, piece.n_queries)};
  Matrix<float> values = Matrix<float>::uninitialized(piece.n_queries, RowCodes::kBlockRows);
  for (std::size_t b = piece.first_block; b < piece.first_block + piece.n_blocks; ++b) {
    const RowCodes::Block block = codes_.block(b);
    kernels::code_dots(some, block.panels, values.view().middle_cols(0, block.panels.n_panels * kernels::kPanelRows));
    for (std::size_t q = 0; q < piece.n_queries; ++q) {
      if (!collectors[q].full()) measure(queries, piece.first_query + q, block, values.row(q).first(block.n_rows), collectors[q]);
    }
  }
}

void FirstLook::measure(const QueryCodes& queries, std::size_t q, const RowCodes::Block& block, std::span<float> values,
                        Collector& collector) const {
  float error = product_error(queries, q, block);
  if (metric_ == Metric::euclidean) {
    // ‖q − x‖² = ‖q‖² + ‖x‖² − 2 q·x; its float sum and this one's are a few units in the last place of (‖q‖ + ‖x‖)² away.
    const float query2 = queries.norms[q] * queries.norms[q];
    const std::span<const float> rows2 = codes_.squared_norms().subspan(block.first_id, values.size());
    kernels::shift(values, rows2, query2);
    const float length = queries.norms[q] + block.norm;
    error = 2 * error + (static_cast<float>(block.panels.dim) / 4 + 16) * 0x1p-24F * length * length;
  }
  std::array<std::uint32_t, RowCodes::kBlockRows> found;
  const std::size_t n = kernels::positions_below(values, just_above(just_above(collector.threshold() + error)), found);
  for (std::size_t i = 0; i < n; ++i) collector.add(block.first_id + found[i], values[found[i]], error);
}

}  // namespace akin

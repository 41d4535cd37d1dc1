#include "akin/embed/nearest_rows.h"

#include <algorithm>
#include <cmath>
#include <mutex>
#include <utility>

#include "akin/base/error.h"
#include "akin/base/half.h"
#include "akin/kernels/convert.h"
#include "akin/kernels/distance.h"
#include "akin/kernels/top_k.h"
#include "akin/space/normalize.h"

namespace akin {
namespace {

// Floats of a block: 128 KB stay in the second-level cache between conversion and product.
constexpr std::size_t kBlockFloats = 32768;
// Floats that a thread takes at a time, and bytes after which memory is given back.
constexpr std::size_t kPieceFloats = std::size_t{1} << 20;
constexpr std::size_t kSlabBytes = std::size_t{128} << 20;

template <class Half>
void convert_block(std::span<const std::byte> bytes, MatrixView<float> out) {
  const auto* first = reinterpret_cast<const Half*>(bytes.data());
  kernels::convert(std::span(first, out.rows() * out.cols()), std::span(out.data(), out.rows() * out.cols()));
}

bool is_aligned(const TensorView& table, std::size_t bytes) { return reinterpret_cast<std::uintptr_t>(table.bytes.data()) % bytes == 0; }

/// Blocks of rows as floats.
class RowBlocks {
 public:
  explicit RowBlocks(const TensorView& table)
      : table_(table), cols_(table.shape[1]), rows_(std::max<std::size_t>(1, kBlockFloats / cols_)) {}

  [[nodiscard]] std::size_t rows() const noexcept { return rows_; }

  MatrixView<const float> read(std::size_t begin, std::size_t end) {
    const std::size_t row_bytes = table_.bytes.size() / table_.shape[0];
    const std::span<const std::byte> bytes = table_.bytes.subspan(begin * row_bytes, (end - begin) * row_bytes);
    if (table_.type == TensorType::f32 && is_aligned(table_, alignof(float))) {
      return {reinterpret_cast<const float*>(bytes.data()), end - begin, cols_};
    }
    if (floats_.rows() == 0) floats_ = Matrix<float>::uninitialized(rows_, cols_);
    const MatrixView<float> out = floats_.view().middle_rows(0, end - begin);
    if (table_.type == TensorType::bf16 && is_aligned(table_, alignof(bf16))) {
      convert_block<bf16>(bytes, out);
    } else if (table_.type == TensorType::f16 && is_aligned(table_, alignof(f16))) {
      convert_block<f16>(bytes, out);
    } else {
      for (std::size_t r = begin; r < end; ++r) table_.row_to_float(r, out.row(r - begin));
    }
    return out;
  }

 private:
  const TensorView& table_;
  std::size_t cols_, rows_;
  Matrix<float> floats_;
};

/// Cosine distances of products with a query of unit length; 1 where the row or the query is zero.
void finish_cosine(std::span<float> products, std::span<const float> inverse_norms) {
  for (std::size_t r = 0; r < products.size(); ++r) products[r] = 1 - products[r] * inverse_norms[r];
}

class Pass {
 public:
  Pass(const TensorView& table, MatrixView<const float> queries, std::size_t k, Metric metric)
      : table_(table), metric_(metric), queries_(Matrix<float>::uninitialized(queries.rows(), queries.cols())), k_(k) {
    for (std::size_t q = 0; q < queries.rows(); ++q) {
      std::ranges::copy(queries.row(q), queries_.row(q).begin());
      if (metric == Metric::cosine) normalize(queries_.row(q));
    }
    nearest_.assign(queries.rows(), kernels::TopK(k));
  }

  /// Rows [begin, end), on one thread.
  void scan(std::size_t begin, std::size_t end) {
    std::vector<kernels::TopK> own(queries_.rows(), kernels::TopK(k_));
    RowBlocks blocks(table_);
    std::vector<float> distances(blocks.rows()), inverse_norms(blocks.rows());
    for (std::size_t at = begin; at < end; at += blocks.rows()) {
      const MatrixView<const float> rows = blocks.read(at, std::min(end, at + blocks.rows()));
      const std::span<float> out(distances.data(), rows.rows());
      if (metric_ == Metric::cosine) measure_norms(rows, inverse_norms);
      for (std::size_t q = 0; q < own.size(); ++q) {
        measure(queries_.row(q), rows, inverse_norms, out);
        own[q].push(out, at);
      }
    }
    const std::lock_guard lock(mutex_);
    for (std::size_t q = 0; q < own.size(); ++q) nearest_[q].merge(own[q]);
  }

  std::vector<kernels::Scored> take(std::size_t q) { return nearest_[q].take(); }

 private:
  static void measure_norms(MatrixView<const float> rows, std::span<float> inverse_norms) {
    for (std::size_t r = 0; r < rows.rows(); ++r) {
      const float squared = kernels::dot(rows.row(r), rows.row(r));
      inverse_norms[r] = squared > 0 ? 1 / std::sqrt(squared) : 0;
    }
  }

  void measure(std::span<const float> query, MatrixView<const float> rows, std::span<const float> inverse_norms,
               std::span<float> out) const {
    switch (metric_) {
      case Metric::cosine:
        kernels::dot_rows(query, rows, out);
        return finish_cosine(out, inverse_norms);
      case Metric::dot:
        kernels::dot_rows(query, rows, out);
        for (float& x : out) x = -x;
        return;
      case Metric::euclidean:
        kernels::squared_l2_rows(query, rows, out);
        for (float& x : out) x = std::sqrt(x);
        return;
      case Metric::manhattan:
        kernels::manhattan_rows(query, rows, out);
    }
  }

  const TensorView& table_;
  Metric metric_;
  Matrix<float> queries_;
  std::size_t k_;
  std::mutex mutex_;
  std::vector<kernels::TopK> nearest_;
};

void check(const TensorView& table, MatrixView<const float> queries, const NearestOptions& options) {
  require(options.k > 0, "nearest rows: k must be above 0");
  if (table.shape.size() != 2 || table.shape[1] == 0) {
    throw Error(ErrorCode::invalid_argument, "tensor '" + table.name + "' is no table: two dimensions are wanted");
  }
  if (queries.rows() > 0 && queries.cols() != table.shape[1]) {
    throw Error(ErrorCode::mismatch, "a vector of " + std::to_string(queries.cols()) + " numbers is compared with rows of " +
                                         std::to_string(table.shape[1]) + ": are they from different models?");
  }
}

}  // namespace

std::vector<std::vector<NearRow>> nearest_rows(const TensorView& table, MatrixView<const float> queries, const NearestOptions& options,
                                               Context& context, const TensorFile* file) {
  check(table, queries, options);
  const std::size_t n = table.shape[0], cols = table.shape[1];
  std::vector<std::vector<NearRow>> found(queries.rows());
  if (n == 0 || queries.rows() == 0) return found;
  // One more a row left out, so that k remain.
  const std::size_t k = std::min(n, options.k > n ? n : options.k + options.excluded.size());
  Pass pass(table, queries, k, options.metric);
  const std::size_t row_bytes = table.bytes.size() / n;
  const std::size_t slab = std::max<std::size_t>(1, kSlabBytes / row_bytes), grain = std::max<std::size_t>(1, kPieceFloats / cols);
  for (std::size_t begin = 0; begin < n; begin += slab) {
    const std::size_t rows = std::min(slab, n - begin);
    context.parallel_for(rows, grain, [&](std::size_t from, std::size_t to) { pass.scan(begin + from, begin + to); });
    context.cancel.check();
    if (file == nullptr) continue;
    TensorView read = table;
    read.bytes = table.bytes.subspan(begin * row_bytes, rows * row_bytes);
    file->forget(read);
  }
  for (std::size_t q = 0; q < found.size(); ++q) {
    for (const kernels::Scored& scored : pass.take(q)) {
      if (found[q].size() < options.k && std::ranges::find(options.excluded, scored.id) == options.excluded.end()) {
        found[q].push_back({scored.id, scored.distance});
      }
    }
  }
  return found;
}

TensorView as_table(MatrixView<const float> rows) {
  require(rows.stride() == rows.cols(), "a table's rows lie one behind the other");
  return {"rows in memory", TensorType::f32, {rows.rows(), rows.cols()}, std::as_bytes(std::span(rows.data(), rows.rows() * rows.cols()))};
}

}  // namespace akin

// Attention for training: a block of queries of one head at a time against the keys it sees, its five products by matmul(). Nothing but the
// rows is kept from the forward pass: probabilities are computed again, which costs one product of seven and saves n² numbers a head.
//   P = softmax(scale · Q Kᵀ + biases), P' = dropped P, out = P' V
//   dV += P'ᵀ dO, dP = dropped dO Vᵀ, dS = P · (dP − Σ_j P dP), dQ = scale · dS K, dK += scale · dSᵀ Q
#include "akin/kernels/attention_backward.h"

#include <algorithm>
#include <cstddef>

#include "akin/base/error.h"
#include "akin/kernels/matmul.h"
#include "akin/kernels/softmax.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "attention_backward.cc"
#include "hwy/foreach_target.h"  // IWYU pragma: keep
// After foreach_target.
#include "vector_math-inl.h"

HWY_BEFORE_NAMESPACE();
namespace akin::kernels::HWY_NAMESPACE {

/// d = p · (d − Σ p d), row by row.
void softmax_backward_rows(MatrixView<const float> p, MatrixView<float> d) {
  const FloatTag tag;
  const std::size_t n = p.cols();
  for (std::size_t r = 0; r < p.rows(); ++r) {
    const float* from = p.row_data(r);
    float* row = d.row_data(r);
    auto sum = hn::Zero(tag);
    std::size_t i = 0;
    for (; i + n_lanes() <= n; i += n_lanes()) sum = hn::MulAdd(hn::LoadU(tag, from + i), hn::LoadU(tag, row + i), sum);
    float dot = sum_of(sum);
    for (; i < n; ++i) dot += from[i] * row[i];
    const auto shift = hn::Set(tag, dot);
    for (i = 0; i + n_lanes() <= n; i += n_lanes()) {
      hn::StoreU(hn::Mul(hn::LoadU(tag, from + i), hn::Sub(hn::LoadU(tag, row + i), shift)), tag, row + i);
    }
    for (; i < n; ++i) row[i] = from[i] * (row[i] - dot);
  }
}

}  // namespace akin::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace akin::kernels {

HWY_EXPORT(softmax_backward_rows);

namespace {

/// 64 × 512 scores are 128 KB: with the block of their gradients they stay in the second cache.
constexpr std::size_t kQueryBlock = 64;

/// Queries [query, query + count) of a head and the keys [begin, end) that any of them sees.
struct Block {
  std::size_t head, query, count, begin, end;

  [[nodiscard]] std::size_t n_keys() const { return end - begin; }
};

/// Keys [begin, end) that query i sees.
struct Sight {
  std::size_t begin, end;
};
Sight sight_of(const AttentionOptions& o, std::size_t n, std::size_t i) {
  const std::size_t begin = i > o.window ? i - o.window : 0;
  const std::size_t last = o.causal ? i : o.window < n - 1 - i ? i + o.window : n - 1;
  return {begin, last + 1};
}

void add_biases(const AttentionOptions& o, std::size_t n, const Block& block, std::size_t i, std::span<float> row) {
  const std::size_t head = block.head;
  if (!o.bias.empty()) {
    const float* bias = o.bias.data() + (head * n + i) * n + block.begin;
    for (std::size_t j = 0; j < row.size(); ++j) row[j] += bias[j];
  }
  if (!o.distance_bias.empty()) {
    const float* bias = o.distance_bias.data() + head * (2 * n - 1) + (block.begin + n - 1 - i);
    for (std::size_t j = 0; j < row.size(); ++j) row[j] += bias[j];
  }
  if (o.alibi_slopes.empty()) return;
  const float slope = o.alibi_slopes[head];
  for (std::size_t j = 0; j < row.size(); ++j) {
    const std::size_t key = block.begin + j;
    row[j] -= slope * static_cast<float>(i > key ? i - key : key - i);
  }
}

/// One sequence on its way, head by head and block by block.
class Pass {
 public:
  Pass(const AttentionRows& rows, const AttentionOptions& options, const Dropout& dropout, AttentionTrainingScratch& scratch)
      : rows_(rows), options_(options), dropout_(dropout), n_(rows.q.rows()) {
    const std::size_t size = kQueryBlock * n_;
    float* floats = scratch.floats(3 * size);
    p_ = floats;
    dropped_ = floats + size;
    d_ = floats + 2 * size;
  }

  template <class Body>
  void for_each_block(const Body& body) const {
    for (std::size_t head = 0; head < options_.n_heads; ++head) {
      for (std::size_t query = 0; query < n_; query += kQueryBlock) {
        const std::size_t count = std::min(kQueryBlock, n_ - query);
        body(Block{head, query, count, sight_of(options_, n_, query).begin, sight_of(options_, n_, query + count - 1).end});
      }
    }
  }

  /// out = P' V.
  void forward(const Block& block, MatrixView<float> out) const {
    softmax_block(block);
    matmul(plain(dropped_block(block)), plain(keys(rows_.v, block)), Sum::replace, queries(out, block));
  }

  /// Adds to the gradients of keys and values, writes those of the queries.
  void backward(const Block& block, MatrixView<const float> d_out, const AttentionRowGradients& to) const {
    softmax_block(block);
    const MatrixView<const float> d_rows = queries(d_out, block);
    matmul(transposed(dropped_block(block)), plain(d_rows), Sum::add, keys(to.v, block));
    const MatrixView<float> d(d_, block.count, block.n_keys());
    matmul(plain(d_rows), transposed(keys(rows_.v, block)), Sum::replace, d);
    drop_rows(block, d);
    HWY_DYNAMIC_DISPATCH(softmax_backward_rows)(MatrixView<const float>(p_, block.count, block.n_keys()), d);
    matmul(plain(d), plain(keys(rows_.k, block)), Sum::replace, queries(to.q, block), options_.scale);
    matmul(transposed(d), plain(queries(rows_.q, block)), Sum::add, keys(to.k, block), options_.scale);
  }

 private:
  template <class T>
  MatrixView<T> queries(MatrixView<T> rows, const Block& block) const {
    return rows.middle_rows(block.query, block.count).middle_cols(block.head * options_.head_dim, options_.head_dim);
  }
  template <class T>
  MatrixView<T> keys(MatrixView<T> rows, const Block& block) const {
    const std::size_t head = block.head / (options_.n_heads / options_.n_kv_heads);
    return rows.middle_rows(block.begin, block.n_keys()).middle_cols(head * options_.head_dim, options_.head_dim);
  }

  /// p_ = P of the block, dropped_ = P' where there is dropout.
  void softmax_block(const Block& block) const {
    const MatrixView<float> p(p_, block.count, block.n_keys());
    matmul(plain(queries(rows_.q, block)), transposed(keys(rows_.k, block)), Sum::replace, p, options_.scale);
    for (std::size_t r = 0; r < block.count; ++r) {
      const std::span<float> row = p.row(r);
      add_biases(options_, n_, block, block.query + r, row);
      const Sight sight = sight_of(options_, n_, block.query + r);
      const std::size_t begin = sight.begin - block.begin, end = sight.end - block.begin;
      std::fill_n(row.data(), begin, 0.0F);
      softmax(row.subspan(begin, end - begin));
      std::fill(row.begin() + static_cast<std::ptrdiff_t>(end), row.end(), 0.0F);
    }
    if (!dropout_.is_on()) return;
    std::copy_n(p_, block.count * block.n_keys(), dropped_);
    drop_rows(block, {dropped_, block.count, block.n_keys()});
  }

  [[nodiscard]] MatrixView<const float> dropped_block(const Block& block) const {
    return {dropout_.is_on() ? dropped_ : p_, block.count, block.n_keys()};
  }

  void drop_rows(const Block& block, MatrixView<float> rows) const {
    for (std::size_t r = 0; r < block.count; ++r) drop(dropout_, block.head * n_ + block.query + r, rows.row(r));
  }

  const AttentionRows& rows_;
  const AttentionOptions& options_;
  const Dropout& dropout_;
  std::size_t n_;
  float *p_, *dropped_, *d_;  // kQueryBlock rows of up to n numbers
};

void check_attention(const AttentionRows& rows, const AttentionOptions& o, MatrixView<const float> out) {
  const std::size_t n = rows.q.rows(), wide = o.n_heads * o.head_dim, narrow = o.n_kv_heads * o.head_dim;
  require(o.n_heads > 0 && o.n_kv_heads > 0 && o.head_dim > 0, "attention: heads and their dimension must be over 0");
  require(o.n_heads % o.n_kv_heads == 0, "attention: n_heads must be a multiple of n_kv_heads");
  require(rows.k.rows() == n && rows.v.rows() == n && out.rows() == n, "attention: queries, keys, values and output differ in rows");
  require(rows.q.cols() == wide && out.cols() == wide, "attention: queries or output are not n_heads x head_dim wide");
  require(rows.k.cols() == narrow && rows.v.cols() == narrow, "attention: keys or values are not n_kv_heads x head_dim wide");
  require(o.bias.empty() || o.bias.size() == o.n_heads * n * n, "attention: bias must have n_heads x n x n numbers");
  require(o.alibi_slopes.empty() || o.alibi_slopes.size() == o.n_heads, "attention: one slope a head is wanted");
  require(o.distance_bias.empty() || o.distance_bias.size() == o.n_heads * (2 * n - 1),
          "attention: distance_bias must have n_heads x (2n - 1) numbers");
}

void clear(MatrixView<float> rows) {
  for (std::size_t r = 0; r < rows.rows(); ++r) std::ranges::fill(rows.row(r), 0.0F);
}

}  // namespace

float* AttentionTrainingScratch::floats(std::size_t count) {
  if (floats_.size() < count) floats_ = Matrix<float>::uninitialized(1, count);
  return floats_.data();
}

void attention_with_dropout(const AttentionRows& rows, const AttentionOptions& options, const Dropout& dropout,
                            AttentionTrainingScratch& scratch, MatrixView<float> out) {
  if (rows.q.rows() == 0) return;
  check_attention(rows, options, out);
  const Pass pass(rows, options, dropout, scratch);
  pass.for_each_block([&](const Block& block) { pass.forward(block, out); });
}

void attention_backward(const AttentionRows& rows, const AttentionOptions& options, const Dropout& dropout, MatrixView<const float> d_out,
                        AttentionTrainingScratch& scratch, const AttentionRowGradients& gradients) {
  if (rows.q.rows() == 0) return;
  check_attention(rows, options, d_out);
  check_attention({gradients.q, gradients.k, gradients.v}, options, d_out);
  clear(gradients.k);
  clear(gradients.v);
  const Pass pass(rows, options, dropout, scratch);
  pass.for_each_block([&](const Block& block) { pass.backward(block, d_out, gradients); });
}

}  // namespace akin::kernels
#endif

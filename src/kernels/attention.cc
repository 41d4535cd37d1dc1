// Heads, query blocks and key blocks of attention.h; the block kernels are in attention-inl.h.
#include "akin/kernels/attention.h"

#include <string>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "attention.cc"
#include "hwy/foreach_target.h"  // IWYU pragma: keep
// After foreach_target.
#include "attention-inl.h"
#include "attention_bf16-inl.h"

HWY_BEFORE_NAMESPACE();
namespace akin::kernels::HWY_NAMESPACE {

constexpr float kLog2E = 1.44269504F;

struct Sequence {
  MatrixView<const float> q, k, v;
  const AttentionOptions& options;
  MatrixView<float> out;
};

/// A block of queries of one head against the keys [key, key + n_keys).
struct Block {
  std::size_t head, query, count, key, n_keys;
};

/// What lies before and after the keys that any query of the block sees.
struct KeyRange {
  std::size_t begin, end;
};

HWY_INLINE KeyRange visible_keys(const AttentionOptions& options, std::size_t n, std::size_t query, std::size_t count) {
  const std::size_t last = query + count - 1;
  const std::size_t begin = query > options.window ? query - options.window : 0;
  const std::size_t reach = options.causal ? last : options.window < n - 1 - last ? last + options.window : n - 1;
  return {begin, std::min(reach, n - 1) + 1};
}

/// Adds the biases, times log2(e), and hides what a query does not see.
template <std::size_t kQueries>
void add_bias(const Sequence& s, const Block& b, float* scores) {
  const AttentionOptions& o = s.options;
  const std::size_t n = s.k.rows();
  for (std::size_t j = 0; j < b.n_keys; ++j) {
    for (std::size_t i = 0; i < b.count; ++i) {
      const std::size_t query = b.query + i, key = b.key + j;
      const std::size_t distance = query > key ? query - key : key - query;
      float bias = 0;
      if (!o.bias.empty()) bias += o.bias[(b.head * n + query) * n + key];
      if (!o.alibi_slopes.empty()) bias -= o.alibi_slopes[b.head] * static_cast<float>(distance);
      if (!o.distance_bias.empty()) bias += o.distance_bias[b.head * (2 * n - 1) + (key + n - 1 - query)];
      float& score = scores[j * kQueries + i];
      score = (o.causal && key > query) || distance > o.window ? kMinusInfinity : score + bias * kLog2E;
    }
  }
}

HWY_INLINE void divide_by_sums(const Running& running, std::size_t count, std::size_t dim, float* out, std::size_t stride) {
  const FloatTag d;
  for (std::size_t i = 0; i < count; ++i) {
    const float factor = running.sum[i] > 0 ? 1 / running.sum[i] : 0.0F;
    float* row = out + i * stride;
    std::size_t c = 0;
    for (; c + n_lanes() <= dim; c += n_lanes()) hn::StoreU(hn::Mul(hn::LoadU(d, row + c), hn::Set(d, factor)), d, row + c);
    for (; c < dim; ++c) row[c] *= factor;
  }
}

/// Where a block works: `queries` (dim, queries), `scores` (keys, queries) and rows on their way to `queries`.
struct Workspace {
  float* queries;
  float* scores;
};

HWY_INLINE bool is_biased(const AttentionOptions& o) {
  return o.causal || o.window != kNoWindow || !o.bias.empty() || !o.alibi_slopes.empty() || !o.distance_bias.empty();
}

template <std::size_t kQueries>
void attend_block(const Sequence& s, std::size_t head, std::size_t query, std::size_t count, const Workspace& work) {
  const AttentionOptions& o = s.options;
  const std::size_t dim = o.head_dim;
  const std::size_t kv_column = head / (o.n_heads / o.n_kv_heads) * dim;
  float* out = s.out.row_data(query) + head * dim;
  Running running;
  std::fill_n(running.largest, kQueries, kMinusInfinity);
  std::fill_n(running.sum, kQueries, 0.0F);
  transpose_queries<kQueries>(s.q, query, count, head * dim, dim, o.scale * kLog2E, work.scores, work.queries);
  const KeyRange range = visible_keys(o, s.k.rows(), query, count);
  for (std::size_t key = range.begin; key < range.end; key += kKeyBlock) {
    const Block block{head, query, count, key, std::min(kKeyBlock, range.end - key)};
    score_block<kQueries>(s.k.middle_rows(key, block.n_keys), kv_column, dim, work.queries, work.scores);
    if (is_biased(o)) add_bias<kQueries>(s, block, work.scores);
    exp_scores<kQueries>(work.scores, block.n_keys, running);
    const float* shrink = key == range.begin ? nullptr : running.shrink;
    weigh_block<kQueries>(work.scores, s.v.middle_rows(key, block.n_keys), kv_column, dim, count, shrink, out, s.out.stride());
  }
  divide_by_sums(running, count, dim, out, s.out.stride());
}

/// Numbers of scratch that attend() asks for: queries, and scores or query rows.
std::size_t attention_scratch(std::size_t dim) { return (dim + std::max(dim, kKeyBlock)) * kMaxQueries; }

void attend(MatrixView<const float> q, MatrixView<const float> k, MatrixView<const float> v, const AttentionOptions& options,
            float* scratch, MatrixView<float> out) {
  const Sequence sequence{q, k, v, options, out};
  const Workspace work{scratch, scratch + options.head_dim * kMaxQueries};
  for (std::size_t head = 0; head < options.n_heads; ++head) {
    for (std::size_t i = 0; i < q.rows(); i += kMaxQueries) {
      const std::size_t count = std::min(kMaxQueries, q.rows() - i);
      if (count <= kMaxQueries / 2) {
        attend_block<kMaxQueries / 2>(sequence, head, i, count, work);
      } else {
        attend_block<kMaxQueries>(sequence, head, i, count, work);
      }
    }
  }
}

#if HWY_TARGET == HWY_AVX3_DL
template <std::size_t kQueries>
void attend_pair_block(const Sequence& s, const PairedHead& paired, const Block& queries, const Workspace& work) {
  const AttentionOptions& o = s.options;
  const std::size_t dim = o.head_dim;
  float* out = s.out.row_data(queries.query) + queries.head * dim;
  Running running;
  std::fill_n(running.largest, kQueries, kMinusInfinity);
  std::fill_n(running.sum, kQueries, 0.0F);
  transpose_query_pairs<kQueries>(s.q, queries.query, queries.count, queries.head * dim, dim, o.scale * kLog2E, work.scores, work.queries);
  const KeyRange range = visible_keys(o, s.k.rows(), queries.query, queries.count);
  const std::size_t begin = range.begin / 2 * 2;  // keys go in pairs; the one too many is hidden by the window
  for (std::size_t key = begin; key < range.end; key += kKeyBlock) {
    Block block = queries;
    block.key = key;
    block.n_keys = std::min(kKeyBlock, range.end - key);
    score_pair_block<kQueries>(paired, key, block.n_keys, reinterpret_cast<const std::uint32_t*>(work.queries), work.scores);
    if (is_biased(o)) add_bias<kQueries>(s, block, work.scores);
    exp_score_pairs<kQueries>(work.scores, block.n_keys, running);
    weigh_pair_block<kQueries>(work.scores, paired, key, block.n_keys, dim, block.count, key == begin ? nullptr : running.shrink, out,
                               s.out.stride());
  }
  divide_by_sums(running, queries.count, dim, out, s.out.stride());
}

std::size_t pair_scratch(std::size_t n, std::size_t dim) {
  const std::size_t n_pairs = (dim + 1) / 2, value_stride = (dim + 15) / 16 * 16;
  return n * n_pairs + 16 + (n + 1) / 2 * value_stride + attention_scratch(dim);
}

AKIN_BF16_ATTR void attend_pairs(MatrixView<const float> q, MatrixView<const float> k, MatrixView<const float> v,
                                 const AttentionOptions& options, float* scratch, MatrixView<float> out) {
  const Sequence sequence{q, k, v, options, out};
  const std::size_t n = q.rows(), dim = options.head_dim, n_pairs = (dim + 1) / 2, value_stride = (dim + 15) / 16 * 16;
  const Workspace work{scratch, scratch + dim * kMaxQueries};
  auto* values = reinterpret_cast<std::uint32_t*>(scratch + attention_scratch(dim));
  std::uint32_t* keys = values + (n + 1) / 2 * value_stride;
  const PairedHead paired{keys, values, n_pairs, value_stride};
  const std::size_t group = options.n_heads / options.n_kv_heads;
  for (std::size_t head = 0; head < options.n_heads; ++head) {
    if (head % group == 0) {
      for (std::size_t j = 0; j < n; ++j) pairs_along_row(k.row_data(j) + head / group * dim, dim, 1.0F, keys + j * n_pairs);
      pair_values(v, head / group * dim, dim, value_stride, values);
    }
    for (std::size_t i = 0; i < n; i += kMaxQueries) {
      const std::size_t count = std::min(kMaxQueries, n - i);
      if (count <= kMaxQueries / 2) {
        attend_pair_block<kMaxQueries / 2>(sequence, paired, {head, i, count, 0, 0}, work);
      } else {
        attend_pair_block<kMaxQueries>(sequence, paired, {head, i, count, 0, 0}, work);
      }
    }
  }
}
#else
// Other targets compute in f32 whatever is asked: the same answer, nearer to the exact one.
std::size_t pair_scratch(std::size_t, std::size_t dim) { return attention_scratch(dim); }
void attend_pairs(MatrixView<const float> q, MatrixView<const float> k, MatrixView<const float> v, const AttentionOptions& options,
                  float* scratch, MatrixView<float> out) {
  attend(q, k, v, options, scratch, out);
}
#endif

}  // namespace akin::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace akin::kernels {

HWY_EXPORT(attention_scratch);
HWY_EXPORT(attend);
HWY_EXPORT(pair_scratch);
HWY_EXPORT(attend_pairs);

struct AttentionScratch::Access {
  static float* floats(AttentionScratch& scratch, std::size_t count) {
    if (scratch.floats_.size() < count) scratch.floats_ = Matrix<float>::uninitialized(1, count);
    return scratch.floats_.data();
  }
};

namespace {

void check(MatrixView<const float> q, MatrixView<const float> k, MatrixView<const float> v, const AttentionOptions& o,
           MatrixView<float> out) {
  require(o.n_heads > 0 && o.n_kv_heads > 0 && o.head_dim > 0, "attention: heads and their dimension must be over 0");
  require(o.n_heads % o.n_kv_heads == 0, "attention: n_heads must be a multiple of n_kv_heads");
  const std::size_t n = q.rows();
  require(k.rows() == n && v.rows() == n && out.rows() == n, "attention: queries, keys, values and output differ in rows");
  require(q.cols() == o.n_heads * o.head_dim && out.cols() == q.cols(), "attention: queries or output are not n_heads x head_dim wide");
  require(k.cols() == o.n_kv_heads * o.head_dim && v.cols() == k.cols(), "attention: keys or values are not n_kv_heads x head_dim wide");
  require(o.bias.empty() || o.bias.size() == o.n_heads * n * n, "attention: bias must have n_heads x n x n numbers");
  require(o.alibi_slopes.empty() || o.alibi_slopes.size() == o.n_heads, "attention: one slope a head is wanted");
  require(o.distance_bias.empty() || o.distance_bias.size() == o.n_heads * (2 * n - 1),
          "attention: distance_bias must have n_heads x (2n - 1) numbers");
}

/// AVX3_DL does not promise bfloat16 products: Ice Lake has the one and not the other.
bool multiplies_bf16() noexcept {
#if HWY_ARCH_X86
  static const bool has = __builtin_cpu_supports("avx512bf16") != 0;
  return has;
#else
  return false;
#endif
}

}  // namespace

void attention(MatrixView<const float> q, MatrixView<const float> k, MatrixView<const float> v, const AttentionOptions& options,
               AttentionScratch& scratch, MatrixView<float> out) {
  if (q.rows() == 0) return;
  check(q, k, v, options, out);
  if (options.type == AttentionType::bf16 && multiplies_bf16()) {
    float* floats = AttentionScratch::Access::floats(scratch, HWY_DYNAMIC_DISPATCH(pair_scratch)(q.rows(), options.head_dim));
    return HWY_DYNAMIC_DISPATCH(attend_pairs)(q, k, v, options, floats, out);
  }
  float* floats = AttentionScratch::Access::floats(scratch, HWY_DYNAMIC_DISPATCH(attention_scratch)(options.head_dim));
  HWY_DYNAMIC_DISPATCH(attend)(q, k, v, options, floats, out);
}

}  // namespace akin::kernels
#endif

#include "code_scan.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <optional>
#include <utility>
#include <vector>

#include "akin/base/error.h"
#include "akin/kernels/code_scan.h"
#include "akin/kernels/convert.h"
#include "akin/kernels/hamming.h"
#include "akin/space/bit_codes.h"
#include "akin/space/row_codes.h"

namespace akin {
namespace {

static_assert(CodeScan::kBlockRows == RowCodes::kBlockRows);

// A pass that needs nothing but what `products` (query part bound in it) does.
template <class Products>
class SimplePass final : public CodeScan::Pass {
 public:
  explicit SimplePass(Products products) : products_(std::move(products)) {}
  void products(std::size_t first, std::span<float> out) override { products_(first, out); }

 private:
  Products products_;
};

template <class Products>
std::unique_ptr<CodeScan::Pass> pass_of(Products products) {
  return std::make_unique<SimplePass<Products>>(std::move(products));
}

/// Calls write(id, row) for every row times its factor, on all threads.
template <class Write>
void for_each_scaled(const VectorSet& vectors, std::span<const float> factors, Context& context, const Write& write) {
  context.parallel_for(vectors.size(), 256, [&](std::size_t begin, std::size_t end) {
    std::vector<float> scaled(vectors.dim());
    for (std::size_t id = begin; id < end; ++id) {
      const std::span<const float> row = vectors.row(id);
      const float factor = factors.empty() ? 1.0F : factors[id];
      for (std::size_t i = 0; i < row.size(); ++i) scaled[i] = factor * row[i];
      write(id, std::span<const float>(scaled));
    }
  });
}

template <class Half>
class HalfScan final : public CodeScan {
 public:
  HalfScan(const VectorSet& vectors, std::span<const float> factors, Context& context)
      : rows_(Matrix<Half>::uninitialized(vectors.size(), vectors.dim())) {
    for_each_scaled(vectors, factors, context, [&](std::size_t id, std::span<const float> row) { kernels::convert(row, rows_.row(id)); });
  }
  std::unique_ptr<Pass> begin(std::span<const float> query) const override {
    return pass_of([this, query = std::vector<float>(query.begin(), query.end())](std::size_t first, std::span<float> out) {
      kernels::half_dot_rows(query, rows_.view().middle_rows(first, out.size()), out);
    });
  }
  std::size_t n_bytes() const noexcept override { return rows_.size() * sizeof(Half); }

 private:
  Matrix<Half> rows_;
};

class ByteScan final : public CodeScan {
 public:
  explicit ByteScan(RowCodes codes) : codes_(std::move(codes)) {}
  std::unique_ptr<Pass> begin(std::span<const float> query) const override {
    return pass_of([this, coded = encode_queries(MatrixView<const float>(query.data(), 1, query.size())),
                    values = Matrix<float>::uninitialized(1, kBlockRows)](std::size_t first, std::span<float> out) mutable {
      const RowCodes::Block block = codes_.block(first / kBlockRows);
      const MatrixView<float> all = values.view().middle_cols(0, block.panels.n_panels * kernels::kPanelRows);
      kernels::code_dots({coded.codes.view(), coded.scales, coded.sums}, block.panels, all);
      std::copy_n(all.data(), out.size(), out.begin());
    });
  }
  std::size_t n_bytes() const noexcept override { return codes_.n_bytes(); }

 private:
  RowCodes codes_;
};

class BitScan final : public CodeScan {
 public:
  explicit BitScan(BitCodes codes) : codes_(std::move(codes)) {}
  std::unique_ptr<Pass> begin(std::span<const float> query) const override {
    return pass_of(
        [this, prepared = codes_.prepare(query)](std::size_t first, std::span<float> out) { codes_.products(prepared, first, out); });
  }
  std::size_t n_bytes() const noexcept override { return codes_.n_bytes(); }

 private:
  BitCodes codes_;
};

std::vector<std::uint8_t> signs_of(std::span<const float> v) {
  std::vector<std::uint8_t> bits((v.size() + 7) / 8);
  for (std::size_t i = 0; i < v.size(); ++i)
    if (v[i] > 0) bits[i / 8] = static_cast<std::uint8_t>(bits[i / 8] | 1U << i % 8);
  return bits;
}

class SignScan final : public CodeScan {
 public:
  SignScan(const VectorSet& vectors, Context& context) : codes_(vectors.size(), (vectors.dim() + 7) / 8) {
    for_each_scaled(vectors, {}, context,
                    [&](std::size_t id, std::span<const float> row) { std::ranges::copy(signs_of(row), codes_.row(id).begin()); });
  }
  std::unique_ptr<Pass> begin(std::span<const float> query) const override {
    return pass_of(
        [this, signs = signs_of(query), counts = std::vector<std::uint32_t>(kBlockRows)](std::size_t first, std::span<float> out) mutable {
          const auto some = std::span(counts).first(out.size());
          kernels::hamming_rows(signs, codes_.view().middle_rows(first, out.size()), some);
          for (std::size_t i = 0; i < out.size(); ++i) out[i] = -static_cast<float>(some[i]);
        });
  }
  std::size_t n_bytes() const noexcept override { return codes_.size(); }

 private:
  Matrix<std::uint8_t> codes_;
};

void check_finite(const VectorSet& vectors, Context& context) {
  std::atomic<std::size_t> bad{vectors.size()};
  context.parallel_for(vectors.size(), 1024, [&](std::size_t begin, std::size_t end) {
    for (std::size_t id = begin; id < end; ++id) {
      const std::span<const float> row = vectors.row(id);
      if (std::ranges::all_of(row, [](float x) { return std::isfinite(x); })) continue;
      for (std::size_t least = bad.load(); id < least && !bad.compare_exchange_weak(least, id);) {
      }
      return;
    }
  });
  if (bad.load() < vectors.size())
    throw Error(ErrorCode::invalid_argument, "row " + std::to_string(bad.load()) + " holds a number that is not finite");
}

}  // namespace

std::unique_ptr<const CodeScan> make_code_scan(SearchCode code, const VectorSet& vectors, std::span<const float> factors,
                                               Context& context) {
  check_finite(vectors, context);
  switch (code) {
    case SearchCode::f16:
      return std::make_unique<HalfScan<f16>>(vectors, factors, context);
    case SearchCode::bf16:
      return std::make_unique<HalfScan<bf16>>(vectors, factors, context);
    case SearchCode::i8: {
      std::optional<RowCodes> codes = RowCodes::encode(vectors, factors, context);
      if (!codes) throw Error(ErrorCode::invalid_argument, "a row is longer than 1e18: too long for 8-bit codes");
      return std::make_unique<ByteScan>(std::move(*codes));
    }
    case SearchCode::rabitq:
      return std::make_unique<BitScan>(BitCodes::encode(vectors, factors, context));
    case SearchCode::bit:
      break;
  }
  return std::make_unique<SignScan>(vectors, context);
}

}  // namespace akin

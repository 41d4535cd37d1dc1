#include "token_means.h"

#include <algorithm>
#include <cmath>

#include "akin/kernels/row_sum.h"

namespace akin::train {
namespace {

constexpr std::size_t kRowsAtOnce = 256;

}  // namespace

void TokenMeans::add(std::span<const std::int32_t> ids) {
  std::vector<std::int32_t> sorted(ids.begin(), ids.end());
  std::sort(sorted.begin(), sorted.end());
  const float unit = 1 / std::sqrt(static_cast<float>(std::max<std::size_t>(ids.size(), 1)));
  for (std::size_t i = 0; i < sorted.size();) {
    std::size_t end = i;
    while (end < sorted.size() && sorted[end] == sorted[i]) ++end;
    entries_.push_back({static_cast<std::uint32_t>(sorted[i]), static_cast<float>(end - i) * unit});
    const auto token = static_cast<std::size_t>(sorted[i]);
    if (counts_.size() <= token) counts_.resize(token + 1);
    counts_[token] += end - i;
    i = end;
  }
  begins_.push_back(entries_.size());
  n_seen_ += ids.size();
}

void TokenMeans::finish(std::size_t n_tokens) {
  counts_.resize(n_tokens);
  token_begins_.assign(n_tokens + 1, 0);
  for (const Entry& entry : entries_) ++token_begins_[entry.index + 1];
  for (std::size_t token = 0; token < n_tokens; ++token) token_begins_[token + 1] += token_begins_[token];
  by_token_.resize(entries_.size());
  std::vector<std::size_t> next(token_begins_.begin(), token_begins_.end() - 1);
  for (std::uint32_t text = 0; text < n_texts(); ++text) {
    for (std::size_t i = begins_[text]; i < begins_[text + 1]; ++i) by_token_[next[entries_[i].index]++] = {text, entries_[i].weight};
  }
}

std::vector<float> TokenMeans::column_squares() const {
  std::vector<float> out(token_begins_.size() - 1);
  for (std::size_t token = 0; token < out.size(); ++token) {
    double sum = 0;
    for (std::size_t i = token_begins_[token]; i < token_begins_[token + 1]; ++i)
      sum += static_cast<double>(by_token_[i].weight) * static_cast<double>(by_token_[i].weight);
    out[token] = static_cast<float>(sum);
  }
  return out;
}

void TokenMeans::multiply(std::span<const std::size_t> begins, std::span<const Entry> entries, MatrixView<const float> in,
                          MatrixView<float> out, Context& context) {
  context.parallel_for(begins.size() - 1, kRowsAtOnce, [&](std::size_t begin, std::size_t end) {
    std::vector<const std::byte*> rows;
    std::vector<float> weights;
    for (std::size_t r = begin; r < end; ++r) {
      rows.clear();
      weights.clear();
      for (std::size_t i = begins[r]; i < begins[r + 1]; ++i) {
        rows.push_back(reinterpret_cast<const std::byte*>(in.row_data(entries[i].index)));
        weights.push_back(entries[i].weight);
      }
      kernels::sum_rows(kernels::RowType::f32, rows, weights, out.row(r));
    }
  });
}

void TokenMeans::multiply(MatrixView<const float> vectors, MatrixView<float> out, Context& context) const {
  multiply(begins_, entries_, vectors, out, context);
}

void TokenMeans::multiply_transposed(MatrixView<const float> rows, MatrixView<float> out, Context& context) const {
  multiply(token_begins_, by_token_, rows, out, context);
}

}  // namespace akin::train

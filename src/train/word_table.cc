#include "word_table.h"

#include <algorithm>

#include "akin/base/pages.h"
#include "akin/base/rng.h"
#include "akin/kernels/word_step.h"

namespace akin {
namespace {

constexpr std::uint64_t kInputStream = 0x696E707574ULL;  // apart from the streams of blocks
constexpr std::size_t kRowsAtOnce = 1024;

/// Every word's own row, then the rows of its n-grams: buckets for now.
void collect_bags(const std::vector<std::string>& words, const SubwordOptions& subwords, UnitRows& units) {
  std::vector<std::int32_t> ngrams;
  units.begins.push_back(0);
  for (std::size_t w = 0; w < words.size(); ++w) {
    ngrams.clear();
    fasttext_ngrams(words[w], subwords.minn, subwords.maxn, subwords.buckets, ngrams);
    units.rows.push_back(static_cast<std::uint32_t>(w));
    for (const std::int32_t bucket : ngrams) units.rows.push_back(static_cast<std::uint32_t>(bucket));
    units.begins.push_back(units.rows.size());
  }
}

/// Buckets become rows: only those that some word uses have one.
std::vector<std::uint32_t> number_buckets(const SubwordOptions& subwords, std::size_t n_words, UnitRows& units) {
  std::vector<std::uint32_t> row(static_cast<std::size_t>(subwords.buckets), 0);
  const auto each_bucket = [&](auto&& visit) {
    for (std::size_t w = 0; w < n_words; ++w)
      for (std::uint64_t i = units.begins[w] + 1; i < units.begins[w + 1]; ++i) visit(units.rows[i]);
  };
  each_bucket([&](std::uint32_t& bucket) { row[bucket] = 1; });
  std::vector<std::uint32_t> used;
  for (std::uint32_t b = 0; b < row.size(); ++b) {
    if (row[b] == 0) continue;
    row[b] = static_cast<std::uint32_t>(n_words + used.size());
    used.push_back(b);
  }
  each_bucket([&](std::uint32_t& bucket) { bucket = row[bucket]; });
  return used;
}

}  // namespace

void first_numbers_of_row(std::uint64_t row, std::uint64_t seed, std::span<float> out) {
  // A stream of its own: the same whatever other rows there are.
  Rng rng = Rng(seed).fork(kInputStream).fork(row);
  const float reach = 1.0F / static_cast<float>(out.size());
  for (float& x : out) x = (2 * rng.uniform() - 1) * reach;
}

void first_numbers_of_bucket(std::uint32_t bucket, std::size_t n_words, std::uint64_t seed, std::span<float> out) {
  first_numbers_of_row(n_words + std::uint64_t{bucket}, seed, out);
}

WordRows make_word_rows(const std::vector<std::string>& words, const WordTrainingOptions& options, Context& context) {
  WordRows made;
  made.n_words = words.size();
  if (options.subwords) {
    collect_bags(words, *options.subwords, made.units);
    made.buckets = number_buckets(*options.subwords, words.size(), made.units);
  }
  const std::size_t n_inputs = words.size() + made.buckets.size();
  const std::size_t n_outputs = words.size();
  made.units.first_single = options.subwords ? static_cast<std::uint32_t>(n_inputs) : 0;
  made.units.n_units = words.size() + n_outputs;
  made.table = Matrix<float>::uninitialized(n_inputs + n_outputs, kernels::padded_row(options.dim));
  prefer_large_pages(std::as_writable_bytes(std::span(made.table.data(), made.table.size())));
  context.pool.parallel_for(made.table.rows(), kRowsAtOnce, [&](std::size_t begin, std::size_t end) {
    for (std::size_t r = begin; r < end; ++r) {
      const std::span<float> row = made.table.row(r);
      std::fill(row.begin(), row.end(), 0.0F);
      if (r >= n_inputs) continue;
      const std::uint64_t stream = r < words.size() ? r : words.size() + made.buckets[r - words.size()];
      first_numbers_of_row(stream, context.seed, row.first(options.dim));
    }
  });
  return made;
}

}  // namespace akin

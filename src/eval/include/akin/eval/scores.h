// The numbers that benchmarks report. All in double precision. Tested by scores_test.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <unordered_set>
#include <vector>

namespace akin {

/// Pearson's correlation. x.size() == y.size() ≥ 2, Error{invalid_argument} otherwise. NaN if either does not vary.
double pearson(std::span<const double> x, std::span<const double> y);

/// Spearman's: Pearson's of the ranks, equal values sharing the mean of theirs.
double spearman(std::span<const double> x, std::span<const double> y);

/// Rank of each value from 1, equal ones given the mean of theirs.
std::vector<double> ranks_of(std::span<const double> values);

/// Documents that answer a query, as row numbers of the corpus.
using RelevantRows = std::unordered_set<std::uint64_t>;

/// Binary gain, discount log2(rank + 1), divided by that of an ideal ranking of min(k, relevant.size()) answers; 0 if nothing is relevant.
double ndcg_at(std::size_t k, std::span<const std::uint64_t> ranking, const RelevantRows& relevant);

/// Share of the relevant rows among the first k; 0 if nothing is relevant.
double recall_at(std::size_t k, std::span<const std::uint64_t> ranking, const RelevantRows& relevant);

/// 1 / rank of the first relevant row among the first k, 0 if there is none.
double reciprocal_rank_at(std::size_t k, std::span<const std::uint64_t> ranking, const RelevantRows& relevant);

}  // namespace akin

// Semantic textual similarity: does a model call those sentences near that people call near? Scored by the rank correlation of the cosines
// with the gold scores, as sentence-transformers and MTEB do. Tested by sts_test.cc.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "akin/base/context.h"
#include "akin/embed/embedder.h"

namespace akin {

struct StsPair {
  std::string first, second;
  double score = 0;
};

struct StsScores {
  std::size_t n_pairs = 0;
  double spearman = 0, pearson = 0;
  std::size_t n_tokens_dropped = 0;  ///< over the model's limit
};

/// `.csv`: sentence, sentence, score (RFC 4180 quotes, no header); `.tsv`: score TAB sentence TAB sentence (further columns are not read).
/// Either may end in .gz. Throws Error{not_found}, Error{io}, Error{unsupported} for another ending, Error{corrupt} naming file and line.
std::vector<StsPair> read_sts(const std::filesystem::path& path);

/// Throws Error{corrupt} if the file has fewer than two pairs, Error{cancelled}.
StsScores evaluate_sts(const Embedder& embedder, const std::filesystem::path& path, Context& context);

}  // namespace akin
